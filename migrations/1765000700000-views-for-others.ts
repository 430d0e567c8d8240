import type { MigrationInterface, QueryRunner } from 'typeorm';

const BLOCKED = 'home.enforce_on_use AND access_key_breaks_policy(k, home)';

const credentials = (lineage: string, successor: string): string => `
  SELECT k.id, k.prefix, k.digest, k.imported_hash, k.user_id, k.organization_id, k.access_level, k.admin,
    k.last_used_at, k.replaces_id, k.replaced_by_id, u.is_staff, u.is_active, access_key_end(k) AS ends_at,
    CASE
      WHEN access_key_status(k, ${BLOCKED}) NOT IN ('active', 'superseded') THEN access_key_status(k, ${BLOCKED})
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
      ) THEN 'not_a_member'
    END AS problem, u.email, k.allowed_networks, home.allowed_networks AS home_networks${lineage}
  FROM access_keys k JOIN users u ON u.id = k.user_id
  LEFT JOIN organizations home ON home.id = k.organization_id ${successor}`;

/** What of a table its owner shows to everybody else (docs/adr/0007). */
export class ViewsForOthers1765000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `superseded_by`: the prefix of its successor; `unconfirmed`: a successor that wasn't used yet.
    await runner.query(
      `CREATE OR REPLACE VIEW access_key_credentials AS ${credentials(
        `, successor.prefix AS superseded_by,
        k.replaces_id IS NOT NULL AND EXISTS (
          SELECT FROM access_keys replaced
          WHERE replaced.id = k.replaces_id AND replaced.replaced_by_id = k.id AND replaced.retires_at IS NULL
        ) AS unconfirmed`,
        'LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id',
      )}`,
    );
    await runner.query('CREATE VIEW user_names AS SELECT id, email, name FROM users');
    // The whole row besides, for the functions that compare a key with its organization's policy.
    await runner.query(
      'CREATE VIEW organization_policies AS SELECT o.id, o.enforce_on_use, o AS organization FROM organizations o',
    );
    await runner.query('CREATE VIEW enabled_provider_keys AS SELECT id FROM provider_keys WHERE enabled');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW enabled_provider_keys, organization_policies, user_names');
    await runner.query('DROP VIEW access_key_credentials'); // a view can't be rid of a column
    await runner.query(`CREATE VIEW access_key_credentials AS ${credentials('', '')}`);
  }
}
