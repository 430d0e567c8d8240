import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sets of keys that somebody counted and may revoke, by the token that they were given for it. */
export class BulkRevocations1765000402000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bulk_revocations (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_bulk_revocations PRIMARY KEY,
        digest bytea NOT NULL CONSTRAINT uq_bulk_revocations_digest UNIQUE,
        created_by_id integer CONSTRAINT fk_bulk_revocations_created_by_id REFERENCES users,
        organization_id integer CONSTRAINT fk_bulk_revocations_organization_id REFERENCES organizations,
        filter jsonb NOT NULL,
        key_ids integer[] NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX ix_bulk_revocations_expires_at ON bulk_revocations (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bulk_revocations');
  }
}
