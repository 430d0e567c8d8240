import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The one home of what works, what reaches what, and who belongs where (docs/adr/0045). Everybody reads these instead of
 * saying the rule again; the planner writes them into the statement that names them.
 */
export class Authority1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // When a key ends by itself: at its expiry, or earlier, when its grace is over.
    await runner.query(`
      CREATE FUNCTION access_key_end(k access_keys) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
      AS 'SELECT least(k.expires_at, k.retires_at)'`);
    // The first that applies. At the very instant of its expiry a key is dead; without grace from the first use of its
    // successor on, wherever the clock steps.
    await runner.query(`
      CREATE FUNCTION access_key_status(k access_keys) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN k.revoked_at IS NOT NULL THEN 'revoked'
          WHEN app_now() >= least(k.expires_at, k.retires_at)
            OR (k.grace_seconds = 0 AND k.retires_at IS NOT NULL) THEN 'expired'
          WHEN k.suspended_at IS NOT NULL AND (app_now() >= k.suspended_until) IS NOT TRUE THEN 'suspended'
          WHEN k.replaced_by_id IS NOT NULL THEN 'superseded'
          ELSE 'active' END $$`);
    // Confined to this organization, or user-wide where the organization lets such keys in.
    await runner.query(`
      CREATE FUNCTION access_key_reaches(home integer, organization integer, allows_user_wide boolean) RETURNS boolean
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS 'SELECT home = organization OR (home IS NULL AND allows_user_wide)'`);
    await runner.query(`
      CREATE VIEW active_users AS
      SELECT id, email, name, is_staff, auth_epoch FROM users WHERE is_active`);
    // Who belongs to which organization, as what. LEFT JOINs, though nothing is ever missing: what a statement doesn't ask
    // for, it doesn't read. `live`: the organization is not disabled.
    await runner.query(`
      CREATE VIEW memberships AS
      SELECT m.id, m.organization_id, m.user_id, m.role_id, r.name AS role_name, r.permissions,
        o.name AS organization_name, o.allow_user_wide_keys, o.disabled_at IS NULL AS live
      FROM members m
      LEFT JOIN roles r ON r.id = m.role_id
      LEFT JOIN organizations o ON o.id = m.organization_id
      WHERE m.status = 'active'`);
    // An invitation is open for 14 days.
    await runner.query(`
      CREATE FUNCTION invitation_is_open(m members) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
      AS $$ SELECT m.status = 'invited' AND app_now() < m.created_at + interval '14 days' $$`);

    // What was made through a key doesn't work while that is suspended, nor after it was revoked; `via` as credentialName
    // spells it. Through anything else: it does.
    await runner.query(`
      CREATE FUNCTION made_by_working_credential(via text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(via, '') NOT LIKE 'access_key:%' OR EXISTS (
          SELECT FROM access_keys k
          WHERE k.id = split_part(via, ':', 2)::integer AND access_key_status(k) NOT IN ('revoked', 'suspended')) $$`);

    // What each kind of credential is good for, as committed now. `problem`, `ended`: why it opens nothing.
    await runner.query(`
      CREATE VIEW access_key_credentials AS
      SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
        k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
        CASE
          WHEN access_key_status(k) NOT IN ('active', 'superseded') THEN access_key_status(k)
          WHEN NOT u.is_active THEN 'user_inactive'
          WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
          ) THEN 'not_a_member'
        END AS problem
      FROM access_keys k JOIN users u ON u.id = k.user_id`);
    await runner.query(`
      CREATE VIEW session_credentials AS
      SELECT s.id, s.digest, s.user_id, s.expires_at, s.last_seen_at, u.is_staff, u.is_active,
        s.ended_at IS NOT NULL OR s.expires_at <= app_now() OR s.idle_expires_at <= app_now()
          OR s.auth_epoch <> u.auth_epoch AS ended
      FROM sessions s JOIN users u ON u.id = s.user_id`);
    await runner.query(`
      CREATE VIEW token_family_credentials AS
      SELECT f.id, f.user_id, f.expires_at, u.is_staff, u.is_active,
        f.ended_at IS NOT NULL OR f.expires_at <= app_now() OR f.auth_epoch <> u.auth_epoch AS ended
      FROM token_families f JOIN users u ON u.id = f.user_id`);
    // A credential and its user, held as they are until the transaction ends. `works` is judged after the rows were
    // waited for; no row: there is no such credential.
    await runner.query(`
      CREATE FUNCTION hold_credential(scheme text, credential integer)
      RETURNS TABLE (works boolean, access_level text, is_staff boolean, is_active boolean) LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      BEGIN
        IF scheme = 'access_key' THEN
          PERFORM FROM access_keys k JOIN users u ON u.id = k.user_id WHERE k.id = credential FOR SHARE;
          RETURN QUERY SELECT c.problem IS NULL, c.access_level, c.is_staff, c.is_active
            FROM access_key_credentials c WHERE c.id = credential;
        ELSIF scheme = 'jwt' THEN
          PERFORM FROM token_families f JOIN users u ON u.id = f.user_id WHERE f.id = credential FOR SHARE;
          RETURN QUERY SELECT c.is_active AND NOT c.ended, 'full_access', c.is_staff, c.is_active
            FROM token_family_credentials c WHERE c.id = credential;
        ELSIF scheme = 'session' THEN
          PERFORM FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = credential FOR SHARE;
          RETURN QUERY SELECT c.is_active AND NOT c.ended, 'full_access', c.is_staff, c.is_active
            FROM session_credentials c WHERE c.id = credential;
        END IF;
      END $$`);
    // A key that acts on itself, against all others that act on it. Keys are locked from older to newer everywhere.
    await runner.query(`
      CREATE FUNCTION hold_access_key(key integer) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM access_keys k WHERE k.replaced_by_id = key FOR NO KEY UPDATE;
        PERFORM FROM access_keys k WHERE k.id = key FOR NO KEY UPDATE;
      END $$`);
    // The lock that all writes to an organization's members, roles and policy go through. False: there is none.
    await runner.query(`
      CREATE FUNCTION hold_organization(organization integer) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM organizations o WHERE o.id = organization FOR NO KEY UPDATE;
        RETURN FOUND;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP FUNCTION hold_organization(integer), hold_access_key(integer), hold_credential(text, integer)',
    );
    await runner.query('DROP VIEW token_family_credentials, session_credentials, access_key_credentials');
    await runner.query('DROP FUNCTION made_by_working_credential(text), invitation_is_open(members)');
    await runner.query('DROP VIEW memberships, active_users');
    await runner.query('DROP FUNCTION access_key_reaches(integer, integer, boolean)');
    await runner.query('DROP FUNCTION access_key_status(access_keys), access_key_end(access_keys)');
  }
}
