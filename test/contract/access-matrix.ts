import type { Permission } from '../../src/access/permissions.js';

/**
 * Who may call what, by hand from the contract and not from the code. A route that isn't here fails the matrix until
 * somebody classifies it; one that is here and not in the router fails as well.
 *
 * `public`: anyone · `anyone`: any caller · `person`: a session or a JWT · `session`: a session alone · `key`: an access key · `member`: any member of the
 * organization · `staff`: our own staff · otherwise the permission that the member's role must hold.
 */
export type Rule = 'public' | 'anyone' | 'person' | 'session' | 'key' | 'member' | 'staff' | Permission;

export const RULES: Readonly<Record<string, Rule>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'GET /.well-known/jwks.json': 'public',

  'POST /api/auth/token/': 'public',
  'POST /api/auth/token/refresh/': 'public',
  'POST /api/auth/token/verify/': 'public',
  'POST /api/auth/token/revoke/': 'public',
  'GET /api/auth/csrf/': 'public',
  'POST /api/auth/login/': 'public',
  'POST /api/auth/logout/': 'session',
  'GET /api/auth/sessions/': 'person',
  'DELETE /api/auth/sessions/{id}/': 'person',
  'GET /api/auth/me/': 'anyone',
  'GET /api/auth/invitations/': 'person',
  'POST /api/auth/invitations/{id}/accept/': 'person',

  'GET /api/orgs/': 'anyone',
  'GET /api/orgs/{org_pk}/': 'organization.view',
  'PATCH /api/orgs/{org_pk}/': 'organization.update',
  'GET /api/orgs/{org_pk}/members/': 'member.view',
  'POST /api/orgs/{org_pk}/members/': 'member.manage',
  'GET /api/orgs/{org_pk}/members/{id}/': 'member.view',
  'PATCH /api/orgs/{org_pk}/members/{id}/': 'member.manage',
  'DELETE /api/orgs/{org_pk}/members/{id}/': 'member.manage',
  'GET /api/orgs/{org_pk}/roles/': 'role.view',
  'POST /api/orgs/{org_pk}/roles/': 'role.manage',
  'GET /api/orgs/{org_pk}/roles/{id}/': 'role.view',
  'PATCH /api/orgs/{org_pk}/roles/{id}/': 'role.manage',
  'DELETE /api/orgs/{org_pk}/roles/{id}/': 'role.manage',
  'GET /api/orgs/{org_pk}/permissions/': 'member',
  'GET /api/orgs/{org_pk}/api-keys/': 'provider_key.view',
  'POST /api/orgs/{org_pk}/api-keys/': 'provider_key.manage',
  'GET /api/orgs/{org_pk}/api-keys/{api_key_pk}/': 'provider_key.view',
  'PATCH /api/orgs/{org_pk}/api-keys/{api_key_pk}/': 'provider_key.manage',
  'PUT /api/orgs/{org_pk}/api-keys/{api_key_pk}/': 'provider_key.manage',
  'DELETE /api/orgs/{org_pk}/api-keys/{api_key_pk}/': 'provider_key.manage',
  'GET /api/orgs/{org_pk}/api-keys/{api_key_pk}/call-summaries/': 'call_summary.view',

  'GET /api/admin/orgs/': 'staff',
  'POST /api/admin/orgs/': 'staff',
  'GET /api/admin/orgs/{id}/': 'staff',
  'PATCH /api/admin/orgs/{id}/': 'staff',
  'GET /api/admin/orgs/{id}/members/': 'staff',
  'POST /api/admin/orgs/{id}/members/': 'staff',
  'GET /api/admin/users/': 'staff',
  'POST /api/admin/users/': 'staff',
  'GET /api/admin/users/{id}/': 'staff',
  'PATCH /api/admin/users/{id}/': 'staff',
  'POST /api/admin/users/{id}/deactivate/': 'staff',
  'POST /api/admin/users/{id}/activate/': 'staff',
  'GET /api/orgs/{org_pk}/audit-events/': 'audit_event.view',
  'GET /api/admin/audit-events/': 'staff',

  'GET /api/admin/access-keys/': 'staff',
  'POST /api/admin/access-keys/': 'staff',
  'GET /api/admin/access-keys/{id}/': 'staff',
  'POST /api/admin/access-keys/{id}/revoke/': 'staff',
  'POST /api/auth/password/set/': 'public',
  'POST /api/auth/password/': 'person',
  'POST /api/admin/users/{id}/password-link/': 'staff',
};
