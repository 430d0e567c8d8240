import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { startTestApp, type TestApp } from '../support/app.js';
import { ProviderTenant, startProviderApp, type ProviderApp } from '../support/provider-app.js';
import { until } from '../support/until.js';

let app: ProviderApp;
let test: TestApp;
let authorization: string;
let tenant: ProviderTenant;
let keyId: number;
beforeAll(async () => {
  app = await startProviderApp();
  test = app.test;
  tenant = await ProviderTenant.make(app);
  ({ id: keyId } = await tenant.store('A'));
  const { key } = await test.make.accessKey(tenant.owner);
  authorization = `Authorization: Api-Key ${key}`;
});
afterAll(() => app.close());

interface Line {
  readonly level: number;
  readonly request_id?: string;
}
const linesOf = (of: TestApp): Line[] =>
  of
    .logs()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** What the log tells of a request. */
const told = (id: string, of = test): Line[] => linesOf(of).filter(({ request_id }) => request_id === id);
/** What the log tells as a warning or worse. */
const failuresTold = (): Line[] => linesOf(test).filter(({ level }) => level >= 40);

const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    (test.app.getHttpServer() as Server).getConnections((error, many) =>
      error ? reject(error) : resolve(many),
    ),
  );

const alive = async (): Promise<boolean> => (await test.api.get('/healthz')).status === 200;

/**
 * Sends these lines and a part of the body, of `length` bytes, and leaves in the middle of it once it is `underWay`: that
 * its head is read, the next answer shows.
 */
async function leaveInTheMiddle(
  id: string,
  path: string,
  leave: (socket: Socket) => void,
  { length = 1000, underWay = alive as () => boolean | Promise<boolean> } = {},
): Promise<void> {
  expect(await alive()).toBe(true);
  const before = await openConnections();
  const { hostname, port } = new URL(test.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.resume();
  const head = [
    'Host: localhost',
    `X-Request-Id: ${id}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
  ];
  socket.write([`POST ${path} HTTP/1.1`, ...head, authorization, '', '{"name": "half'].join('\r\n'));
  await until(underWay);
  leave(socket);
  await once(socket, 'close');
  await until(async () => {
    await test.database.query('SELECT 1');
    return (await openConnections()) <= before;
  });
  expect(await alive()).toBe(true); // whatever the end of that connection set off is done
}

describe('A client that leaves in the middle of its upload', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['with a reset', (socket) => socket.resetAndDestroy()],
    ['by closing', (socket) => socket.end()],
  ])('%s is told in the log as the client’s doing, not as an outage of ours', async (how, leave) => {
    const id = `gone-${how.replaceAll(' ', '-')}`;
    await leaveInTheMiddle(id, `/api/orgs/${tenant.org.id}/roles/`, leave);
    const line = { method: 'POST', route: '/api/orgs/:org_pk/roles', msg: 'answer cut short' };
    expect(told(id)).toMatchObject([{ level: 30, ...line }]);
    expect(failuresTold()).toEqual([]);
    expect(test.logs()).not.toContain('Service temporarily unavailable');
    expect((await test.api.get('/readyz')).status).toBe(200);
  });
});

describe('A client that leaves in the middle of what goes to a provider', () => {
  it('ends the call there, which is counted, and nothing is told as a failure of ours', async () => {
    const path = tenant.path('A', '/v1/embeddings');
    const { received } = app.fakes.A;
    // Of a body of more than 64 KiB nobody waits for the end before the call is made.
    const underWay = { length: 100_000, underWay: () => received.length === 1 };
    await leaveInTheMiddle('gone-from-a-call', path, (socket) => socket.resetAndDestroy(), underWay);
    await app.settled();
    expect(received).toMatchObject([{ url: '/v1/embeddings', status: null }]);
    expect(await tenant.shown(keyId)).toMatchObject({ usage_count: 1 });
    expect(told('gone-from-a-call')).toMatchObject([{ level: 30, status: null, msg: 'answer cut short' }]);
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
    const api = another.api.as({ key }).with({ 'x-request-id': 'whole' });
    expect((await api.post('/api/auth/access-keys/', { name: 'Whole' })).status).toBe(503);
    expect(told('whole', another)).toMatchObject([{ level: 50 }, { level: 50, status: 503 }]);
    await another.database.query(`ALTER DATABASE ${await nameOf(another)} CONNECTION LIMIT -1`);
    await another.close();
  });
});

async function nameOf({ database }: TestApp): Promise<string> {
  const [row] = await database.query<{ name: string }>('SELECT current_database() AS name');
  return row?.name ?? '';
}
