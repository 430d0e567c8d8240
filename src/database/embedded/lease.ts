import { Socket } from 'node:net';
import { Client } from 'pg';
import { errorCode, errorMessage } from './error-code.js';

/** Any number, the same for all processes: its shared holders use the server, its exclusive holder is about to stop it. */
const IN_USE = 7_306_212;

/**
 * One process's use of the server. It is a lock inside PostgreSQL, held by a connection, so that it ends with the process however
 * that ends; and so the server that a command started is not stopped under a service that has come to use it meanwhile.
 */
export class Lease {
  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
  ) {}

  /** Takes a lease; null if the server is about to stop. */
  static async take(superuserUrl: string): Promise<Lease | null> {
    const socket = new Socket();
    const client = new Client({
      connectionString: superuserUrl,
      application_name: 'lease',
      stream: () => socket,
    });
    client.on('error', () => undefined); // letGo() finds out
    try {
      await client.connect();
      const { rows } = await client.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_lock_shared($1) AS taken',
        [IN_USE],
      );
      if (rows[0]?.taken) {
        socket.unref(); // a process that has nothing else to do may end
        return new Lease(client, socket);
      }
    } catch (error) {
      if (!isStopping(error)) throw error;
    }
    await client.end().catch(() => undefined);
    return null;
  }

  /** Gives the lease back. True if nobody else holds one: then the server takes no new ones, and the caller must stop it. */
  async letGo(): Promise<boolean> {
    this.socket.ref();
    await this.client.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE]);
    const { rows } = await this.client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [
      IN_USE,
    ]);
    return rows[0]?.alone ?? false;
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

/** Whether an error says that the server is shutting down or just has. */
function isStopping(error: unknown): boolean {
  if (errorMessage(error).startsWith('Connection terminated')) return true;
  return ['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(
    errorCode(error),
  );
}
