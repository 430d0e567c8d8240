import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions, token families with their refresh tokens, and one-time password links. */
export class SessionsAndTokens1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sessions PRIMARY KEY,
        digest bytea NOT NULL CONSTRAINT uq_sessions_digest UNIQUE,
        user_id integer NOT NULL CONSTRAINT fk_sessions_user_id REFERENCES users,
        auth_epoch integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        last_seen_at timestamptz NOT NULL DEFAULT app_now(),
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        ip text,
        user_agent text
      )`);
    await runner.query(`CREATE INDEX ix_sessions_user_id ON sessions (user_id)`);
    await runner.query(`CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)`);
    await runner.query(`
      CREATE TABLE token_families (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_token_families PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_token_families_user_id REFERENCES users,
        auth_epoch integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text,
        ip text,
        user_agent text
      )`);
    await runner.query(`CREATE INDEX ix_token_families_user_id ON token_families (user_id)`);
    await runner.query(`CREATE INDEX ix_token_families_expires_at ON token_families (expires_at)`);
    await runner.query(`
      CREATE TABLE refresh_tokens (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_refresh_tokens PRIMARY KEY,
        family_id integer NOT NULL CONSTRAINT fk_refresh_tokens_family_id REFERENCES token_families ON DELETE CASCADE,
        digest bytea NOT NULL CONSTRAINT uq_refresh_tokens_digest UNIQUE,
        issued_at timestamptz NOT NULL DEFAULT app_now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX ix_refresh_tokens_family_id ON refresh_tokens (family_id)`);
    await runner.query(`
      CREATE TABLE password_links (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_password_links PRIMARY KEY,
        digest bytea NOT NULL CONSTRAINT uq_password_links_digest UNIQUE,
        user_id integer NOT NULL CONSTRAINT fk_password_links_user_id REFERENCES users,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX ix_password_links_user_id ON password_links (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE password_links, refresh_tokens, token_families, sessions');
  }
}
