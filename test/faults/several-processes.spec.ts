import { freePort } from '../support/free-port.js';
import { randomBytes } from 'node:crypto';
import { version } from '../../src/config/version.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { caller } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { Figures } from '../support/metrics.js';
import { startChild } from '../support/service-process.js';
import { until } from '../support/until.js';

describe('WEB_CONCURRENCY=2: two processes on one port', () => {
  let test: TestApp;
  let supervisor: ReturnType<typeof startChild>;
  let url: string;
  const workers: number[] = [];
  /** Opens a connection for every request, so that they reach the processes in turn. */
  const inTurn = (client: Client) => client.at(url).with({ connection: 'close' });
  /** The status that this one tells, and no other: they stand still meanwhile. */
  const statusOf = async (worker: number, client: Client): Promise<number> => {
    const others = workers.filter((pid) => pid !== worker);
    for (const pid of others) process.kill(pid, 'SIGSTOP');
    const asked = [client.get('/api/orgs/'), client.get('/api/orgs/')]; // one that stands still takes one at most
    const { status } = await Promise.race(asked);
    for (const pid of others) process.kill(pid, 'SIGCONT');
    await Promise.all(asked);
    return status;
  };
  const nextWorker = async () => {
    workers.push(Number(await supervisor.nextLine()));
  };

  beforeAll(async () => {
    test = await startTestApp();
    const port = await freePort();
    supervisor = startChild('main-child.mjs', test, { WEB_CONCURRENCY: '2', PORT: String(port) });
    url = `http://127.0.0.1:${String(port)}`;
    await nextWorker();
    await nextWorker();
  });

  afterAll(async () => {
    await supervisor.kill();
    await test.close();
  });

  it('answers for all of them when one is asked for its figures', async () => {
    const user = inTurn((await caller(test)).api);
    for (const worker of workers) expect(await statusOf(worker, user)).toBe(200);
    const { text } = await inTurn(test.api).get('/metrics');
    expect(text).toMatch(
      /^http_request_duration_seconds_count\{method="GET",route="\/api\/orgs",status="200"\} 4$/m,
    );
  });

  it('adds up what each has of its own, and tells once what the database knows for all', async () => {
    const told = await Figures.of(inTurn(test.api));
    expect(told.value('database_pool_limit')).toBe(20);
    expect(told.value('audit_breaks')).toBeUndefined();
    await test.database.query('INSERT INTO audit_verifications (events, breaks) VALUES (10, 3)');
    const broken = await Figures.of(inTurn(test.api));
    expect(broken.value('audit_breaks')).toBe(3);
    expect(broken.value(`build_info{version="${version()}"}`)).toBe(1);
  });

  it('a key that is revoked is refused by both with the next request', async () => {
    const { id, api } = await caller(test);
    const user = inTurn(api);
    for (const worker of workers) expect(await statusOf(worker, user)).toBe(200);
    await test.database.query(`UPDATE access_keys SET revoked_at = app_now() WHERE user_id = ${String(id)}`);
    for (const worker of workers) expect(await statusOf(worker, user)).toBe(401);
  });

  it('one that is killed is replaced, and the other answers meanwhile', async () => {
    const user = inTurn((await caller(test)).api);
    process.kill(Number(workers.shift()), 'SIGKILL');
    await until(async () => (await user.get('/api/orgs/').catch(() => undefined))?.status === 200);
    await nextWorker();
    expect(new Set(workers).size).toBe(2);
    for (let n = 0; n < 10; n += 1) expect((await user.get('/api/orgs/')).status).toBe(200);
  });

  it('SIGTERM ends all of them in order, with status 0 (N2)', async () => {
    supervisor.signal('SIGTERM');
    expect(await supervisor.ended).toEqual([0, null]);
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('a service whose processes cannot start ends with status 1 instead of starting them again and again', async () => {
    const keys = { writer: 'other', keys: { other: randomBytes(32).toString('base64') } };
    const broken = startChild('main-child.mjs', test, {
      WEB_CONCURRENCY: '2',
      PORT: String(await freePort()),
      SEALING_KEYS: JSON.stringify(keys),
    });
    expect(await broken.ended).toEqual([1, null]);
  });
});
