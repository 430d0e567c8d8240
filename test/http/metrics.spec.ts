import { startTestApp, type TestApp } from '../support/app.js';
import { rawRequest, sendRaw } from '../support/raw.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** The series of ours that `/metrics` tells, without their numbers; one for all statuses, of which there are few. */
async function series(): Promise<Set<string>> {
  const { text } = await test.api.get('/metrics');
  const lines = text.split('\n').filter((line) => line && !/^(?:#|nodejs_|process_)/.test(line));
  return new Set(lines.map((line) => line.replace(/ \S+$/, '').replace(/status="[1-5]\d\d"/, 'status')));
}

/** How many call at once: more would fill the pool, whose refusals have series of their own. */
const AT_ONCE = 10;

/** Requests as many different callers make them: ids, keys, names, methods and paths that are all their own. */
async function round(first: number): Promise<void> {
  const numbers = Array.from({ length: 200 }, (_, n) => first + n);
  const callers = Array.from({ length: AT_ONCE }, async (_, caller) => {
    for (const n of numbers.filter((each) => each % AT_ONCE === caller)) {
      const key = `${String(n).padStart(8, 'A')}.${String(n).padStart(32, 'x')}`;
      const api = test.api.as({ key }).with({ 'user-agent': `agent-${n}`, 'x-request-id': `id-${n}` });
      await api.get(`/api/orgs/${n}/`);
      await api.get(`/api/orgs/${n}/api-keys/${n}/`);
      await api.get(`/nowhere/${n}/?q=${n}`);
      await test.api.post('/api/auth/token/', {
        email: `somebody-${n}@example.com`,
        password: 'not the password',
      });
    }
  });
  await Promise.all(callers);
  for (const n of numbers.slice(0, 20)) await sendRaw(test.url, rawRequest('/api/orgs/', [], `METHOD${n}`));
}

it('hundreds of callers, each with keys, ids, methods and paths of its own, make no series of their own (L6)', async () => {
  await round(1_000);
  await series(); // so that it counts itself
  const before = await series();
  await round(2_000);
  const after = await series();
  expect([...after].filter((name) => !before.has(name))).toEqual([]);
  expect(after.size).toBeGreaterThan(10);
  for (const name of after) expect(name).not.toMatch(/somebody|agent-|id-\d|AAAA|\?q=|METHOD|"\d{4}"/);
  const { user, key } = await loggedIn();
  await test.api.as(key).get('/api/orgs/');
  for (const name of await series()) expect(name).not.toContain(user.email);
});

async function loggedIn() {
  const user = await test.make.user();
  return { user, key: await test.make.accessKey(user) };
}
