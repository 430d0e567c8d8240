import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Grants: the permission, for one user, to make one access key. */
export class AccessKeyGrants1764000701000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_key_grants (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_access_key_grants PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_access_key_grants_user_id REFERENCES users,
        organization_id integer NOT NULL CONSTRAINT fk_access_key_grants_organization_id REFERENCES organizations,
        access_level text NOT NULL CONSTRAINT ck_access_key_grants_access_level
          CHECK (access_level IN ('read_only', 'full_access')),
        name text NOT NULL,
        reason text NOT NULL,
        expires_at timestamptz NOT NULL CONSTRAINT ck_access_key_grants_expires_at CHECK (isfinite(expires_at)),
        key_expires_at timestamptz CONSTRAINT ck_access_key_grants_key_expires_at CHECK (isfinite(key_expires_at)),
        created_at timestamptz NOT NULL DEFAULT app_now(),
        created_by_id integer NOT NULL CONSTRAINT fk_access_key_grants_created_by_id REFERENCES users,
        issued_via text NOT NULL,
        redeemed_at timestamptz,
        key_id integer CONSTRAINT fk_access_key_grants_key_id REFERENCES access_keys,
        cancelled_at timestamptz,
        cancelled_by_id integer CONSTRAINT fk_access_key_grants_cancelled_by_id REFERENCES users
      )`);
    await runner.query('CREATE INDEX ix_access_key_grants_user_id ON access_key_grants (user_id)');
    await runner.query(
      'CREATE INDEX ix_access_key_grants_organization_id ON access_key_grants (organization_id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_key_grants');
  }
}
