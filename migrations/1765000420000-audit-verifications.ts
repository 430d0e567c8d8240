import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What verifications of the audit log found, newest last. For people to look at: evidence is what `audit verify` prints. */
export class AuditVerifications1765000420000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_verifications (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_verifications PRIMARY KEY,
        finished_at timestamptz NOT NULL DEFAULT app_now(),
        events bigint NOT NULL,
        breaks integer NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_verifications');
  }
}
