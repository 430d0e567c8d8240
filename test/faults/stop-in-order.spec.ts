import { freePort } from '../support/free-port.js';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { drain } from '../../src/process/drain.js';
import { Client } from '../support/client.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { startChild } from '../support/service-process.js';
import { until } from '../support/until.js';

const TARGET = '/v1/models';
/** Connections at once: far more than a process accepts in the few turns of its event loop that a drain takes at least. */
const WAITING = 100;

let app: ProviderApp;
let tenant: ProviderTenant;
beforeAll(async () => {
  app = await startProviderApp();
  tenant = await ProviderTenant.make(app);
});
afterAll(() => app.close());

/** The service as a process of its own, listening. */
async function startService(overrides: Record<string, string> = {}, script = 'last-resort-child.mjs') {
  const port = await freePort();
  const child = startChild(script, app.test, { PORT: String(port), ...overrides });
  let line = await child.nextLine();
  const log: string[] = [];
  while (line !== undefined && line !== 'listening') {
    log.push(line);
    line = await child.nextLine();
  }
  return { child, log, url: `http://127.0.0.1:${port}` };
}

it('SIGTERM: answers in flight finish, uses and outcomes are written, nothing new is let in, and the status is 0 (N2)', async () => {
  const { id } = await tenant.store('A');
  const credential = await app.test.make.accessKey(tenant.owner);
  const { child, url } = await startService();
  const api = new Client(url).as(credential);
  expect((await api.get(tenant.path('A', TARGET))).status).toBe(200);
  const headers = { authorization: `Api-Key ${credential.key}`, 'content-type': 'application/json' };
  const inFlight = Array.from({ length: 3 }, () =>
    request(url + tenant.path('A', '/v1/embeddings'), { method: 'POST', headers }),
  );
  const answers = inFlight.map((sent) => once(sent, 'response') as Promise<[IncomingMessage]>);
  for (const sent of inFlight) sent.write('{');
  await until(async () => {
    await api.get('/healthz');
    return app.fakes.A.received.length === 4;
  });
  child.signal('SIGTERM');
  await until(() =>
    fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    ),
  );
  for (const sent of inFlight) sent.end('}');
  for (const answer of answers) {
    const [response] = await answer;
    expect([response.statusCode, await text(response)]).toEqual([200, expect.stringContaining('"echo":2')]); // the whole body
  }
  expect(await child.ended).toEqual([0, null]);
  const [used] = await app.test.database.query<{ used: boolean }>(
    'SELECT last_used_at IS NOT NULL AS used FROM access_keys WHERE id = $1',
    [credential.id],
  );
  expect(used).toEqual({ used: true });
  const [outcomes] = await app.test.database.query(
    'SELECT count(*)::int AS calls, count(succeeded)::int AS told FROM provider_calls WHERE provider_key_id = $1',
    [id],
  );
  expect(outcomes).toEqual({ calls: 4, told: 4 });
});

it('SIGTERM in the middle of a long run of a job: the run stops after its batch, none begins, and the status is 0', async () => {
  const { database } = app.test;
  await pauseRecurringJobs(app.test.app); // the job of this process would find the same work
  // A clean-up that never comes to its end: whatever it deletes is there again, and as late.
  await database.query('CREATE SEQUENCE batches');
  await database.query(`
    CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM nextval('batches');
      INSERT INTO tool_confirmations SELECT * FROM gone;
      RETURN NULL; END $$`);
  await database.query(
    `CREATE TRIGGER put_back AFTER DELETE ON tool_confirmations REFERENCING OLD TABLE AS gone
     FOR EACH STATEMENT EXECUTE FUNCTION put_back()`,
  );
  await database.query(
    `INSERT INTO tool_confirmations SELECT n::text, app_now() - interval '1 day' FROM generate_series(1, 1000) AS n`,
  );
  const batches = async (): Promise<number> =>
    (await database.query<{ n: number }>('SELECT last_value::int AS n FROM batches'))[0]?.n ?? -1;

  const { child, url } = await startService({ DRAIN_SECONDS: '5' }, 'hurried-jobs-child.mjs');
  await until(async () => (await batches()) > 2);
  child.signal('SIGTERM');
  const close = { headers: { connection: 'close' } };
  await until(async () => (await fetch(`${url}/readyz`, close)).status === 503);
  const done = await batches();
  expect(await child.ended).toEqual([0, null]);
  expect(await batches()).toBeLessThanOrEqual(done + 1); // that which was under way
});

it('a rejection that nobody awaited is logged, and the service goes on; an exception that nobody caught is logged, and ends it in order (N6)', async () => {
  const { child, url } = await startService({ LOG_LEVEL: 'error' });
  const told = async (msg: string): Promise<Record<string, unknown>> => {
    let line: Record<string, unknown> = {};
    await until(async () => {
      line = JSON.parse((await child.nextLine()) ?? '{"msg":"ended"}') as Record<string, unknown>;
      return [msg, 'ended'].includes(String(line['msg']));
    });
    return line;
  };
  child.signal('SIGUSR1');
  const rejection = { msg: 'Unhandled rejection.', cause: 'TypeError', context: 'LastResort' };
  expect(await told('Unhandled rejection.')).toMatchObject(rejection);
  expect((await new Client(url).get('/healthz')).status).toBe(200);
  child.signal('SIGUSR2');
  const exception = { msg: 'Uncaught exception.', cause: 'TypeError', context: 'LastResort' };
  expect(await told('Uncaught exception.')).toMatchObject(exception);
  expect(await child.ended).toEqual([1, null]);
});

it('everybody who waits to be accepted at the moment a service stops listening is answered, however many they are', async () => {
  const instance = await app.test.another();
  const port = Number(new URL(instance.url).port);
  const answers = Array.from({ length: WAITING }, async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    return (await text(socket).catch(String)).split('\r\n', 1)[0];
  });
  // One turn of the event loop connects all of them, and accepts one: the kernel holds the others.
  await drain(instance.app, 0);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: WAITING }, () => 'HTTP/1.1 200 OK'));
  await expect(fetch(`${instance.url}/healthz`)).rejects.toThrow('fetch failed'); // nobody is let in any more
  await instance.close();
});

it('a connection that is kept is answered once more by a service which lets nobody in any more, and told that it was the last time', async () => {
  const instance = await app.test.another();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async () => {
    const [answer] = (await once(get(`${instance.url}/healthz`, { agent }), 'response')) as [IncomingMessage];
    await text(answer);
    return [answer.statusCode, answer.headers.connection];
  };
  expect(await ask()).toEqual([200, 'keep-alive']);
  await drain(instance.app, 0);
  expect(await ask()).toEqual([200, 'close']);
  await expect(ask()).rejects.toThrow('ECONNREFUSED');
  await instance.close();
});
