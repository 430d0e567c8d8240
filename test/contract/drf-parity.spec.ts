import { readFileSync } from 'node:fs';
import { startTestApp, type TestApp } from '../support/app.js';
import { assertNoSecret } from '../support/canary.js';
import { callingStaff } from '../support/callers.js';
import { sessionOf } from '../support/sign-in.js';
import { CASES, TITLED } from './drf-parity/cases.js';
import { type Case, ON_PURPOSE } from './drf-parity/parity.js';

let test: TestApp;
/** What the names in braces stand for. */
let setting: Record<string, string>;
let credentials: Record<Case['as'], Record<string, string>>;

beforeAll(async () => {
  test = await startTestApp();
  const [org, crowd, hall] = [await test.make.org(), await test.make.org(), await test.make.org()];
  const owner = await test.make.member(org, 'Owner');
  await test.make.member(crowd, 'Owner', owner);
  await test.make.member(hall, 'Owner', owner);
  for (let i = 1; i < 30; i += 1) await test.make.member(crowd, 'Viewer');
  await test.database.query(
    `UPDATE users u SET name = 'Member ' || lpad(n::text, 2, '0'), email = 'm' || lpad(n::text, 2, '0') || '@parity.example'
     FROM (SELECT user_id, row_number() OVER (ORDER BY id) - 1 AS n FROM members WHERE organization_id = $1) m
     WHERE u.id = m.user_id`,
    [crowd.id],
  );
  await test.make.viewers(hall, 100);
  const staff = await callingStaff(test);
  const { key } = await test.make.accessKey(owner);
  const ownKey = { authorization: `Api-Key ${key}` };
  const user = await test.make.user();
  const password = await test.make.password(user);
  const tokens = await test.api.post('/api/auth/token/', { email: user.email, password });
  const providerKey = await test.api
    .as({ key })
    .post(`/api/orgs/${org.id}/api-keys/`, { key_type: 'A', key: 'sk-parity-0123456789abcdef' });
  const rotated = await test.make.accessKey(owner);
  const session = await sessionOf(test, staff);
  credentials = {
    nobody: {},
    owner: ownKey,
    staff: {
      cookie: `sessionid=${session.session}`,
      'x-csrftoken': session.csrf,
      origin: 'http://127.0.0.1:8000',
    },
  };
  setting = {
    org: String(org.id),
    crowd: String(crowd.id),
    hall: String(hall.id),
    user: String(owner.id),
    role: String(await test.make.role(org, ['role.view'])),
    key: String(rotated.id),
    provider_key: String(providerKey.body.id),
    email: user.email,
    password,
    email_form: encodeURIComponent(user.email),
    password_form: password.replaceAll(' ', '+'),
    access: tokens.body.access,
    refresh: tokens.body.refresh,
  };
});
afterAll(() => test.close());

const filled = (text: string): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => setting[name] ?? whole);

type Sent = Pick<Case, 'as' | 'method' | 'path' | 'headers'> & { body?: Case['body'] | undefined };

/** Sends the very bytes of a case. */
async function send({ as, method, path, headers = {}, body }: Sent) {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)]));
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(test.url + filled(path), {
    method,
    headers: { ...json, ...credentials[as], ...own },
    ...(body !== undefined && { body: typeof body === 'string' ? filled(body) : body }),
  });
  const text = await response.text();
  if (!response.ok) assertNoSecret(text, `an answer ${response.status}`);
  return { status: response.status, headers: response.headers, text };
}

const resultsOf = (text: string): unknown[] => (JSON.parse(text) as { results: unknown[] }).results;

/** A refusal without `code`, which DRF has not, and which every sentence of ours carries but those of JSON and of pages. */
function withoutCode(text: string): unknown {
  const { code, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const exempt = /parse error|Invalid page/.test(String(rest['detail']));
  if ('detail' in rest) expect(code).toEqual(exempt ? undefined : expect.stringMatching(/^[a-z_]+$/));
  return rest;
}

it.each(TITLED)('%s', async (_title, each) => {
  const { status, headers, text } = await send(each);
  expect({ status, text }).toEqual({ status: each.status, text: expect.any(String) });
  for (const [name, value] of Object.entries(each.answered ?? {})) {
    expect([name, headers.get(name)]).toEqual([name, value]);
  }
  if (each.rows !== undefined) expect(resultsOf(text)).toHaveLength(each.rows);
  if (each.first !== undefined) expect(resultsOf(text)[0]).toMatchObject({ user: { name: each.first } });
  if (each.thenRead) {
    const [path, answer] = each.thenRead;
    const read = await send({ ...each, method: 'GET', path, body: undefined });
    expect(JSON.parse(read.text)).toMatchObject(answer as object);
  }
  if (each.namesUser) expect(JSON.parse(text)).toMatchObject({ user: Number(setting['user']) });
  if (each.answer === undefined) return;
  if (status >= 400) expect(withoutCode(text)).toEqual(each.answer);
  else expect(JSON.parse(text)).toMatchObject(each.answer as object);
});

it('has at least 250 cases, and docs/django-rest-framework.md tells of every difference that one of them shows, and of no other', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(250);
  const shown = CASES.flatMap(({ parity }) => (parity === 'same' ? [] : [ON_PURPOSE[parity.onPurpose]]));
  const documented = readFileSync('docs/django-rest-framework.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|')[1]?.trim());
  expect([...new Set(shown)].toSorted()).toEqual(documented.slice(2).toSorted());
});
