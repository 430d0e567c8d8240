import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a grant still holds, as migration own-grants has it, with what is asked of the credential of a manager. */
const holds = (throughIt: string): string => `
  CREATE OR REPLACE FUNCTION access_key_grant_holds(g access_key_grants) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT made_by_working_credential(g.issued_via) AND CASE
      WHEN g.granted_as = 'user' THEN true
      WHEN g.created_by_id IS NULL THEN true
      WHEN g.granted_as = 'staff' THEN EXISTS (
        SELECT FROM active_users u WHERE u.id = g.created_by_id AND u.is_staff)
      ELSE EXISTS (
        SELECT FROM memberships m JOIN active_users u ON u.id = m.user_id
        JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = g.created_by_id AND m.organization_id = g.organization_id AND m.live
          AND 'access_key.manage' = ANY (m.permissions)${throughIt}
          AND g.key_expires_at <= app_now() + make_interval(days => o.longest_key_lifetime_days))
      END $$`;

/** An organization that shuts user-wide keys out shuts out what was made in it through them. */
export class MadeWhereItReaches1765003310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Whether the credential by which something was made in an organization still acts there; `via` as credentialName spells it.
    await runner.query(`
      CREATE FUNCTION made_by_reaching_credential(via text, organization integer, allows_user_wide boolean) RETURNS boolean
      LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT made_by_working_credential(via) AND (coalesce(via, '') NOT LIKE 'access_key:%' OR EXISTS (
          SELECT FROM access_keys k
          WHERE k.id = split_part(via, ':', 2)::integer
            AND access_key_reaches(k.organization_id, organization, allows_user_wide))) $$`);
    await runner.query(
      holds(`
          AND made_by_reaching_credential(g.issued_via, m.organization_id, m.allow_user_wide_keys)`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(holds(''));
    await runner.query('DROP FUNCTION made_by_reaching_credential(text, integer, boolean)');
  }
}
