import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was done of each counted set so far: whoever lost an answer, or was answered an error midway, is told by the next one. */
export class BulkRevocationsDone1765002100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_revocations
        ADD COLUMN revoked integer NOT NULL DEFAULT 0,
        ADD COLUMN vanished_ids integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN ended jsonb NOT NULL DEFAULT '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE bulk_revocations DROP COLUMN revoked, DROP COLUMN vanished_ids, DROP COLUMN ended',
    );
  }
}
