import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, organizations, roles, members and access keys. */
export class AccountsAndAccessKeys1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The clock that all expiry is judged by. A function of its own, so that tests can shift it in their own database.
    await runner.query(`
      CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT statement_timestamp()'`);
    await runner.query(`
      CREATE TABLE users (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_users PRIMARY KEY,
        email text NOT NULL CONSTRAINT uq_users_email UNIQUE,
        name text NOT NULL,
        password_hash text,
        is_staff boolean NOT NULL DEFAULT false,
        is_active boolean NOT NULL DEFAULT true,
        auth_epoch integer NOT NULL DEFAULT 1,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await runner.query(`
      CREATE TABLE organizations (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_organizations PRIMARY KEY,
        name text NOT NULL,
        self_serve_keys boolean NOT NULL DEFAULT true,
        longest_key_lifetime_days integer NOT NULL DEFAULT 365,
        allow_user_wide_keys boolean NOT NULL DEFAULT true,
        disabled_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await runner.query(`
      CREATE TABLE roles (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_roles PRIMARY KEY,
        organization_id integer CONSTRAINT fk_roles_organization_id REFERENCES organizations,
        name text NOT NULL,
        permissions text[] NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await runner.query(`CREATE INDEX ix_roles_organization_id ON roles (organization_id)`);
    await runner.query(`
      CREATE UNIQUE INDEX uq_roles_organization_id_name ON roles (organization_id, lower(name)) NULLS NOT DISTINCT`);
    await runner.query(`
      CREATE TABLE members (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_members PRIMARY KEY,
        organization_id integer NOT NULL CONSTRAINT fk_members_organization_id REFERENCES organizations,
        status text NOT NULL,
        user_id integer CONSTRAINT fk_members_user_id REFERENCES users,
        invited_email text,
        role_id integer NOT NULL CONSTRAINT fk_members_role_id REFERENCES roles,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        CONSTRAINT uq_members_organization_id_user_id UNIQUE (organization_id, user_id),
        CONSTRAINT uq_members_organization_id_invited_email UNIQUE (organization_id, invited_email),
        CONSTRAINT ck_members_status CHECK (
          (status = 'active' AND user_id IS NOT NULL AND invited_email IS NULL)
          OR (status = 'invited' AND user_id IS NULL AND invited_email IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX ix_members_user_id ON members (user_id)`);
    await runner.query(`CREATE INDEX ix_members_role_id ON members (role_id)`);
    await runner.query(`
      CREATE TABLE access_keys (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_access_keys PRIMARY KEY,
        prefix text NOT NULL CONSTRAINT uq_access_keys_prefix UNIQUE,
        digest bytea NOT NULL,
        user_id integer NOT NULL CONSTRAINT fk_access_keys_user_id REFERENCES users,
        organization_id integer CONSTRAINT fk_access_keys_organization_id REFERENCES organizations,
        access_level text NOT NULL CONSTRAINT ck_access_keys_access_level
          CHECK (access_level IN ('read_only', 'full_access')),
        admin boolean NOT NULL DEFAULT false,
        name text NOT NULL,
        expires_at timestamptz CONSTRAINT ck_access_keys_expires_at CHECK (isfinite(expires_at)),
        created_at timestamptz NOT NULL DEFAULT app_now(),
        created_by_id integer CONSTRAINT fk_access_keys_created_by_id REFERENCES users,
        issued_via text NOT NULL,
        last_used_at timestamptz,
        last_used_ip text,
        last_used_user_agent text,
        revoked_at timestamptz,
        revoked_by_id integer CONSTRAINT fk_access_keys_revoked_by_id REFERENCES users,
        revoke_reason text,
        version integer NOT NULL DEFAULT 1
      )`);
    await runner.query(`CREATE INDEX ix_access_keys_user_id ON access_keys (user_id)`);
    await runner.query(`CREATE INDEX ix_access_keys_organization_id ON access_keys (organization_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_keys, members, roles, organizations, users');
    await runner.query('DROP FUNCTION app_now()');
  }
}
