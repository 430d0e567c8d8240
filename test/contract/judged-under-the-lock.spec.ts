import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { schemesOf, type Scheme, type Setting, type Writes, writesOf } from '../support/contract/writes.js';
import { hold } from '../support/hold.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { changedTables, tableSums } from '../support/table-sums.js';
import { RULES } from './access-matrix.js';

let test: TestApp;
let writes: Writes;
beforeAll(async () => {
  test = await startTestApp();
  writes = writesOf(test);
  await pauseRecurringJobs(test.app);
});
// one of the writes stops all others
afterEach(() => test.database.query('UPDATE service_policy SET issuing_stopped = false'));
afterAll(() => test.close());

/** Writes that change nothing by anybody's authority, each with its reason. */
const NO_ACT: Readonly<Record<string, string>> = {
  'POST /mcp': 'what it calls is judged one by one (test/mcp)',
  'POST /api/auth/introspect/': 'a question, though it is asked by POST',
  'POST /api/auth/logout/': 'ends the very credential, whether or not it ended already',
  'POST /api/orgs/{org_pk}/api-keys/{api_key_pk}/check/': 'a call to a provider, counted before it is sent',
  ...Object.fromEntries(
    ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [
      `${method} /api/orgs/{org_pk}/providers/{key_type}/{path}`,
      'a call to a provider, counted before it is sent',
    ]),
  ),
};

const CASES = Object.keys(RULES)
  .filter((route) => !(route in NO_ACT))
  .flatMap((route) => schemesOf(route).map((scheme) => [route, scheme] as const));

/** What ends the caller's credential and nothing else, and what takes that back, so that all else can be compared. */
const ENDING: Readonly<Record<Scheme, (id: number) => readonly [end: string, undo: string]>> = {
  session: (id) => both('UPDATE sessions SET ended_at =', `WHERE id = ${id}`),
  jwt: (id) => both('UPDATE token_families SET ended_at =', `WHERE id = ${id}`),
  key: (id) => both('UPDATE access_keys SET revoked_at =', `WHERE id = ${id}`),
};
const both = (set: string, where: string) => [`${set} app_now() ${where}`, `${set} NULL ${where}`] as const;

const CODES: Readonly<Record<Scheme, string>> = {
  session: 'authentication_failed',
  jwt: 'token_not_valid',
  key: 'authentication_failed',
};

async function sendOf(route: string, setting: Setting): Promise<() => Promise<Answer>> {
  const { method, path, body } = await writes.callOf(route, setting);
  return () => setting.api.send(method, path, body);
}

describe('Every write is judged once more under the lock (contract §2, ADR 0045)', () => {
  it('has a call of every write that a credential opens, and of nothing else', () => {
    const routes = Object.keys(RULES).filter((route) => schemesOf(route).length > 0);
    expect([...Object.keys(writes.calls), ...Object.keys(NO_ACT)].toSorted()).toEqual(routes.toSorted());
    expect(CASES.length).toBeGreaterThan(80);
  });

  it.each(CASES)('%s by %s: succeeds, and writes, while the credential lives', async (route, scheme) => {
    const send = await sendOf(route, await writes.settingOf(route, scheme));
    const before = await tableSums(test.database);
    const { status, text } = await send();
    const changed = changedTables(before, await tableSums(test.database));
    expect({ status: [200, 201, 202, 204].includes(status) ? 'success' : `${status} ${text}` }).toEqual({
      status: 'success',
    });
    expect(changed).not.toBe('');
  });

  it.each(CASES)(
    '%s by %s: 401, and nothing is written, when the credential ends between guard and write',
    async (route, scheme) => {
      const setting = await writes.settingOf(route, scheme);
      const send = await sendOf(route, setting);
      const [end, undo] = ENDING[scheme](setting.credentialId);
      const before = await tableSums(test.database);
      const held = await hold(test.database, end);
      const answer = send();
      await held.waitedFor();
      await held.finish();
      const { status, body } = await answer;
      await test.database.query(undo);
      const changed = changedTables(before, await tableSums(test.database));
      expect({ status, code: body.code, changed }).toEqual({ status: 401, code: CODES[scheme], changed: '' });
    },
  );
});
