import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each chain of the audit log was archived and removed: its first link that is still here follows this one. Signed, as heads are. */
export class AuditArchives1765002120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_archived (
        chain text CONSTRAINT pk_audit_archived PRIMARY KEY,
        sequence bigint NOT NULL,
        hash bytea NOT NULL,
        signed_at timestamptz NOT NULL,
        archived_at timestamptz NOT NULL,
        kid text NOT NULL,
        signature bytea NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_archived');
  }
}
