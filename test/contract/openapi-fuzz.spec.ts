import { describeApi } from '../../src/openapi/describe-api.js';
import {
  type ApiDocument,
  readApiDocument,
  type Schema,
  withPartsInPlace,
} from '../support/contract/api-document.js';
import { recordFigure } from '../support/figures.js';
import { badObjects, badValues } from '../support/fuzz/bad-values.js';
import { badCredentials } from '../support/fuzz/bad-credentials.js';
import { readableProblem } from '../support/fuzz/created.js';
import { type FuzzedOperation, operationsOf } from '../support/fuzz/fuzzed-operation.js';
import { BAD_PATH_PARTS, BAD_PAGES, NO_OBJECTS } from '../support/fuzz/bad-requests.js';
import { goodInputs, isRefusal, RUNS, SEED, send, told, turnOf } from '../support/fuzz/requests.js';
import { beyondTheSchema } from '../support/fuzz/beyond-the-schema.js';
import { type Target, Targets } from '../support/fuzz/targets.js';
import { TEST_ORIGIN } from '../support/app.js';
import { type ProviderApp, startProviderApp } from '../support/provider-app.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { changedTables, tableSums } from '../support/table-sums.js';

jest.setTimeout(600_000); // each test goes through all operations, of which there are more with every release

let app: ProviderApp;
let targets: Targets;
let document: ApiDocument;
let operations: FuzzedOperation[];
/** What an operation did that the document doesn't allow; each test adds its own and expects none. */
let wrong: string[];
/** How much a test has judged that passes over what it can't judge: it expects not to have passed over nearly all. */
let judged: number;
let violations = 0;

beforeAll(async () => {
  app = await startProviderApp();
  await pauseRecurringJobs(app.test.app); // a long run would take their writes for a request's
  targets = await Targets.of(app);
  document = withPartsInPlace(JSON.parse(JSON.stringify(describeApi(app.test.app))));
  operations = operationsOf(document);
});
beforeEach(() => {
  wrong = [];
  judged = 0;
});
afterEach(() => {
  violations += wrong.length;
  if (wrong.length > 0) console.error(`To see it again: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}`);
  expect(wrong).toEqual([]);
});
afterAll(async () => {
  const requests = app.test.answered().toLocaleString('en');
  await app.close(); // here every answer is held against the document
  if (RUNS > 1) {
    recordFigure(
      'contract/openapi-fuzz',
      `${requests} requests, ${operations.length} operations: **${violations} violations**`,
    );
  }
});

/** Operations whose bodies name what must be there: the refusal, its field, and fields that name nothing. */
const NAMING: Readonly<Record<string, readonly [status: number, field: string, absent: object]>> = {
  'POST /api/orgs/{org_pk}/members/': [400, 'role', { role: 'Nobody' }],
  'PATCH /api/orgs/{org_pk}/members/{id}/': [400, 'role', { role: 2_147_483_647 }],
  'PATCH /api/admin/orgs/{id}/members/{member_id}/': [400, 'role', { role: 2_147_483_647 }],
  'POST /api/admin/orgs/{id}/members/': [400, 'user', { user: 2_147_483_647 }],
  'POST /api/admin/access-keys/': [400, 'user', { user: 2_147_483_647 }],
  'POST /api/admin/access-key-grants/': [400, 'organization', { organization: 2_147_483_647 }],
  'POST /api/auth/access-keys/': [400, 'organization', { organization: 2_147_483_647 }],
  'POST /api/auth/access-key-requests/': [400, 'organization', { organization: 2_147_483_647 }],
  'POST /api/auth/token/': [401, 'detail', { email: 'nobody@example.com' }],
  'POST /api/auth/login/': [401, 'detail', { email: 'nobody@example.com' }],
  'POST /api/auth/token/refresh/': [401, 'detail', { refresh: 'nothing' }],
  'POST /api/auth/token/revoke/': [401, 'detail', { refresh: 'nothing' }],
  'POST /api/auth/token/verify/': [401, 'detail', { token: 'nothing' }],
  'POST /api/auth/password/': [
    400,
    'current_password',
    { current_password: 'not the one', new_password: 'marmalade kettle' },
  ],
  'POST /api/auth/password/set/': [400, 'token', { token: 'nothing' }],
};

const writes = ({ method }: FuzzedOperation): boolean => method !== 'GET';
const isPublic = ({ access }: FuzzedOperation): boolean => access.kind === 'public';

it('the document that the fuzzer reads is the one that clients get', () => {
  expect(document).toEqual(readApiDocument());
});

it('positive data acceptance and resource availability: what the document allows is accepted, of every operation at least once, never a failure of ours, and what was made can be read', async () => {
  for (const operation of operations) {
    let accepted = 0;
    for (const input of goodInputs(
      operation,
      (operation.body || operation.query.length > 0 ? 3 : 1) * RUNS,
    )) {
      const target = await targets.for(operation);
      const answer = await send(operation, target, target.client, input);
      if (answer.status < 300) accepted += 1;
      else if (!beyondTheSchema(answer)) wrong.push(told(operation.name, input, answer));
      if (answer.status === 201) wrong.push(...(await readableProblem(document, operation, target, answer)));
    }
    if (accepted === 0) wrong.push(`${operation.name}: never accepted`);
  }
});

it('use after free: what was deleted is gone: whatever is asked of it, or of what belonged to it, is 404', async () => {
  // of a list it ends all but one: there is no object to ask for
  const deletions = operations.filter(({ method, path }) => method === 'DELETE' && path.endsWith('}/'));
  for (const deletion of deletions) {
    const target = await targets.for(deletion);
    for (const input of goodInputs(deletion, 1)) {
      const answer = await send(deletion, target, target.client, input);
      if (answer.status !== 204) wrong.push(told(deletion.name, input, answer));
    }
    for (const operation of operations.filter(({ path }) => path.startsWith(deletion.path))) {
      const path = target.path + operation.path.slice(deletion.path.length);
      for (const input of goodInputs(operation, RUNS)) {
        const answer = await send(operation, { ...target, path }, target.client, input);
        if (answer.status !== 404) wrong.push(told(`deleted, then ${operation.name}`, input, answer));
      }
    }
  }
});

it('negative data rejection: a body that the document allows, but that names what is not there, is refused as the contract says, and writes nothing', async () => {
  for (const [name, [status, field, absent]] of Object.entries(NAMING)) {
    const operation = operations.find((one) => one.name === name);
    if (!operation) throw new Error(`There is no ${name}.`);
    const target = await targets.for(operation);
    const before = await tableSums(app.test.database);
    for (const input of goodInputs(operation, RUNS)) {
      const known = { ...target.known, ...absent };
      const answer = await send(operation, { ...target, known }, target.client, input);
      if (answer.status !== status || !isRefusal(answer, field)) wrong.push(told(name, input, answer));
    }
    const changed = changedTables(before, await tableSums(app.test.database));
    if (changed) wrong.push(`${name}: a request that names nothing wrote something: ${changed}`);
  }
});

it('negative data rejection: a body that the document does not allow is 400, told by field, and writes nothing', async () => {
  for (const operation of operations) {
    const { body: schema, name } = operation;
    if (!schema?.properties) continue;
    judged += 1;
    const target = await targets.for(operation);
    const before = await tableSums(app.test.database);
    for (const good of goodInputs(operation, RUNS)) {
      for (const { field, what, value } of badObjects(schema, { ...good.body, ...target.known })) {
        const answer = await target.client.send(operation.method, target.path, value);
        if (answer.status !== 400 || !isRefusal(answer, field)) wrong.push(told(name, what, answer));
      }
    }
    for (const body of NO_OBJECTS) {
      const answer = await target.client.send(operation.method, target.path, body);
      if (answer.status !== 400 || !isRefusal(answer)) wrong.push(told(name, body, answer));
    }
    const changed = changedTables(before, await tableSums(app.test.database));
    if (changed) wrong.push(`${name}: a refused request wrote something: ${changed}`);
  }
  expect(judged).toBeGreaterThanOrEqual(40);
});

it('negative data rejection: a query that the document does not allow is 400 under its name, a bad page 404', async () => {
  for (const operation of operations.filter(({ query }) => query.length > 0)) {
    const target = await targets.for(operation);
    const ask = (name: string, value: string) =>
      target.client.get(`${target.path}?${name}=${encodeURIComponent(value)}`);
    for (const { name, schema = {} } of operation.query) {
      if (['page', 'page_size', 'ordering'].includes(name)) continue; // a bad one is told otherwise, or ignored
      for (const { what, value } of badValues({ ...schema, pattern: undefined })) {
        if (typeof value === 'object' && value !== null) continue; // a query has texts alone
        const sent = String(value).slice(0, 1_000); // encoded, longer ones never pass the limit on headers
        if (sent.isWellFormed() === false || !isBadAsText(schema.type, sent)) continue;
        judged += 1;
        const answer = await ask(name, sent);
        if (answer.status !== 400 || !isRefusal(answer, name)) {
          wrong.push(told(operation.name, { name, what, sent }, answer));
        }
      }
      await expectLastCounts(operation, target, name, schema);
    }
    for (const page of BAD_PAGES) {
      const answer = await ask('page', page);
      if (answer.status !== 404) wrong.push(told(operation.name, { page }, answer));
    }
    for (const [name, value] of [
      ['ordering', 'password_hash'],
      ['page_size', '-1'],
      ['nothing', '\0'],
    ] as const) {
      const answer = await ask(name, value);
      if (answer.status !== 200) wrong.push(told(operation.name, { [name]: value }, answer));
    }
  }
  expect(judged).toBeGreaterThanOrEqual(500);
});

/** Of a name that comes twice the last value counts, and an empty one is no filter: a bad value before it does no harm. */
async function expectLastCounts(
  { name: operation }: FuzzedOperation,
  { client, path }: Target,
  name: string,
  schema: Schema,
): Promise<void> {
  const bad = schema.type === 'string' && !schema.enum && !schema.format ? '%00' : 'a';
  const ignored = await client.get(`${path}?${name}=${bad}&${name}=`);
  if (ignored.status !== 200) wrong.push(told(operation, `${name}: bad, then empty`, ignored));
  const counts = await client.get(`${path}?${name}=&${name}=${bad}`);
  if (counts.status !== 400 || !isRefusal(counts, name)) {
    wrong.push(told(operation, `${name}: empty, then bad`, counts));
  }
}

/** Text of a query that is still wrong: `7` for a text is a text. */
function isBadAsText(type: unknown, sent: string): boolean {
  if (sent === '') return false; // no filter
  if (type !== 'string') return !(type === 'boolean' && /^(?:true|false)$/.test(sent)) && sent !== '7';
  return sent.includes('\0') || sent.length > 100;
}

it('negative data rejection: what is no id in a path is 404, whatever the operation, and writes nothing', async () => {
  for (const [turn, operation] of operations.filter(({ path }) => path.includes('{')).entries()) {
    const target = await targets.for(operation);
    const [input = {}] = goodInputs(operation, 1);
    const named = operation.path.split('/');
    const places = target.path
      .split('/')
      .flatMap((part, at) =>
        /^\d+$/.test(part) && named[at]?.startsWith('{') && named[at] !== '{path}' ? [at] : [],
      );
    const before = await tableSums(app.test.database);
    for (const part of turnOf(BAD_PATH_PARTS, 5, turn)) {
      for (const at of places) {
        const path = target.path.split('/').with(at, part).join('/');
        const answer = await send(operation, { ...target, path }, target.client, input);
        if (answer.status !== 404 || !isRefusal(answer, 'detail'))
          wrong.push(told(operation.name, path, answer));
      }
    }
    const changed = changedTables(before, await tableSums(app.test.database));
    if (changed) wrong.push(`${operation.name}: a request for nothing wrote something: ${changed}`);
  }
});

it('unsupported method: one that a path does not declare is 405 and `Allow` names the ones that it does', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    if (path.endsWith('{path}')) continue; // the provider's: another method is a call that may not be made, 404
    const [operation] = operations.filter((one) => one.path === path);
    if (!operation) continue;
    const target = await targets.for(operation);
    const declared = Object.keys(item).map((method) => method.toUpperCase());
    const allowed = [...declared, ...(declared.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    const told200 = await target.client.send('OPTIONS', target.path);
    if (told200.status !== 200 || told200.headers.get('allow')?.split(', ').sort().join() !== allowed.join())
      wrong.push(told(`OPTIONS ${path}`, null, told200));
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
      if (allowed.includes(method)) continue;
      judged += 1;
      const answer = await target.client.send(method, target.path);
      const told405 = answer.headers.get('allow')?.split(', ').sort();
      if (answer.status !== 405 || told405?.join() !== allowed.join()) {
        wrong.push(`${told(`${method} ${path}`, null, answer)} Allow: ${String(told405)}`);
      }
    }
  }
  expect(judged).toBeGreaterThanOrEqual(350);
});

it('ignored auth: without a credential, or with a bad one of any scheme, nothing but the public opens, and nothing is written', async () => {
  for (const [turn, operation] of operations.filter((one) => !isPublic(one)).entries()) {
    const target = await targets.for(operation);
    const bad = await badCredentials(app.test, target.tenant);
    const before = await tableSums(app.test.database);
    const [input] = goodInputs(operation, 1);
    for (const [what, client] of turnOf(Object.entries(bad), 6, turn)) {
      const answer = await send(operation, target, client, input);
      const challenged = answer.headers.get('www-authenticate')?.startsWith('Api-Key realm="api"');
      if (answer.status !== 401 || !challenged) wrong.push(told(operation.name, what, answer));
    }
    const changed = changedTables(before, await tableSums(app.test.database));
    if (changed) wrong.push(`${operation.name}: a request without a credential wrote something: ${changed}`);
  }
});

it('missing required header: a missing or stale one is refused as declared: CSRF proof 403, a type other than JSON 415, If-Match 409', async () => {
  for (const operation of operations.filter(writes)) {
    const target = await targets.for(operation);
    const [input] = goodInputs(operation, 1);
    const expectRefusal = async (what: string, expected: string, client = target.client) => {
      const answer = await send(operation, target, client, input);
      const code = (answer.body as { code?: string } | null)?.code ?? '';
      if (`${answer.status} ${code}` !== expected) wrong.push(told(operation.name, what, answer));
    };
    if (operation.schemes.includes('Session') && operation.access.kind !== 'staff') {
      const cookie = await target.tenant.cookie();
      const browser = app.test.api.with({ cookie, origin: TEST_ORIGIN });
      await expectRefusal('no CSRF token', '403 csrf_failed', browser);
    }
    if (operation.body) {
      const plain = target.client.with({ 'content-type': 'text/plain' });
      await expectRefusal('text/plain', '415 unsupported_media_type', plain);
    }
    if (operation.headers.some(({ name }) => name === 'If-Match')) {
      await expectRefusal('stale', '409 edit_conflict', target.client.with({ 'if-match': '"999"' }));
    }
  }
});
