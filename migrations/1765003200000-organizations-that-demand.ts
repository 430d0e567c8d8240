import type { MigrationInterface, QueryRunner } from 'typeorm';

const credentials = (demanding: string, supersededBy: string, successor: string): string => `
  SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
    k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
    coalesce(access_key_refusal(k, home.enforce_on_use AND access_key_breaks_policy(k, home)), CASE
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
      ) THEN 'not_a_member' END) AS problem, u.email, k.allowed_networks, home.allowed_networks AS home_networks,
    ${supersededBy} AS superseded_by,
    k.replaces_id IS NOT NULL AND EXISTS (
      SELECT FROM access_keys replaced
      WHERE replaced.id = k.replaces_id AND replaced.replaced_by_id = k.id AND replaced.retires_at IS NULL
    ) AS unconfirmed
  FROM access_keys k JOIN users u ON u.id = k.user_id
  LEFT JOIN organizations home ON home.id = k.organization_id${demanding} ${successor}`;

/** What most keys don't have costs their look-up next to nothing: an organization that demands something at use, a successor. */
export class OrganizationsThatDemand1765003200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // An organization that isn't in here lets its keys be used as they are: its row need not be read.
    await runner.query(`
      CREATE INDEX ix_organizations_demanding ON organizations (id)
      WHERE enforce_on_use OR allowed_networks IS NOT NULL`);
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(
        ' AND (home.enforce_on_use OR home.allowed_networks IS NOT NULL)',
        `CASE WHEN k.replaced_by_id IS NOT NULL
          THEN (SELECT successor.prefix FROM access_keys successor WHERE successor.id = k.replaced_by_id) END`,
        '',
      )}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(
        '',
        'successor.prefix',
        'LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id',
      )}`,
    );
    await runner.query('DROP INDEX ix_organizations_demanding');
  }
}
