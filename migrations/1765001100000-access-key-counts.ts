import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many live keys there were when they were last counted, and when that is to be done again: one row. */
export class AccessKeyCounts1765001100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_key_counts (
        id boolean DEFAULT true CONSTRAINT pk_access_key_counts PRIMARY KEY CONSTRAINT ck_access_key_counts_id CHECK (id),
        due_at timestamptz NOT NULL DEFAULT app_now(),
        counted_at timestamptz,
        active bigint,
        superseded bigint,
        suspended bigint,
        blocked bigint,
        expiring bigint
      )`);
    await runner.query('INSERT INTO access_key_counts DEFAULT VALUES');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_key_counts');
  }
}
