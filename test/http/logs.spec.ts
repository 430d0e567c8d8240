import { startTestApp, type TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { assertNoSecret, rememberSecret } from '../support/canary.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { until } from '../support/until.js';

let test: TestApp;
beforeEach(async () => {
  test = await startTestApp();
});
afterEach(() => test.close()); // closing also looks for secrets in the log, the metrics and the tables

const lines = (): Record<string, unknown>[] =>
  test
    .logs()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('The log (L2, L3)', () => {
  it('names the caller and the route of every request, in one JSON object a line', async () => {
    const owner = await test.make.user();
    const { id, key } = await test.make.accessKey(owner);
    await test.api.as({ key }).with({ 'x-request-id': 'run-1' }).get('/api/orgs/?search=x');
    expect(lines().find((line) => line.request_id === 'run-1')).toMatchObject({
      method: 'GET',
      route: '/api/orgs',
      status: 200,
      user_id: owner.id,
      credential: `access_key:${id}`,
    });
  });

  it('neither it nor an answer nor a table keeps a key that was sent as the request’s id, or within the user agent', async () => {
    const staff = await test.make.user({ staff: true });
    const { key } = await test.make.accessKey(staff, { admin: true });
    const secret = key.split('.')[1] ?? '';
    const agent = `${'a'.repeat(300 - 25)} ${key}`; // 15 characters of its secret stand before the place where agents are cut
    const sent = test.api.as({ key }).with({ 'x-request-id': key, 'user-agent': agent });
    const made = await sent.post('/api/admin/orgs/', { name: 'Acme' });
    expect(made.status).toBe(201);
    expect(made.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    const [event] = await test.database.query<{ user_agent: string; request_id: string }>(
      `SELECT user_agent, request_id FROM audit_events WHERE action = 'organization.created'`,
    );
    expect(event?.request_id).toBe(made.headers.get('x-request-id'));
    expect(event?.user_agent).toMatch(/^a+ \[redacted\]$/);
    expect(test.logs()).not.toContain(secret.slice(0, 8));
    const kept = (): Promise<{ agent: string | null }[]> =>
      test.database.query(
        'SELECT last_used_user_agent AS agent FROM access_keys WHERE last_used_at IS NOT NULL',
      );
    await until(async () => (await kept()).length > 0);
    expect(await kept()).toEqual([{ agent: expect.stringMatching(/^a+ \[redacted\]$/) as string }]);
  });

  it('names the address in one form, however a proxy spells it', async () => {
    const behind = await test.another({ TRUSTED_PROXIES: '127.0.0.1' });
    for (const spelled of ['2001:DB8:0:0::1', '::ffff:192.0.2.7'])
      await new Client(behind.url).with({ 'x-forwarded-for': spelled }).get('/api/orgs/');
    const told = behind
      .logs()
      .split('\n')
      .filter((line) => line.includes('"route":"/api/orgs"'));
    expect(told.map((line) => (JSON.parse(line) as { ip: string }).ip)).toEqual(['2001:db8::1', '192.0.2.7']);
    await behind.close();
  });

  it('holds no secret, wherever a caller puts one', async () => {
    const secret = 'S3cretCanaryS3cretCanaryS3cretCa';
    rememberSecret(secret);
    const api = test.api.with({
      authorization: `Api-Key AAAAAAAA.${secret}`,
      cookie: `sessionid=${secret}; other=${secret}`,
      'x-api-key': secret,
      'x-csrftoken': secret,
      'user-agent': 'curl',
    });
    await api.get(`/api/orgs/?api_key=${secret}`);
    await api.get(`/api/${secret}/`);
    await api.get(`/api/orgs/${secret}/`);
    await api.post('/api/orgs/', { password: secret, key: secret });
    await api.with({ 'content-type': secret }).post('/api/orgs/', secret);
    await test.api.with({ authorization: secret }).get('/api/orgs/');
    await test.api.with({ authorization: `Bearer ${secret}` }).get('/api/orgs/');
    assertNoSecret(test.logs(), 'the log');
    expect(lines().length).toBeGreaterThan(6);
  });

  it('a line break, an escape sequence or a quote that a caller sends stays inside one line', async () => {
    for (const text of ['a%0Ab', 'a%0D%0A{"level":60}', '%1b[31mred', '"},{"x":"']) {
      await test.api.with({ 'x-request-id': text, 'user-agent': text }).get(`/api/${text}/?x=${text}`);
    }
    await sendRaw(test.url, rawRequest('/api/orgs/', ['User-Agent: \u001b[31m\u009b']));
    expect(lines().length).toBeGreaterThan(4); // each is JSON, or this throws
    for (const control of ['\u001B', '\u009B']) expect(test.logs()).not.toContain(control);
  });

  it('tells nothing of a failure to the caller and its cause to the log (F6)', async () => {
    const { key } = await test.make.accessKey(await test.make.user());
    await test.database.query('ALTER VIEW memberships RENAME COLUMN live TO gone');
    const answer = await test.api.as({ key }).with({ 'x-request-id': 'broken-1' }).get('/api/orgs/');
    expect(answer).toMatchObject({
      status: 500,
      body: { detail: 'A server error occurred.', code: 'error' },
    });
    expect(Object.keys(answer.body)).toEqual(['detail', 'code']);
    const logged = lines().filter(({ request_id }) => request_id === 'broken-1');
    expect(JSON.stringify(logged)).toContain('42703'); // undefined_column: what an operator needs
  });
});
