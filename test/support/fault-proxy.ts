import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SOCKET = '.s.PGSQL.5432';

/** What a link does to the bytes that it carries, in both directions; the names are toxiproxy's. Times in milliseconds. */
export interface Toxics {
  /** Every piece arrives so much later, give or take up to `jitter`. */
  latency?: number;
  jitter?: number;
  /** Pieces of at most so many bytes arrive one by one. */
  slicer?: number;
  /** Bytes are swallowed and nothing comes back, though connections open and stay open. */
  blackhole?: boolean;
  /** A connection is reset once it has carried so many bytes to one side. */
  limitData?: number;
  /** The end of one side reaches the other so much later. */
  slowClose?: number;
}

type Pair = readonly [Socket, Socket];

/** Stands between an instance and PostgreSQL, or between it and a provider, and breaks what is between them. */
export class FaultProxy {
  /** How many faults were injected: cuts, refusals, stalls, and changes to what the link does. */
  faults = 0;
  private readonly pairs = new Set<Pair>();
  private toxics: Toxics = {};
  private refusing = false;
  private gate: Promise<void> = Promise.resolve();
  private openGate: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: NetConnectOpts,
    private readonly folder: string | undefined,
    private readonly through: URL,
  ) {
    server.on('connection', (client: Socket) => this.forward(client));
  }

  /** Before PostgreSQL's Unix socket. */
  static async before(databaseUrl: string): Promise<FaultProxy> {
    const folder = mkdtempSync(path.join(tmpdir(), 'fault-'));
    const through = new URL(databaseUrl);
    const target = { path: path.join(through.searchParams.get('host') ?? '', SOCKET) };
    through.searchParams.set('host', folder);
    const server = createServer({ allowHalfOpen: true }).listen(path.join(folder, SOCKET));
    const proxy = new FaultProxy(server, target, folder, through);
    await once(server, 'listening');
    return proxy;
  }

  /** Before something that listens on a port of this machine. */
  static async beforePort(url: string): Promise<FaultProxy> {
    const through = new URL(url);
    const target = { host: through.hostname, port: Number(through.port) };
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    through.port = String((server.address() as AddressInfo).port);
    return new FaultProxy(server, target, undefined, through);
  }

  /** The database through this proxy. */
  get databaseUrl(): string {
    return this.through.toString();
  }

  /** The origin of the other side through this proxy. */
  get origin(): string {
    return this.through.origin;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.pairs.size;
  }

  /** From now on the link does this and nothing else; `{}` makes it a good one. */
  set(toxics: Toxics): void {
    if (Object.keys(toxics).length > 0) this.faults += 1;
    this.toxics = toxics;
  }

  /** Resets every connection, in the middle of whatever it carries. New ones are let through. */
  cut(): void {
    this.faults += 1;
    for (const pair of this.pairs) this.reset(pair);
  }

  /** From now on nothing gets through, or everything again. */
  refuse(refusing: boolean): void {
    this.refusing = refusing;
    if (refusing) this.cut();
  }

  /** Bytes stop flowing, though connections stay: what is under way neither fails nor ends until it is let go. */
  stall(stalled: boolean): void {
    this.openGate();
    if (!stalled) return;
    this.faults += 1;
    this.gate = new Promise((resolve) => (this.openGate = resolve));
  }

  async close(): Promise<void> {
    this.stall(false);
    this.refusing = true;
    for (const pair of this.pairs) this.reset(pair);
    this.server.close();
    await once(this.server, 'close');
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  private forward(client: Socket): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect({ ...this.target, allowHalfOpen: true } as NetConnectOpts);
    const pair: Pair = [client, server];
    this.pairs.add(pair);
    for (const socket of pair) socket.on('error', () => this.reset(pair));
    this.carry(pair, client, server);
    this.carry(pair, server, client);
  }

  /** Carries what comes from one side to the other, in its order, then the end. */
  private carry(pair: Pair, from: Socket, to: Socket): void {
    let carried: Promise<void> = Promise.resolve();
    let bytes = 0;
    from.on('data', (chunk: Buffer) => {
      carried = carried.then(async () => {
        bytes += chunk.length;
        if (bytes > (this.toxics.limitData ?? Infinity)) this.reset(pair);
        else await this.pass(chunk, to);
      });
    });
    from.on('end', () => {
      carried = carried.then(async () => {
        await this.gate;
        if (this.toxics.slowClose) await delay(this.toxics.slowClose);
        to.end();
      });
    });
    from.on('close', () => void carried.then(() => this.pairs.delete(pair)));
  }

  private async pass(chunk: Buffer, to: Socket): Promise<void> {
    await this.gate;
    const { latency = 0, jitter = 0, slicer = chunk.length, blackhole = false } = this.toxics;
    if (blackhole) return;
    const late = latency + (jitter > 0 ? randomInt(-jitter, jitter + 1) : 0);
    if (late > 0) await delay(late);
    for (let start = 0; start < chunk.length; start += slicer) {
      if (to.destroyed) return;
      to.write(chunk.subarray(start, start + slicer));
      if (slicer < chunk.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private reset(pair: Pair): void {
    this.pairs.delete(pair);
    // A Unix socket knows no reset: its other side sees the end in the middle of an answer.
    for (const socket of pair) {
      if (this.folder === undefined) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
}
