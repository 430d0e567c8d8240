import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log. The service may add rows and read them, nothing else: src/database/grants.ts. */
export class AuditEvents1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_events (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_events PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT app_now(),
        action text NOT NULL,
        organization_id integer,
        actor_id integer,
        actor_credential text,
        subject_type text,
        subject_id integer,
        user_id integer,
        ip text,
        user_agent text,
        request_id text,
        details jsonb NOT NULL DEFAULT '{}'
      )`);
    await runner.query(
      `CREATE INDEX ix_audit_events_organization_id_id ON audit_events (organization_id, id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_events');
  }
}
