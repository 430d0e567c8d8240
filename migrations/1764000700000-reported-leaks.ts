import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an access key was first reported as leaked. */
export class ReportedLeaks1764000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys ADD reported_leaked_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys DROP reported_leaked_at');
  }
}
