import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const clock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes from the database (app_now()) or from common/clock.ts.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time comes from the database (app_now()) or from common/clock.ts.',
  },
];
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in config/env.ts alone.',
};
const randomness = {
  selector: "MemberExpression[object.name='Math'][property.name='random']",
  message: 'Use common/crypto/random-text.ts: Math.random is predictable.',
};

const transaction = {
  selector: "CallExpression[callee.property.name='transaction']",
  message: 'Changes are made by Acts.run (docs/adr/0045).',
};
/** They open their own: acts.ts for all acts; the others change nothing on anybody's behalf, or as the owner of the tables (archiving). */
const OWN_TRANSACTIONS = [
  'src/acts/acts.ts',
  'src/audit/archive/audit-archiver.ts',
  'src/audit/sealing/audit-sealer.ts',
  'src/audit/verification/audit-verifier.ts',
  'src/auth/cleanup.ts',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'coverage/',
      'reports/',
      '.stryker-tmp/',
      'bench/',
      'docs/',
      'web/src/api/schema.ts',
      'clients/typescript/src/schema.ts',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  regexp.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { projectService: true } },
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off', // Nest modules are classes without members
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: 'error',
      'regexp/use-ignore-case': 'off', // an alphabet spelled out says that case counts
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clock, environment, randomness, transaction] },
  },
  {
    files: OWN_TRANSACTIONS,
    rules: { 'no-restricted-syntax': ['error', ...clock, environment, randomness] },
  },
  { files: ['src/config/env.ts'], rules: { 'no-restricted-syntax': ['error', ...clock, randomness] } },
  { files: ['src/common/clock.ts'], rules: { 'no-restricted-syntax': ['error', environment, randomness] } },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { globals: { module: 'writable', process: 'readonly', console: 'readonly' } },
  },
);
