import { startTestApp, type TestApp } from '../support/app.js';
import type { MadeKey } from '../support/factory.js';

let test: TestApp;
let access: MadeKey;
let name: string;

beforeAll(async () => {
  test = await startTestApp();
  access = await test.make.accessKey(await test.make.member(await test.make.org(), 'Owner'));
  const [row] = await test.database.query<{ name: string }>('SELECT current_database() AS name');
  name = row?.name ?? '';
});
afterAll(() => test.close());

const terminateConnections = () =>
  test.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cryptocomply_service' AND datname = $1`,
    [name],
  );

/** The service's role gets in no more, and is thrown out where it is in. */
async function cut(): Promise<void> {
  await test.database.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
  await terminateConnections();
}

const restore = () => test.database.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);

describe('With the database out of reach (F9, N1, N5)', () => {
  it('a good key is answered 503 with Retry-After, never 401, and works again as soon as the database is back', async () => {
    const api = test.api.as({ key: access.key });
    expect((await api.get('/api/orgs/')).status).toBe(200);
    await cut();
    for (let i = 0; i < 20; i += 1) {
      const answer = await api.get('/api/orgs/');
      expect(answer).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
    }
    await restore();
    expect((await api.get('/api/orgs/')).status).toBe(200);
  });

  it('the process is alive and says that it is not ready', async () => {
    await cut();
    expect(await test.api.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const notReady = await test.api.get('/readyz');
    expect(notReady).toMatchObject({ status: 503, body: { status: 'not_ready', database: 'unreachable' } });
    await restore();
    expect(await test.api.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('every connection cut under a burst of requests: each is answered 200 or 503, and afterwards all are 200', async () => {
    const api = test.api.as({ key: access.key });
    for (let round = 0; round < 5; round += 1) {
      const burst = Array.from({ length: 40 }, () => api.get('/api/orgs/'));
      await terminateConnections();
      for (const { status } of await Promise.all(burst)) expect([200, 503]).toContain(status);
    }
    const after = await Promise.all(Array.from({ length: 40 }, () => api.get('/api/orgs/')));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
  });
});
