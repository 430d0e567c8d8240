import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { TEST_ORIGIN } from '../support/app.js';
import { readApiDocument } from '../support/contract/api-document.js';
import { type FuzzedOperation, operationsOf } from '../support/fuzz/fuzzed-operation.js';
import { type Target, Targets } from '../support/fuzz/targets.js';
import { cookiesOf } from '../support/log-in.js';
import { type ProviderApp, startProviderApp } from '../support/provider-app.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const run = promisify(execFile);

const PRODUCTION = 'https://api.cryptocomply.xyz';

/** Those that need what no demo holds: a call that the fake provider knows. */
const NOT_ALONE = /\/providers\/\{key_type\}\/\{path\}$/;

type Samples = Record<string, Record<string, { 'x-codeSamples': { source: string }[] }>>;

let app: ProviderApp;
let targets: Targets;
let adminKey: string;
beforeAll(async () => {
  app = await startProviderApp();
  targets = await Targets.of(app);
  const staff = await app.test.make.user({ staff: true });
  adminKey = (await app.test.make.accessKey(staff, { admin: true })).key;
});
afterAll(() => app.close());

const { paths } = JSON.parse(readFileSync('docs/api/openapi.json', 'utf8')) as { paths: Samples };

/** What the command says to paste it with: the credential that it names, in the variable that it names. */
async function variables({ access }: FuzzedOperation, { tenant }: Target): Promise<Record<string, string>> {
  const { session, csrf } = await sessionOf(app.test, tenant.owner);
  const anonymous = cookiesOf((await app.test.api.get('/api/auth/csrf/')).headers)['csrftoken'];
  return {
    API_KEY: access.kind === 'staff' ? adminKey : tenant.key.key,
    ACCESS_TOKEN: (await bearerOf(app.test, tenant.owner)).bearer,
    SESSION: session,
    CSRF_TOKEN: access.kind === 'public' ? (anonymous ?? '') : csrf,
    ORIGIN: TEST_ORIGIN,
  };
}

/** The command with the ids and the origin of here; everything else as it is documented. */
function adapted(source: string, { path, known }: Target): string {
  const body = /-d '(.*)'$/s.exec(source)?.[1];
  const own = Object.fromEntries(
    Object.entries(known).filter(([name]) => body !== undefined && name in (JSON.parse(body) as object)),
  );
  const command = source.replace(/'https:\/\/[^']+'/, `'${app.test.url}${path}'`);
  if (body === undefined) return command;
  return command.replace(/-d '.*'$/s, `-d '${JSON.stringify({ ...(JSON.parse(body) as object), ...own })}'`);
}

it('the command of every operation, pasted with a credential and ids of here, does what it says', async () => {
  const operations = operationsOf(readApiDocument()).filter(({ path }) => !NOT_ALONE.test(path));
  expect(operations.length).toBeGreaterThan(80);
  const wrong: string[] = [];
  for (const operation of operations) {
    const source =
      paths[operation.path]?.[operation.method.toLowerCase()]?.['x-codeSamples'][0]?.source ?? '';
    const documented = operation.path.split('{')[0] ?? '';
    if (!source.includes(`'${PRODUCTION}${documented}`)) wrong.push(`${operation.name}: ${source}`);
    const target = await targets.for(operation);
    const command = `${adapted(source, target)} --silent --show-error --write-out '\\n%{http_code}'`;
    const env = { ...process.env, ...(await variables(operation, target)) };
    const { stdout } = await run('bash', ['-c', command], { env });
    const status = Number(stdout.slice(stdout.lastIndexOf('\n')));
    if (!(status >= 200 && status < 300)) wrong.push(`${operation.name}\n${command}\n${stdout}`);
  }
  expect(wrong).toEqual([]);
}, 120_000);
