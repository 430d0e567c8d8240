import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each kind of key is good for, with what is judged of a key's organization, if it is confined to one. */
const credentials = (status: string, home: string): string => `
  SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
    k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
    CASE
      WHEN ${status} NOT IN ('active', 'superseded') THEN ${status}
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
      ) THEN 'not_a_member'
    END AS problem, u.email
  FROM access_keys k JOIN users u ON u.id = k.user_id ${home}`;

const working = (states: string): string => `
  SELECT coalesce(via, '') NOT LIKE 'access_key:%' OR EXISTS (
    SELECT FROM access_keys k
    WHERE k.id = split_part(via, ':', 2)::integer AND access_key_status(k) NOT IN (${states}))`;

/** The policy of an organization holds for the keys that exist, and nobody makes keys while issuing is stopped. */
export class PolicyAtUse1765000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations
        ADD enforce_on_use boolean NOT NULL DEFAULT false,
        ADD longest_unused_days integer
          CONSTRAINT ck_organizations_longest_unused_days CHECK (longest_unused_days > 0),
        ADD issuing_stopped boolean NOT NULL DEFAULT false`);
    // What holds for all organizations: one row.
    await runner.query(`
      CREATE TABLE service_policy (
        id boolean NOT NULL DEFAULT true
          CONSTRAINT pk_service_policy PRIMARY KEY CONSTRAINT ck_service_policy_id CHECK (id),
        issuing_stopped boolean NOT NULL DEFAULT false
      )`);
    await runner.query('INSERT INTO service_policy DEFAULT VALUES');
    // In hours: a day of PostgreSQL's depends on the session's time zone. Of no organization: nothing is broken.
    await runner.query(`
      CREATE FUNCTION access_key_outlives_policy(k access_keys, o organizations) RETURNS boolean
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT (k.expires_at <= k.created_at + o.longest_key_lifetime_days * interval '24 hours') IS NOT TRUE $$`);
    await runner.query(`
      CREATE FUNCTION access_key_unused_too_long(k access_keys, o organizations) RETURNS boolean
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT (coalesce(k.last_used_at, k.created_at) <= app_now() - o.longest_unused_days * interval '24 hours')
          IS TRUE $$`);
    // Today's policy would not allow this key of the organization.
    await runner.query(`
      CREATE FUNCTION access_key_breaks_policy(k access_keys, o organizations) RETURNS boolean
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT access_key_outlives_policy(k, o) OR access_key_unused_too_long(k, o) $$`);
    // The first that applies. At the very instant of its expiry a key is dead; without grace from the first use of its
    // successor on, wherever the clock steps.
    await runner.query(`
      CREATE FUNCTION access_key_status(k access_keys, blocked boolean) RETURNS text
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN k.revoked_at IS NOT NULL THEN 'revoked'
          WHEN app_now() >= least(k.expires_at, k.retires_at)
            OR (k.grace_seconds = 0 AND k.retires_at IS NOT NULL) THEN 'expired'
          WHEN blocked THEN 'blocked'
          WHEN k.suspended_at IS NOT NULL AND (app_now() >= k.suspended_until) IS NOT TRUE THEN 'suspended'
          WHEN k.replaced_by_id IS NOT NULL THEN 'superseded'
          ELSE 'active' END $$`);
    // The same of a key alone. It looks up its organization, so the planner can't write it into a statement.
    await runner.query(`
      CREATE OR REPLACE FUNCTION access_key_status(k access_keys) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT access_key_status(k, EXISTS (
          SELECT FROM organizations o
          WHERE o.id = k.organization_id AND o.enforce_on_use AND access_key_breaks_policy(k, o))) $$`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION made_by_working_credential(via text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
      AS $$ ${working(`'revoked', 'blocked', 'suspended'`)} $$`);
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(
        'access_key_status(k, home.enforce_on_use AND access_key_breaks_policy(k, home))',
        'LEFT JOIN organizations home ON home.id = k.organization_id',
      )}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials('access_key_status(k)', '')}`,
    );
    await runner.query(`
      CREATE OR REPLACE FUNCTION made_by_working_credential(via text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
      AS $$ ${working(`'revoked', 'suspended'`)} $$`);
    await runner.query(`
      CREATE OR REPLACE FUNCTION access_key_status(k access_keys) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN k.revoked_at IS NOT NULL THEN 'revoked'
          WHEN app_now() >= least(k.expires_at, k.retires_at)
            OR (k.grace_seconds = 0 AND k.retires_at IS NOT NULL) THEN 'expired'
          WHEN k.suspended_at IS NOT NULL AND (app_now() >= k.suspended_until) IS NOT TRUE THEN 'suspended'
          WHEN k.replaced_by_id IS NOT NULL THEN 'superseded'
          ELSE 'active' END $$`);
    await runner.query('DROP FUNCTION access_key_status(access_keys, boolean)');
    await runner.query('DROP FUNCTION access_key_breaks_policy(access_keys, organizations)');
    await runner.query('DROP FUNCTION access_key_unused_too_long(access_keys, organizations)');
    await runner.query('DROP FUNCTION access_key_outlives_policy(access_keys, organizations)');
    await runner.query('DROP TABLE service_policy');
    await runner.query(
      'ALTER TABLE organizations DROP enforce_on_use, DROP longest_unused_days, DROP issuing_stopped',
    );
  }
}
