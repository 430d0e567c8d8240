import type { ClientBase } from 'pg';

/**
 * What the role that the service runs as may do to each table (ASVS 13.2.2). It owns nothing and can't alter the
 * schema; history can't be deleted, and the audit log can only be added to. A table that isn't named here is closed.
 */
export const GRANTS: Readonly<Record<string, string>> = {
  migrations: 'SELECT',
  users: 'SELECT, INSERT, UPDATE',
  organizations: 'SELECT, INSERT, UPDATE',
  service_policy: 'SELECT, UPDATE',
  roles: 'SELECT, INSERT, UPDATE, DELETE',
  members: 'SELECT, INSERT, UPDATE, DELETE',
  access_keys: 'SELECT, INSERT, UPDATE',
  access_key_counts: 'SELECT, UPDATE',
  access_key_tally: 'SELECT, INSERT, DELETE',
  bulk_revocations: 'SELECT, INSERT, UPDATE, DELETE',
  access_key_grants: 'SELECT, INSERT, UPDATE',
  access_key_requests: 'SELECT, INSERT, UPDATE',
  sessions: 'SELECT, INSERT, UPDATE, DELETE',
  token_families: 'SELECT, INSERT, UPDATE, DELETE',
  refresh_tokens: 'SELECT, INSERT, UPDATE, DELETE',
  password_links: 'SELECT, INSERT, UPDATE, DELETE',
  idempotency_keys: 'SELECT, INSERT, UPDATE, DELETE',
  audit_events: 'SELECT, INSERT',
  audit_unsealed: 'SELECT, INSERT, DELETE',
  audit_links: 'SELECT, INSERT',
  audit_heads: 'SELECT, INSERT',
  audit_archived: 'SELECT',
  audit_verifications: 'SELECT, INSERT',
  rate_limits: 'SELECT, INSERT, UPDATE, DELETE',
  tool_confirmations: 'SELECT, INSERT, DELETE',
  provider_keys: 'SELECT, INSERT, UPDATE, DELETE',
  sealing_canaries: 'SELECT, INSERT',
  provider_calls: 'SELECT, INSERT, UPDATE, DELETE',
  call_summaries: 'SELECT, INSERT, UPDATE',
  provider_key_days: 'SELECT',
  active_users: 'SELECT',
  memberships: 'SELECT',
  access_key_credentials: 'SELECT',
  session_credentials: 'SELECT',
  token_family_credentials: 'SELECT',
  user_names: 'SELECT',
  organization_policies: 'SELECT',
  enabled_provider_keys: 'SELECT, UPDATE', // to hold a key as it is; nothing is updated through it
};

/**
 * Gives `role` exactly the privileges above, whatever it had before. Runs as the owner, after every migration, beside the
 * running service: in one transaction, so that nobody sees the role without them, nor is left so by a kill.
 */
export async function grantTo(role: string, owner: ClientBase): Promise<void> {
  const grantee = owner.escapeIdentifier(role);
  const grants = Object.entries(GRANTS).map(
    ([table, privileges]) => `GRANT ${privileges} ON ${owner.escapeIdentifier(table)} TO ${grantee}`,
  );
  await owner.query(
    [
      'BEGIN',
      `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${grantee}`,
      `GRANT USAGE ON SCHEMA public TO ${grantee}`,
      `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${grantee}`,
      ...grants,
      'COMMIT',
    ].join('; '),
  );
}
