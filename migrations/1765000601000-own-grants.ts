import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Grants that a user makes for themselves, through a tool that must not see the key: redeeming one is an issue or a rotation
 * of one's own, and is judged as such at that moment; so there is nothing else that must still hold.
 */
export class OwnGrants1765000601000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_key_grants
        DROP CONSTRAINT ck_access_key_grants_granted_as,
        ADD CONSTRAINT ck_access_key_grants_granted_as CHECK (granted_as IN ('user', 'manager', 'staff')),
        ADD rotates_id integer CONSTRAINT fk_access_key_grants_rotates_id REFERENCES access_keys,
        ADD grace_seconds integer,
        ADD CONSTRAINT ck_access_key_grants_rotates_id
          CHECK (rotates_id IS NULL OR granted_as = 'user' AND grace_seconds IS NOT NULL)`);
    await runner.query(holds(`WHEN g.granted_as = 'user' THEN true`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(holds(''));
    await runner.query(`DELETE FROM access_key_grants WHERE granted_as = 'user'`);
    await runner.query(`
      ALTER TABLE access_key_grants
        DROP CONSTRAINT ck_access_key_grants_rotates_id,
        DROP rotates_id,
        DROP grace_seconds,
        DROP CONSTRAINT ck_access_key_grants_granted_as,
        ADD CONSTRAINT ck_access_key_grants_granted_as CHECK (granted_as IN ('manager', 'staff'))`);
  }
}

/** Whether a grant still holds, as migration access-key-requests has it, with one more case. */
const holds = (own: string): string => `
  CREATE OR REPLACE FUNCTION access_key_grant_holds(g access_key_grants) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT made_by_working_credential(g.issued_via) AND CASE
      ${own}
      WHEN g.created_by_id IS NULL THEN true
      WHEN g.granted_as = 'staff' THEN EXISTS (
        SELECT FROM active_users u WHERE u.id = g.created_by_id AND u.is_staff)
      ELSE EXISTS (
        SELECT FROM memberships m JOIN active_users u ON u.id = m.user_id
        JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = g.created_by_id AND m.organization_id = g.organization_id AND m.live
          AND 'access_key.manage' = ANY (m.permissions)
          AND g.key_expires_at <= app_now() + make_interval(days => o.longest_key_lifetime_days))
      END $$`;
