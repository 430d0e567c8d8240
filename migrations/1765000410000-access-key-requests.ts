import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests: a member asks for an access key, and a manager or staff decide. */
export class AccessKeyRequests1765000410000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_key_requests (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_access_key_requests PRIMARY KEY,
        user_id integer NOT NULL CONSTRAINT fk_access_key_requests_user_id REFERENCES users,
        organization_id integer NOT NULL CONSTRAINT fk_access_key_requests_organization_id REFERENCES organizations,
        access_level text NOT NULL CONSTRAINT ck_access_key_requests_access_level
          CHECK (access_level IN ('read_only', 'full_access')),
        name text NOT NULL,
        reason text NOT NULL,
        key_expires_at timestamptz NOT NULL CONSTRAINT ck_access_key_requests_key_expires_at
          CHECK (isfinite(key_expires_at)),
        created_at timestamptz NOT NULL DEFAULT app_now(),
        created_via text NOT NULL,
        decision text CONSTRAINT ck_access_key_requests_decision
          CHECK (decision IN ('approved', 'declined', 'cancelled')),
        decided_at timestamptz,
        decided_by_id integer CONSTRAINT fk_access_key_requests_decided_by_id REFERENCES users,
        decline_reason text,
        grant_id integer CONSTRAINT fk_access_key_requests_grant_id REFERENCES access_key_grants,
        CONSTRAINT ck_access_key_requests_decided CHECK (
          (decision IS NULL) = (decided_at IS NULL)
          AND (decision IS NOT DISTINCT FROM 'approved') = (grant_id IS NOT NULL)
          AND (decision IS NOT DISTINCT FROM 'declined') = (decline_reason IS NOT NULL))
      )`);
    await runner.query('CREATE INDEX ix_access_key_requests_user_id ON access_key_requests (user_id)');
    await runner.query(
      'CREATE INDEX ix_access_key_requests_organization_id ON access_key_requests (organization_id)',
    );
    // When an undecided request lapses: after 30 days, or when its key would be dead on arrival.
    await runner.query(`
      CREATE FUNCTION access_key_request_end(r access_key_requests) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
      AS $$ SELECT least(r.created_at + interval '30 days', r.key_expires_at) $$`);
    // The first that applies. Void: whoever asked is no longer an active member of a live organization.
    await runner.query(`
      CREATE FUNCTION access_key_request_status(r access_key_requests) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
          WHEN r.decision IS NOT NULL THEN r.decision
          WHEN app_now() >= access_key_request_end(r) THEN 'lapsed'
          WHEN NOT EXISTS (
            SELECT FROM memberships m JOIN active_users u ON u.id = m.user_id
            WHERE m.user_id = r.user_id AND m.organization_id = r.organization_id AND m.live) THEN 'void'
          ELSE 'open' END $$`);
    // As what a grant was made: what its maker must still be when it is redeemed. No maker: the operator.
    await runner.query(`
      ALTER TABLE access_key_grants
        ADD granted_as text NOT NULL DEFAULT 'staff' CONSTRAINT ck_access_key_grants_granted_as
          CHECK (granted_as IN ('manager', 'staff')),
        ALTER created_by_id DROP NOT NULL`);
    // Whether a grant still holds: whoever made it could make it now, through the same credential. A manager's also keeps
    // to the policy's longest life.
    await runner.query(`
      CREATE FUNCTION access_key_grant_holds(g access_key_grants) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT made_by_working_credential(g.issued_via) AND CASE
          WHEN g.created_by_id IS NULL THEN true
          WHEN g.granted_as = 'staff' THEN EXISTS (
            SELECT FROM active_users u WHERE u.id = g.created_by_id AND u.is_staff)
          ELSE EXISTS (
            SELECT FROM memberships m JOIN active_users u ON u.id = m.user_id
            JOIN organizations o ON o.id = m.organization_id
            WHERE m.user_id = g.created_by_id AND m.organization_id = g.organization_id AND m.live
              AND 'access_key.manage' = ANY (m.permissions)
              AND g.key_expires_at <= app_now() + make_interval(days => o.longest_key_lifetime_days))
          END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION access_key_grant_holds(access_key_grants)');
    await runner.query('ALTER TABLE access_key_grants DROP granted_as');
    await runner.query('DROP FUNCTION access_key_request_status(access_key_requests)');
    await runner.query('DROP FUNCTION access_key_request_end(access_key_requests)');
    await runner.query('DROP TABLE access_key_requests');
  }
}
