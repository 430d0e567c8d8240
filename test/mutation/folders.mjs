/**
 * The specs that hold each folder of `src`, for the random sample: as patterns of their paths below `test`. A folder within
 * one comes before that. What an area (areas.mjs) or the wiring has is not drawn.
 */
export const FOLDERS = {
  access: {
    specs: [
      'unit/(?:guards|closed-by-default)',
      'http/(?:roles|members|me|choices|rate-limits|allowed-networks)',
    ],
  },
  acts: {
    specs: ['db/(?:acts|ended-in-between|idempotency-kill)', 'http/(?:idempotency|access-keys-leaks)'],
  },
  'api-access-keys': {
    specs: [
      'http/(?:access-keys|attention|disabled|issuing|made-through|policy|rotation|rules).*',
      'db/key-(?!ring).*',
      'db/(?:ended-in-between|operator)',
      'unit/digests',
    ],
  },
  attention: { specs: ['http/attention'] },
  audit: {
    specs: ['db/audit-(?:sealing|secrets|kill)', 'http/(?:audit-.*|login-limits|logs|operators-questions)'],
  },
  'audit/archive': { specs: ['db/audit-archive'] },
  'audit/sealing': { specs: ['db/audit-(?:archive|sealing|tampering)', 'faults/clock-steps'] },
  'audit/verification': { specs: ['db/audit-(?:archive|tampering|verification)', 'http/metrics'] },
  auth: {
    specs: [
      'http/(?:credential-uses|header-torture|jwks|me|passwords|refused-credentials|sessions|tokens)',
      'db/(?:refresh-race|session-activity|token-families)',
      'unit/(?:csrf|grouped|hashing-thread|presented-credential|proven-tokens|refresh-problem|token-.*)',
    ],
  },
  'call-summaries': { specs: ['db/call-ledger', 'http/provider-keys'] },
  checks: { specs: ['http/(?:checks|introspection)', 'unit/original-organization'] },
  choices: { specs: ['http/choices'] },
  cli: {
    specs: [
      'contract/command-line',
      'unit/(?:command-failures|progress)',
      'operations/(?:command-line|doctor|init)',
      'db/command-line',
    ],
  },
  'cli/actions': {
    specs: [
      'db/(?:cli|command-line|audit-archive)',
      'operations/(?:doctor|keyring|migrate|secret-key|signing-keys)',
    ],
  },
  'cli/doctor': { specs: ['operations/(?:database-tls|doctor)'] },
  common: {
    specs: [
      'contract/api-document',
      'mcp/tool-lists',
      'unit/.*',
      'http/(?:access-keys-(?:bad-input|grants|leaks|list)|admin-users|allowed-networks|list-queries|members|organizations|provider-keys|tokens)',
      'config/.*',
    ],
  },
  config: { specs: ['config/.*', 'http/jwks', 'http/rate-limits', 'unit/csrf'] },
  console: { specs: ['http/console'] },
  database: {
    specs: [
      'contract/migrations',
      'db/(?:least-privilege|test-database)',
      'faults/database-limits',
      'operations/migrate',
      'unit/database-errors',
    ],
  },
  'database/embedded': { specs: ['db/embedded-postgres.*', 'operations/process-end'] },
  guards: { specs: ['unit/(?:guards|closed-by-default)', 'http/refused-credentials'] },
  guides: { specs: ['guides/pages'] },
  health: { specs: ['faults/database-outage', 'db/key-ring', 'config/production'] },
  http: {
    specs: [
      'http/(?:access-keys-bad-input|aborted|cors|idempotency|header-torture|http-layer|http-edges|list-queries|logs|forwarded-addresses|organizations)',
      'contract/(?:api-document|declared-inputs)',
      'unit/input-pipe',
      'operations/process-end',
    ],
  },
  mcp: { specs: ['mcp/.*'] },
  metrics: {
    specs: [
      'http/(?:logs|metrics|operators-questions)',
      'unit/request-durations',
      'config/production',
      'faults/several-processes',
    ],
  },
  openapi: { specs: ['contract/(?:answer-judge|api-commands|api-document|openapi-fuzz)'] },
  organizations: {
    specs: [
      'http/(?:admin-orgs|allowed-networks|invitations|members|organizations|policy|roles|tenants).*',
      'db/(?:member-races|operator)',
    ],
  },
  process: {
    specs: [
      'faults/(?:several-processes|stop-in-order)',
      'config/bad-settings',
      'unit/command-failures',
      'operations/(?:database-tls|migrate|process-end)',
    ],
  },
  'provider-calls': { specs: ['provider-calls/.*', 'http/(?:provider-calls|providers)'] },
  'provider-keys': {
    specs: ['provider-keys/.*', 'http/provider-keys', 'db/key-ring.*', 'faults/provider-secrets'],
  },
  'rate-limits': { specs: ['http/(?:login-limits|provider-calls|rate-limits)', 'unit/over-limit'] },
  tracing: { specs: ['operations/tracing'] },
  users: {
    specs: [
      'http/(?:admin-users|passwords|login-limits|sessions)',
      'unit/(?:canonical-email|hashing-thread)',
      'db/operator',
    ],
  },
};

/** The folder of a file: the one that is named and holds it most closely. */
export const folderOf = (file) =>
  Object.keys(FOLDERS)
    .filter((folder) => file.startsWith(`src/${folder}/`))
    .sort((a, b) => b.length - a.length)[0] ?? file.split('/')[1];

/** What only puts together and starts: a mistake there keeps everything from starting. */
export const WIRING = /\.module\.ts$|^src\/(?:app|main)\.ts$|^src\/cli\/main\.ts$/;
