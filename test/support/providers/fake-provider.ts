import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FAULTS, type Fault } from './faults.js';

/** A request as the fake saw it: every header, also repeated ones, and the whole body. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  body: string;
  /** The status that was answered; null while it is open, or if the connection was cut instead. */
  status: number | null;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON, a string as it is, and so do bytes; several of them one by one. */
  readonly body?: unknown;
}

/**
 * A provider on a loopback port. Answers as the real one does to good and bad keys, unless a fault was scripted for the
 * next requests. `GET /_fake/log`, `POST /_fake/script` (`["quota", "reset_after_read"]`) and `POST /_fake/reset` do the
 * same from another process.
 */
export abstract class FakeProvider {
  readonly received: Received[] = [];
  /** Where the redirect faults point. */
  redirectTo = 'http://127.0.0.1:9';
  /** The keys that are good; if none are named, every key is, unless it starts with `bad-`. */
  readonly goodKeys = new Set<string>();
  protected readonly faults: Readonly<Record<string, Fault>> = FAULTS;
  readonly #script: (string | Fault)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #busy = 0;
  #idleWaiters: (() => void)[] = [];

  constructor(readonly name: string) {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#settle();
      });
    });
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Cuts every connection, whatever is open on it. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Scripts the coming requests, one fault each; `ok` is the ordinary answer. */
  next(...names: string[]): void {
    for (const name of names) {
      if (name !== 'ok' && !Object.hasOwn(this.faults, name))
        throw new Error(`${this.name} knows no fault ${name}`);
    }
    this.#script.push(...names);
  }

  /** Scripts what the next request is answered with. */
  answerNext(answer: Answer): void {
    this.#script.push({ answer });
  }

  /** Scripts an answer that begins like this and ends with `rest`, once that is there; without it not at all. */
  openNext(headers: Readonly<Record<string, string>>, start: Buffer, rest?: Promise<Buffer>): void {
    this.#script.push({
      after: (response) => {
        response.writeHead(200, headers).write(start);
        void rest?.then((bytes) => response.end(bytes));
      },
    });
  }

  /** Forgets log and script. */
  reset(): void {
    this.received.length = 0;
    this.#script.length = 0;
  }

  /** Resolves when no request is open any more. */
  async idle(): Promise<void> {
    if (this.#busy > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Resolves when every connection is closed: what a client must come to that has given up or ended. */
  async disconnected(): Promise<void> {
    while (this.#sockets.size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** The ordinary answer. */
  protected abstract answer(request: Received): Answer;

  protected isGood(key: string | undefined): boolean {
    if (key === undefined || key === '') return false;
    return this.goodKeys.size > 0 ? this.goodKeys.has(key) : !key.startsWith('bad-');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/_fake/')) return this.#control(request, response);
    const received = readHead(request);
    this.received.push(received);
    this.#busy++;
    response.once('close', () => {
      received.status = response.headersSent ? response.statusCode : null;
      this.#busy--;
      this.#settle();
    });
    const next = this.#script.shift() ?? 'ok';
    const fault: Fault | undefined = typeof next === 'string' ? this.faults[next] : next;
    if (fault?.before) return fault.before(request, response);
    received.body = await readBody(request);
    if (response.destroyed) return;
    if (fault?.after) return fault.after(response, this);
    reply(response, fault?.answer ?? this.answer(received));
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.url === '/_fake/log') return reply(response, { status: 200, body: this.received });
    if (request.url === '/_fake/script') this.next(...(JSON.parse(body) as string[]));
    if (request.url === '/_fake/reset') this.reset();
    reply(response, { status: 204 });
  }

  #settle(): void {
    if (this.#busy > 0 && this.#sockets.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }
}

function readHead(request: IncomingMessage): Received {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const { method = '', url = '', rawHeaders } = request;
  return { method, url, headers, rawHeaders, body: '', status: null };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // the client left: what came is what there is
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (Array.isArray(body) && body.every(Buffer.isBuffer))
    return replyInPieces(response, status, headers, body);
  const bytes =
    Buffer.isBuffer(body) || typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(bytes),
    ...headers,
  });
  response.end(bytes);
}

/** Chunks on the wire, each in its turn. */
function replyInPieces(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  pieces: readonly Buffer[],
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  const send = ([piece, ...rest]: readonly Buffer[]): void => {
    if (piece === undefined) response.end();
    else response.write(piece, () => setImmediate(send, rest));
  };
  send(pieces);
}
