import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FaultProxy } from '../support/fault-proxy.js';
import { until } from '../support/until.js';

let echo: Server;
let proxy: FaultProxy;
beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.beforePort(`http://127.0.0.1:${(echo.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

const open = (): Socket => connect(Number(new URL(proxy.origin).port), '127.0.0.1');

/** What comes back for `text`, and how the connection ended. */
async function exchange(bytes: Buffer): Promise<{ bytes: Buffer; pieces: number; error?: string }> {
  const socket = open();
  const chunks: Buffer[] = [];
  let error: string | undefined;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (error = code));
  socket.end(bytes);
  await new Promise((resolve) => socket.on('close', resolve));
  return { bytes: Buffer.concat(chunks), pieces: chunks.length, ...(error && { error }) };
}

describe('The fault proxy, as toxiproxy does', () => {
  it.each([
    ['a good link', {}],
    ['latency with jitter', { latency: 10, jitter: 8 }],
    ['a slicer', { slicer: 700 }],
    ['a slow close', { slowClose: 30 }],
    ['all of them', { latency: 3, jitter: 3, slicer: 1_000, slowClose: 10 }],
  ])('%s changes no byte', async (_name, toxics) => {
    proxy.set(toxics);
    const bytes = randomBytes(50_000);
    const answer = await exchange(bytes);
    expect(answer).toMatchObject({ bytes });
    expect(answer.error).toBeUndefined();
  });

  it('limit_data ends a connection in the middle by a reset', async () => {
    proxy.set({ limitData: 1_000 });
    expect(await exchange(randomBytes(50_000))).toMatchObject({ error: 'ECONNRESET' });
  });

  it('a blackhole swallows; what is cut is reset; then the link is good again', async () => {
    proxy.set({ blackhole: true });
    const lost = open();
    const came: Buffer[] = [];
    lost.on('data', (chunk: Buffer) => came.push(chunk)).write('lost');
    const error = once(lost, 'error') as Promise<[NodeJS.ErrnoException]>;
    await until(() => proxy.connections === 1);
    proxy.cut();
    expect((await error)[0].code).toBe('ECONNRESET');
    expect(came).toEqual([]);
    proxy.set({});
    expect((await exchange(Buffer.from('found'))).bytes.toString()).toBe('found');
    expect(proxy.faults).toBe(2);
  });

  it('what is stalled arrives once it is let go', async () => {
    proxy.stall(true);
    const answer = exchange(Buffer.from('late'));
    await once(echo, 'connection');
    proxy.stall(false);
    expect((await answer).bytes.toString()).toBe('late');
  });
});
