import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The three views of credentials as they are without the user's e-mail address, which comes last. */
const views = (email: string): Record<string, string> => ({
  access_key_credentials: `
    SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
      k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
      CASE
        WHEN access_key_status(k) NOT IN ('active', 'superseded') THEN access_key_status(k)
        WHEN NOT u.is_active THEN 'user_inactive'
        WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
        ) THEN 'not_a_member'
      END AS problem${email}
    FROM access_keys k JOIN users u ON u.id = k.user_id`,
  session_credentials: `
    SELECT s.id, s.digest, s.user_id, s.expires_at, s.last_seen_at, u.is_staff, u.is_active,
      s.ended_at IS NOT NULL OR s.expires_at <= app_now() OR s.idle_expires_at <= app_now()
        OR s.auth_epoch <> u.auth_epoch AS ended${email}
    FROM sessions s JOIN users u ON u.id = s.user_id`,
  token_family_credentials: `
    SELECT f.id, f.user_id, f.expires_at, u.is_staff, u.is_active,
      f.ended_at IS NOT NULL OR f.expires_at <= app_now() OR f.auth_epoch <> u.auth_epoch AS ended${email}
    FROM token_families f JOIN users u ON u.id = f.user_id`,
});

/** Gateways pass on whose credential it is; the row is read anyway, so the address costs no statement of its own. */
export class CredentialEmails1765000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, query] of Object.entries(views(', u.email'))) {
      await runner.query(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    // A view can be given a column, but not be rid of one; what reads these are functions, which look them up when called.
    for (const [name, query] of Object.entries(views(''))) {
      await runner.query(`DROP VIEW ${name}`);
      await runner.query(`CREATE VIEW ${name} AS ${query}`);
    }
  }
}
