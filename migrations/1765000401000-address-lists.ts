import type { MigrationInterface, QueryRunner } from 'typeorm';

const BLOCKED = 'home.enforce_on_use AND access_key_breaks_policy(k, home)';

/** What is known of a key, with the networks that it may be used from: its own, and those of the organization it is confined to. */
const credentials = (networks: string): string => `
  SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
    k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
    CASE
      WHEN access_key_status(k, ${BLOCKED}) NOT IN ('active', 'superseded') THEN access_key_status(k, ${BLOCKED})
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
      ) THEN 'not_a_member'
    END AS problem, u.email${networks}
  FROM access_keys k JOIN users u ON u.id = k.user_id
  LEFT JOIN organizations home ON home.id = k.organization_id`;

const memberships = (networks: string): string => `
  SELECT m.id, m.organization_id, m.user_id, m.role_id, r.name AS role_name, r.permissions,
    o.name AS organization_name, o.allow_user_wide_keys, o.disabled_at IS NULL AS live${networks}
  FROM members m
  LEFT JOIN roles r ON r.id = m.role_id
  LEFT JOIN organizations o ON o.id = m.organization_id
  WHERE m.status = 'active'`;

const RANKS = { organizations: `'manager', 'staff'`, access_keys: `'user', 'manager', 'staff'` };

/** Keys and organizations may each have a list of the networks that they are used from alone. NULL: from everywhere. */
export class AddressLists1765000401000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, ranks] of Object.entries(RANKS)) {
      await runner.query(`
        ALTER TABLE ${table}
          ADD allowed_networks cidr[] CONSTRAINT ck_${table}_allowed_networks
            CHECK (cardinality(allowed_networks) BETWEEN 1 AND 50),
          ADD networks_set_as text CONSTRAINT ck_${table}_networks_set_as CHECK (networks_set_as IN (${ranks}))`);
    }
    // An address that is not known is in no network.
    await runner.query(`
      CREATE FUNCTION address_allowed(address inet, networks cidr[]) RETURNS boolean
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS 'SELECT networks IS NULL OR coalesce(address <<= ANY (networks), false)'`);
    // Each network of the one list lies in a network of the other.
    await runner.query(`
      CREATE FUNCTION networks_within(one cidr[], other cidr[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$
        SELECT other IS NULL OR one IS NOT NULL AND NOT EXISTS (
          SELECT FROM unnest(one) AS network WHERE NOT coalesce(network <<= ANY (other), false)) $$`);
    // Why a key that would work opens nothing from this address: its own list, or that of its organization.
    await runner.query(`
      CREATE FUNCTION address_problem(address inet, own cidr[], home cidr[]) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN NOT address_allowed(address, own) THEN 'address_not_allowed'
          WHEN NOT address_allowed(address, home) THEN 'organization_address_not_allowed' END $$`);
    await runner.query(`CREATE OR REPLACE VIEW memberships AS ${memberships(', o.allowed_networks')}`);
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(
        ', k.allowed_networks, home.allowed_networks AS home_networks',
      )}`,
    );
    // As hold_credential(text, integer), which another release may still call, from where the caller is.
    await runner.query(`
      CREATE FUNCTION hold_credential(scheme text, credential integer, address inet)
      RETURNS TABLE (works boolean, access_level text, is_staff boolean, is_active boolean) LANGUAGE plpgsql AS $$
      DECLARE
        held record;
      BEGIN
        SELECT * INTO held FROM hold_credential(scheme, credential);
        IF NOT FOUND THEN RETURN; END IF;
        works := held.works AND (scheme <> 'access_key' OR EXISTS (
          SELECT FROM access_key_credentials c
          WHERE c.id = credential AND address_problem(address, c.allowed_networks, c.home_networks) IS NULL));
        access_level := held.access_level;
        is_staff := held.is_staff;
        is_active := held.is_active;
        RETURN NEXT;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION hold_credential(text, integer, inet)');
    // A view can't be rid of a column, and the one names the other.
    await runner.query('DROP VIEW access_key_credentials');
    await runner.query('DROP VIEW memberships');
    await runner.query(`CREATE VIEW memberships AS ${memberships('')}`);
    await runner.query(`CREATE VIEW access_key_credentials AS ${credentials('')}`);
    await runner.query('DROP FUNCTION address_problem(inet, cidr[], cidr[])');
    await runner.query('DROP FUNCTION networks_within(cidr[], cidr[])');
    await runner.query('DROP FUNCTION address_allowed(inet, cidr[])');
    for (const table of Object.keys(RANKS)) {
      await runner.query(`ALTER TABLE ${table} DROP allowed_networks, DROP networks_set_as`);
    }
  }
}
