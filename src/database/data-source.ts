import { Socket } from 'node:net';
import pg, { Client, type ClientConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { SnakeNamingStrategy } from './naming.strategy.js';
import { AttentivePool, PATIENCE_MS } from './pool.js';
import { openSession } from './session.js';

interface Connection {
  url: string;
  poolSize: number;
}

/**
 * A server that is there answers within the limits of a statement. One that was silent for longer (milliseconds) is gone,
 * though nothing said so: a link that swallows packets would otherwise hold requests for a quarter of an hour.
 */
export const LONGEST_SILENCE_MS = 12_000;

/** How this service talks to PostgreSQL: to a primary, in sessions with limits (session.ts). */
export function dataSourceOptions({
  url,
  poolSize,
}: Connection): PostgresDataSourceOptions & DataSourceOptions {
  return {
    type: 'postgres',
    url,
    namingStrategy: new SnakeNamingStrategy(),
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    poolSize,
    applicationName: 'cryptocomply-auth',
    connectTimeoutMS: PATIENCE_MS,
    driver: { ...pg, Pool: AttentivePool },
    extra: {
      onConnect: openSession,
      stream: impatientSocket,
      Client: HeardClient,
    },
  };
}

/**
 * A connection whose errors somebody always hears. Between the pool, which hands it out, and TypeORM, which takes it, nobody
 * does for a moment; a server that goes away just then would end the whole process. The statement in flight, or the next
 * one, tells its caller of the loss.
 */
class HeardClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/**
 * A socket that ends with an error once nothing came or went for the longest silence; the pool then makes a new one. What
 * came while this process stood still is read before it is judged.
 */
function impatientSocket(): Socket {
  const socket = new Socket();
  return socket.setTimeout(LONGEST_SILENCE_MS, () => {
    const heard = socket.bytesRead;
    setImmediate(() => {
      if (socket.bytesRead === heard) socket.destroy(silent());
    });
  });
}

function silent(): Error {
  return Object.assign(new Error('The database was silent for too long.'), { code: 'ETIMEDOUT' });
}
