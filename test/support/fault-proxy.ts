import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SOCKET = '.s.PGSQL.5432';

/** Stands between an instance and PostgreSQL's Unix socket, and breaks what is between them. */
export class FaultProxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    /** The database through this proxy. */
    readonly databaseUrl: string,
  ) {}

  static async before(databaseUrl: string): Promise<FaultProxy> {
    const folder = mkdtempSync(path.join(tmpdir(), 'fault-'));
    const through = new URL(databaseUrl);
    const target = path.join(through.searchParams.get('host') ?? '', SOCKET);
    through.searchParams.set('host', folder);
    const server = createServer();
    const proxy = new FaultProxy(server, folder, through.toString());
    server.on('connection', (client: Socket) => proxy.forward(client, target));
    server.listen(path.join(folder, SOCKET));
    await once(server, 'listening');
    return proxy;
  }

  /** Resets every connection, in the middle of whatever it carries. New ones are let through. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.pairs.clear();
  }

  /** From now on nothing gets through, or everything again. */
  refuse(refusing: boolean): void {
    this.refusing = refusing;
    if (refusing) this.cut();
  }

  /** Bytes stop flowing, though connections stay: what is under way neither fails nor ends until it is let go. */
  stall(stalled: boolean): void {
    for (const [client, server] of this.pairs) {
      if (stalled) server.pause();
      else server.resume();
      if (stalled) client.pause();
      else client.resume();
    }
  }

  async close(): Promise<void> {
    this.refuse(true);
    this.server.close();
    await once(this.server, 'close');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private forward(client: Socket, target: string): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(target);
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    const end = (): void => {
      for (const socket of pair) socket.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.pipe(server);
    server.pipe(client);
  }
}
