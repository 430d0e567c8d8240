// Who may import whom, besides itself. A rule's name is the sentence that a developer reads when it fails.
const may = {
  config: [],
  common: [],
  database: ['config', 'access'], // access: the system roles, which `migrate` writes
  access: ['common'],
  http: ['config', 'common', 'access'],
  audit: ['config', 'common', 'access', 'http'],
  acts: ['common', 'access', 'audit'],
  users: ['config', 'common', 'access', 'http', 'audit', 'acts'],
  organizations: ['common', 'access', 'http', 'acts', 'users'],
  'api-access-keys': ['common', 'database', 'access', 'http', 'acts', 'users', 'organizations'],
  auth: [
    'config',
    'common',
    'database',
    'access',
    'http',
    'acts',
    'users',
    'organizations',
    'api-access-keys',
  ],
  'provider-keys': ['config', 'common', 'database', 'access', 'http', 'audit', 'acts', 'organizations'],
  'call-summaries': ['common', 'database', 'access', 'http', 'provider-keys'],
  'provider-calls': ['config', 'common', 'access', 'http', 'provider-keys', 'call-summaries'],
  attention: ['access', 'organizations', 'api-access-keys', 'provider-keys'],
  guards: ['common', 'access', 'auth', 'rate-limits'],
  checks: ['config', 'common', 'access', 'organizations', 'users', 'api-access-keys', 'auth'],
  mcp: [
    'config',
    'common',
    'access',
    'http',
    'audit',
    'organizations',
    'api-access-keys',
    'auth',
    'provider-keys',
    'call-summaries',
    'provider-calls',
    'rate-limits',
  ],
  health: ['database', 'access', 'provider-keys'], // provider-keys: /readyz asks for the key ring
  metrics: ['config', 'common', 'access', 'http'],
  tracing: ['config'],
  console: [],
  guides: [],
  choices: ['common', 'access'],
  'rate-limits': ['config', 'common', 'access'],
};

const layers = Object.entries(may).map(([from, to]) => ({
  name: `${from} imports only ${to.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${[from, ...to].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    ...layers,
    {
      name: 'every folder of src has its line in this file',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: `^src/(${Object.keys(may).join('|')}|cli|openapi|process)/` },
      to: {},
    },
    {
      name: 'nobody imports the top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/([^/]+\\.ts$|cli/|openapi/|process/)' },
      to: { path: '^src/([^/]+\\.ts$|cli/|openapi/|process/)' },
    },
    {
      name: 'only the database folder knows the migrations, and they know nothing of ours',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '^src/database/' },
      to: { path: '^(src|migrations)/', pathNot: '^src/' },
    },
    {
      name: 'what is not traced loads nothing of tracing: it is imported where it is started, and by nobody else',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tracing/' },
      to: {
        path: '^src/tracing/|node_modules/@opentelemetry',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'controllers hold no rows',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: 'node_modules/typeorm|\\.entity\\.ts$' },
    },
    {
      name: 'only the strategies know passport',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/auth/strategies/' },
      to: { path: 'node_modules/(@nestjs/)?passport' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
