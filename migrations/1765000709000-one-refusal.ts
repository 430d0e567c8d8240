import type { MigrationInterface, QueryRunner } from 'typeorm';

const BLOCKED = 'home.enforce_on_use AND access_key_breaks_policy(k, home)';
const STATUS = `access_key_status(k, ${BLOCKED})`;

const credentials = (refusal: string): string => `
  SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
    k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
    coalesce(${refusal}, CASE
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
      ) THEN 'not_a_member' END) AS problem, u.email, k.allowed_networks, home.allowed_networks AS home_networks,
    successor.prefix AS superseded_by,
    k.replaces_id IS NOT NULL AND EXISTS (
      SELECT FROM access_keys replaced
      WHERE replaced.id = k.replaces_id AND replaced.replaced_by_id = k.id AND replaced.retires_at IS NULL
    ) AS unconfirmed
  FROM access_keys k JOIN users u ON u.id = k.user_id
  LEFT JOIN organizations home ON home.id = k.organization_id
  LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id`;

/** Why a key opens nothing is said once, and so judged once by every look-up: what it is called besides costs nothing there. */
export class OneRefusal1765000709000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The first that applies; NULL: nothing stands against it. At the very instant of its expiry a key is dead; without grace
    // from the first use of its successor on, wherever the clock steps.
    await runner.query(`
      CREATE FUNCTION access_key_refusal(k access_keys, blocked boolean) RETURNS text
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN k.revoked_at IS NOT NULL THEN 'revoked'
          WHEN app_now() >= least(k.expires_at, k.retires_at)
            OR (k.grace_seconds = 0 AND k.retires_at IS NOT NULL) THEN 'expired'
          WHEN blocked THEN 'blocked'
          WHEN k.suspended_at IS NOT NULL AND (app_now() >= k.suspended_until) IS NOT TRUE THEN 'suspended' END $$`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION access_key_status(k access_keys, blocked boolean) RETURNS text
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(access_key_refusal(k, blocked),
          CASE WHEN k.replaced_by_id IS NOT NULL THEN 'superseded' ELSE 'active' END) $$`);
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(`access_key_refusal(k, ${BLOCKED})`)}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const refusal = `CASE WHEN ${STATUS} NOT IN ('active', 'superseded') THEN ${STATUS} END`;
    await runner.query(`CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(refusal)}`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION access_key_status(k access_keys, blocked boolean) RETURNS text
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN k.revoked_at IS NOT NULL THEN 'revoked'
          WHEN app_now() >= least(k.expires_at, k.retires_at)
            OR (k.grace_seconds = 0 AND k.retires_at IS NOT NULL) THEN 'expired'
          WHEN blocked THEN 'blocked'
          WHEN k.suspended_at IS NOT NULL AND (app_now() >= k.suspended_until) IS NOT TRUE THEN 'suspended'
          WHEN k.replaced_by_id IS NOT NULL THEN 'superseded'
          ELSE 'active' END $$`);
    await runner.query('DROP FUNCTION access_key_refusal(access_keys, boolean)');
  }
}
