import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createApp } from '../../src/app.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/** `SLOWLORIS=real npx jest slow-clients` keeps the service's own limits, and takes a minute. */
const REAL = process.env['SLOWLORIS'] === 'real';
const CONNECTIONS = 40;

let test: TestApp;
let slow: { app: Awaited<ReturnType<typeof createApp>>; url: string };
let key: string;
beforeAll(async () => {
  test = await startTestApp();
  ({ key } = await test.make.accessKey(await test.make.user()));
  const app = await createApp({ ...test.env, LOG_LEVEL: 'silent' });
  const server = app.getHttpServer() as Server;
  if (!REAL)
    Object.assign(server, { headersTimeout: 1_500, requestTimeout: 3_000, connectionsCheckingInterval: 50 });
  await app.listen(0, '127.0.0.1');
  slow = { app, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
afterAll(async () => {
  await slow.app.close();
  await test.close();
});

/** Sends a request a byte at a time until the service has had enough: gives what it was told, if anything. */
function drip(start: string, drop: string): Promise<string> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const socket = connect(Number(new URL(slow.url).port), '127.0.0.1', () => {
      socket.write(start);
      timer = setInterval(() => socket.write(drop), 40); // no earlier: what is written before is sent first
    });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}

const HEAD = 'POST /api/auth/token/ HTTP/1.1\r\nHost: x\r\n';
const BODY = `${HEAD}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"email": "`;
const CHUNKED = `${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;

it.each([
  ['headers that never end', HEAD, 'X-A: b\r\n'],
  ['a request line that never ends', 'GET /', 'a'],
  ['a body that never ends', BODY, 'a'],
  ['chunks that never end', CHUNKED, '1\r\na\r\n'],
])(
  '%s, on many connections: the service ends each, and answers others meanwhile (H7)',
  async (_name, start, drop) => {
    const ended = Promise.all(Array.from({ length: CONNECTIONS }, () => drip(start, drop)));
    let over = false;
    void ended.then(() => (over = true));
    const api = new Client(slow.url).as({ key });
    let answered = 0;
    while (!over) {
      expect((await api.get('/api/orgs/')).status).toBe(200);
      answered += 1;
    }
    expect(answered).toBeGreaterThan(5);
    for (const told of await ended) expect(told).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  },
);
