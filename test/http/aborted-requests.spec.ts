import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { startTestApp, type TestApp } from '../support/app.js';
import { ProviderTenant, startProviderApp, type ProviderApp } from '../support/provider-app.js';
import { until } from '../support/until.js';

let app: ProviderApp;
let test: TestApp;
let authorization: string;
let tenant: ProviderTenant;
beforeAll(async () => {
  app = await startProviderApp();
  test = app.test;
  tenant = await ProviderTenant.make(app);
  await tenant.store('A');
  const { key } = await test.make.accessKey(tenant.owner);
  authorization = `Authorization: Api-Key ${key}`;
});
afterAll(() => app.close());

/** What the log tells as a warning or worse. */
const failuresTold = (): string[] =>
  test
    .logs()
    .split('\n')
    .filter((line) => line !== '' && (JSON.parse(line) as { level: number }).level >= 40);

const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    (test.app.getHttpServer() as Server).getConnections((error, many) =>
      error ? reject(error) : resolve(many),
    ),
  );

/** Sends these lines and a part of the body, and leaves in the middle of it. */
async function leaveInTheMiddle(id: string, path: string, leave: (socket: Socket) => void): Promise<void> {
  expect((await test.api.get('/healthz')).status).toBe(200);
  const before = await openConnections();
  const { hostname, port } = new URL(test.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.resume();
  const head = [
    'Host: localhost',
    `X-Request-Id: ${id}`,
    'Content-Type: application/json',
    'Content-Length: 1000',
  ];
  socket.write([`POST ${path} HTTP/1.1`, ...head, authorization, '', '{"name": "half'].join('\r\n'));
  await until(async () => (await test.api.get('/healthz')).status === 200); // by now the head is read
  leave(socket);
  await once(socket, 'close');
  await until(async () => {
    await test.database.query('SELECT 1');
    return (await openConnections()) <= before;
  });
  expect((await test.api.get('/healthz')).status).toBe(200); // whatever the end of that connection set off is done
}

describe('A client that leaves in the middle of its upload', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['with a reset', (socket) => socket.resetAndDestroy()],
    ['by closing', (socket) => socket.end()],
  ])('%s is told in the log as the client’s doing, not as an outage of ours', async (how, leave) => {
    const id = `gone-${how.replaceAll(' ', '-')}`;
    await leaveInTheMiddle(id, `/api/orgs/${tenant.org.id}/roles/`, leave);
    expect(failuresTold()).toEqual([]);
    expect(test.logs()).not.toContain('Service temporarily unavailable');
    expect((await test.api.get('/readyz')).status).toBe(200);
  });
});

describe('A client that leaves in the middle of what goes to a provider', () => {
  it('ends the call there, which is counted, and nothing is told as a failure of ours', async () => {
    const path = tenant.path('A', '/v1/embeddings');
    await leaveInTheMiddle('gone-from-a-call', path, (socket) => socket.resetAndDestroy());
    await app.settled();
    expect(failuresTold()).toEqual([]);
  });
});

describe('An outage of the database while a client’s body arrives whole', () => {
  it('is still 503 and an error in the log', async () => {
    const another = await startTestApp();
    const { key } = await another.make.accessKey(await another.make.user());
    await another.database.query(`ALTER DATABASE ${await nameOf(another)} CONNECTION LIMIT 0`);
    await another.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cryptocomply_service' AND datname = current_database()`,
    );
    expect((await another.api.as({ key }).get('/api/orgs/')).status).toBe(503);
    expect(another.logs()).toContain('"level":50');
    await another.database.query(`ALTER DATABASE ${await nameOf(another)} CONNECTION LIMIT -1`);
    await another.close();
  });
});

async function nameOf({ database }: TestApp): Promise<string> {
  const [row] = await database.query<{ name: string }>('SELECT current_database() AS name');
  return row?.name ?? '';
}
