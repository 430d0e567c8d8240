/**
 * The specs that hold each folder of `src`, for the random sample: as patterns of their paths below `test`. What an area
 * (areas.mjs) or the wiring has is not drawn. `ownProcess`: what is mutated runs in a process of its own, so that no
 * coverage is known of it and every spec is run.
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
      'http/(?:access-keys|disabled|rotation|issuing).*',
      'db/key-(?!ring).*',
      'db/ended-in-between',
      'unit/digests',
    ],
  },
  attention: { specs: ['http/attention'] },
  audit: {
    specs: [
      'db/audit-(?:archive|sealing|secrets|tampering|verification)',
      'http/audit-.*',
      'http/login-limits',
    ],
  },
  auth: {
    specs: [
      'http/(?:credential-uses|header-torture|jwks|me|passwords|refused-credentials|sessions|tokens)',
      'db/(?:refresh-race|session-activity|token-families)',
      'unit/(?:csrf|grouped|hashing-thread|presented-credential|proven-tokens|refresh-problem|token-.*)',
    ],
  },
  'call-summaries': { specs: ['db/call-ledger', 'http/provider-keys'] },
  checks: { specs: ['http/(?:checks|introspection)'] },
  choices: { specs: ['http/choices'] },
  cli: { specs: ['db/(?:cli|operator|command-line)', 'operations/doctor'], ownProcess: true },
  common: {
    specs: [
      'unit/.*',
      'http/(?:access-keys-list|list-queries|members|organizations|admin-users)',
      'config/.*',
    ],
  },
  config: { specs: ['config/.*', 'http/jwks'] },
  console: { specs: ['http/console'] },
  database: {
    specs: ['db/(?:least-privilege|embedded-postgres.*)', 'faults/database-limits', 'unit/database-errors'],
  },
  guards: { specs: ['unit/(?:guards|closed-by-default)', 'http/refused-credentials'] },
  guides: { specs: ['guides/pages'] },
  health: { specs: ['faults/database-outage', 'db/key-ring', 'config/production'] },
  http: {
    specs: [
      'http/(?:access-keys-bad-input|header-torture|http-layer|http-edges|list-queries|logs|forwarded-addresses|organizations)',
      'unit/input-pipe',
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
    ownProcess: true,
  },
  openapi: { specs: ['contract/(?:answer-judge|api-document|openapi-fuzz)'] },
  organizations: {
    specs: [
      'http/(?:admin-orgs|invitations|members|organizations|roles|tenants)',
      'db/(?:member-races|operator)',
    ],
  },
  process: {
    specs: ['faults/(?:several-processes|stop-in-order)', 'operations/process-end'],
    ownProcess: true,
  },
  'provider-calls': { specs: ['provider-calls/.*', 'http/provider-calls'] },
  'provider-keys': {
    specs: ['provider-keys/.*', 'http/provider-keys', 'db/key-ring.*', 'faults/provider-secrets'],
  },
  'rate-limits': { specs: ['http/(?:login-limits|rate-limits)', 'unit/over-limit'] },
  tracing: { specs: ['operations/tracing'], ownProcess: true },
  users: {
    specs: [
      'http/(?:admin-users|passwords|login-limits)',
      'unit/(?:canonical-email|hashing-thread)',
      'db/operator',
    ],
  },
};

/** What only puts together and starts: a mistake there keeps everything from starting. */
export const WIRING = /\.module\.ts$|^src\/(?:app|main)\.ts$|^src\/cli\/main\.ts$/;
