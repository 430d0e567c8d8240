import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The latest time of the events that were archived of a chain: what is left of it may not be much older. */
export class LatestArchived1765004300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_archived ADD COLUMN latest_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_archived DROP COLUMN latest_at');
  }
}
