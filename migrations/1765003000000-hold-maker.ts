import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a link, a grant or an invitation rests on can be held while it is judged, and until what it opens is committed. */
export class HoldMaker1765003000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION hold_maker(maker integer, via text) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF via LIKE 'access_key:%' THEN
          PERFORM FROM access_keys k WHERE k.id = split_part(via, ':', 2)::integer FOR SHARE;
        END IF;
        PERFORM FROM users u WHERE u.id = maker FOR SHARE;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION hold_maker(integer, text)');
  }
}
