/**
 * A telling value for each field of the interface, by its name on the wire: what bodies and answers of the document show.
 * A field that means something else under one of these names has an `example` of its own. `Schema.field` goes
 * before `field`. A text that has no line here is shown by its name.
 */
export const EXAMPLE_VALUES: Readonly<Record<string, unknown>> = {
  // people and tenants
  email: 'ada@example.com',
  username: 'ada@example.com',
  name: 'Nightly screening',
  user: 4,
  organization: 1,
  role: 'Viewer',
  'OrganizationAnswer.name': 'Demo Exchange',
  'OrganizationAdminAnswer.name': 'Demo Exchange',
  'ReachableOrganizationAnswer.name': 'Demo Exchange',
  'ReachableMembershipAnswer.name': 'Demo Exchange',
  'CreateOrganizationBody.name': 'Demo Exchange',
  'ChangeOrganizationBody.name': 'Demo Exchange',
  'ChangeOrganizationAsStaffBody.name': 'Demo Exchange',
  'RoleAnswer.name': 'Reporting',
  'DefineRoleBody.name': 'Reporting',
  'ChangeRoleBody.name': 'Reporting',
  'MyUser.name': 'Ada',
  'user.name': 'Ada',
  'role.name': 'Viewer',
  'organization.name': 'Demo Exchange',
  'UserAnswer.name': 'Ada',
  'CreateUserBody.name': 'Ada',
  'ChangeUserBody.name': 'Ada',
  sub: '4',
  is_active: true,
  self_serve_keys: true,
  longest_key_lifetime_days: 365,
  allow_user_wide_keys: true,

  // credentials
  key: 'qTizYIPb.mtGvbj55SYLKscTq1lKb3yPSmxTtxXa7',
  keys: ['qTizYIPb.mtGvbj55SYLKscTq1lKb3yPSmxTtxXa7'],
  prefix: 'qTizYIPb',
  client_id: 'qTizYIPb',
  access_level: 'read_only',
  token: 'eyJhbGciOiJFZERTQSJ9.eyJ1c2VyX2lkIjo0fQ.c2lnbmF0dXJl',
  access: 'eyJhbGciOiJFZERTQSJ9.eyJ1c2VyX2lkIjo0fQ.c2lnbmF0dXJl',
  refresh: 'eyJhbGciOiJFZERTQSJ9.eyJ1c2VyX2lkIjo0fQ.c2lnbmF0dXJl',
  csrf_token: 'dGhlIGNzcmYgdG9rZW4gb2YgdGhpcyBwYWdl',
  password: 'marmalade kettle on the roof',
  current_password: 'marmalade kettle on the roof',
  new_password: 'seven quiet lighthouses',
  issued_via: 'session:5',
  credential: 'access_key:12',
  status: 'active',
  'GrantAnswer.status': 'open',
  scope: 'read',
  active: true,
  exp: 1_900_000_000,
  iat: 1_790_000_000,

  // public keys
  kty: 'RSA',
  n: 'sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy',
  e: 'AQAB',
  kid: '2026-01',
  alg: 'RS256',
  use: 'sig',

  // times and durations, in the past and to come
  date: '2026-01-31',
  expires_at: '2030-01-31T12:00:00Z',
  key_expires_at: '2030-01-31T12:00:00Z',
  renewable_until: '2030-01-31T12:00:00Z',
  until: '2030-01-31T12:00:00Z',
  grace_seconds: 86_400,
  age_days: 12,

  // what has not happened to what is shown
  revoked_at: null,
  revoked_by: null,
  revoke_reason: null,
  suspended_until: null,
  retires_at: null,
  replaces: null,
  replaced_by: null,
  redeemed_at: null,
  access_key: null,
  cancelled_at: null,
  cancelled_by: null,
  disabled_at: null,
  retry_after: null,
  next: null,
  previous: null,
  longest_unused_days: null,
  hint: null,

  // where from
  ip: '203.0.113.7',
  last_used_ip: '203.0.113.7',
  user_agent: 'reports/1.4',
  last_used_user_agent: 'reports/1.4',
  request_id: '0b9c7c8e-5d52-4a2f-9d0c-0f0d6f6f2a51',

  // sets of words
  key_types: [{ value: 'H', label: 'Chainalysis' }],
  access_levels: [{ value: 'read_only', label: 'Read-only' }],
  roles: [{ value: 'Viewer', label: 'Viewer' }],
  value: 'H',
  label: 'Chainalysis',
  category: 'Members',
  permissions: ['member.view'],
  codename: 'member.view',
  description: 'See the members and who is invited.',

  // reasons and errors
  reason: 'Moved to another job.',
  'GrantAnswer.reason': 'For the monthly report.',
  'IssueGrantBody.reason': 'For the monthly report.',
  detail: 'Not found.',
  code: 'not_found',
  index: 0,
  outcome: 'ok',

  // provider keys and calls
  key_type: 'H',
  enabled: true,
  preferred: true,
  health: 'ok',
  settings: {},
  warnings: [],
  usage_count: 12,
  provider_status: 200,
  calls: 12,
  succeeded: 11,
  failed: 1,
  method: 'GET',
  path: '/api/v1/address/{address}',

  // the audit log
  subject_type: 'access_key',
  subject_id: 12,
  actor: 4,
  details: {},
};

/** What a refusal of each status says, where its operation does not show another one. */
export const EXAMPLE_REFUSALS: Readonly<Record<string, object>> = {
  400: { name: ['This field is required.'] },
  401: { detail: 'Authentication credentials were not provided.', code: 'not_authenticated' },
  403: { detail: 'You do not have permission to perform this action.', code: 'permission_denied' },
  404: { detail: 'Not found.', code: 'not_found' },
  409: {
    detail: 'This object was changed since you read it. Fetch it again and retry.',
    code: 'edit_conflict',
  },
  413: { detail: 'The request body is too large.', code: 'payload_too_large' },
  415: { detail: 'Unsupported media type "text/plain" in request.', code: 'unsupported_media_type' },
  429: { detail: 'Request was throttled. Expected available in 5 seconds.', code: 'throttled' },
  500: { detail: 'A server error occurred.', code: 'error' },
  502: {
    detail: 'The provider refused the stored key, or lets it do something else only.',
    code: 'provider_refused',
  },
  503: { detail: 'Temporarily unavailable.', code: 'service_unavailable' },
  504: { detail: 'The provider took too long.', code: 'provider_timeout' },
};
