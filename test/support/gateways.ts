import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type IncomingMessage, request as requestOf, type Server } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { nginxIn, type ReverseProxy, startProxy } from './reverse-proxy.js';

const SAMPLES = path.join('deploy', 'gateways');

/** Ports of what the gateway asks, and of what it guards. */
interface Behind {
  readonly auth: number;
  readonly guarded: number;
}

/** The gateways of deploy/gateways that Debian has, as they stand there but for their addresses. */
export const GATEWAYS = {
  nginx: (behind: Behind) =>
    startProxy((port, folder) => {
      cpSync(path.join(SAMPLES, 'nginx'), folder, { recursive: true });
      const text = readFileSync(path.join(folder, 'nginx.conf'), 'utf8');
      return nginxIn(folder, placed(text, port, behind));
    }),
  caddy: (behind: Behind) =>
    startProxy((port, folder) => {
      const config = path.join(folder, 'Caddyfile');
      const text = placed(readFileSync(path.join(SAMPLES, 'Caddyfile'), 'utf8'), port, behind);
      writeFileSync(config, `{\n\tadmin off\n}\n${text}`);
      return ['caddy', 'run', '--adapter', 'caddyfile', '--config', config];
    }),
} satisfies Record<string, (behind: Behind) => Promise<ReverseProxy>>;

export type GatewayName = keyof typeof GATEWAYS;

function placed(text: string, port: number, { auth, guarded }: Behind): string {
  return text
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:8000', `127.0.0.1:${auth}`)
    .replaceAll('127.0.0.1:9000', `127.0.0.1:${guarded}`);
}

/** What a gateway let through. */
export interface Passed {
  readonly method: string;
  /** As it came, byte for byte. */
  readonly target: string;
  /** Names in small letters and values, as they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/**
 * A service that knows nothing of keys: it answers everything with 200, and keeps what it was asked. What is to be a WebSocket it opens, and
 * sends back whatever comes.
 */
export class GuardedService {
  readonly passed: Passed[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GuardedService> {
    const server = createServer();
    const service = new GuardedService(server);
    server.on('request', (request: IncomingMessage, response) => {
      void bodyOf(request).then((body) => {
        const headers = request.rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [[name.toLowerCase(), request.rawHeaders[at + 1] ?? ''] as const] : [],
        );
        service.passed.push({ method: request.method ?? '', target: request.url ?? '', headers, body });
        response.writeHead(200, { 'Content-Type': 'text/plain' }).end('guarded');
      });
    });
    server.on('upgrade', ({ headers }: IncomingMessage, socket: Duplex) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${headers.upgrade}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** What came back through a gateway. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends a request whose target and headers go out as they are written. */
export async function through(
  gateway: { url: string },
  method: string,
  target: string,
  headers: Readonly<Record<string, string | string[]>> = {},
  body?: string,
): Promise<GatewayAnswer> {
  const { hostname, port } = new URL(gateway.url);
  const request = requestOf({ hostname, port, method, path: target, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
}

/** Asks for a WebSocket: the connection if it was opened, else the status of the answer. */
export async function opening(
  gateway: { url: string },
  headers: Readonly<Record<string, string>> = {},
): Promise<Socket | number> {
  const { hostname, port } = new URL(gateway.url);
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const request = requestOf({
    hostname,
    port,
    path: '/socket',
    headers: { ...upgrade, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', ...headers },
    agent: false,
  });
  request.end();
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('upgrade', (_response, socket) => resolve(socket));
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
}
