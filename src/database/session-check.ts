import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Client } from 'pg';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { openSession, SESSION_SETTINGS } from './session.js';

/** A way to the database on which this service would give wrong answers, or none. The message says why. */
export class UnusableDatabase extends Error {
  constructor(why: string) {
    super(`The database can not be used this way: ${why}`);
    this.name = 'UnusableDatabase';
  }
}

const POOLED =
  'a pooler in front of it gives each transaction another session. Prepared statements, locks and time limits belong to a ' +
  'session: use the pooler in session mode (pool_mode = session), or PostgreSQL itself.';

/** How long a session may take to be there, and to answer; milliseconds. */
const PATIENCE_MS = 5_000;

/** Refuses to start where sessions are not what this service needs. Errors: UnusableDatabase, and the database's own. */
@Injectable()
export class SessionCheck implements OnModuleInit {
  constructor(@Inject(ENV) private readonly env: Env) {}

  async onModuleInit(): Promise<void> {
    const url = this.env.DATABASE_URL ?? '';
    await assertOwnSessions(url);
    await assertSettings(url);
  }
}

/**
 * That what is done in a session stays in it, from one transaction to the next. Two connections are asked which server
 * process they talk to: to the same one, or one of them to another than before, and a pooler hands sessions around. Errors:
 * UnusableDatabase, and the database's own.
 */
export async function assertOwnSessions(url: string): Promise<void> {
  await withSession(url, async (one) => {
    const first = await processOf(one);
    const seen = [await processOf(one)];
    await withSession(url, async (other) => {
      // Held in a transaction, so that what it got can't be what `one` gets next.
      const theirs = await other.query('BEGIN').then(() => processOf(other), explainBegin);
      if (theirs === first) throw new UnusableDatabase(POOLED);
      seen.push(await processOf(one));
    });
    if (seen.some((process) => process !== first)) throw new UnusableDatabase(POOLED);
  });
}

/** That the settings of a session hold, once they are made. Errors: UnusableDatabase, and the database's own. */
export async function assertSettings(url: string): Promise<void> {
  await withSession(url, async (client) => {
    await openSession(client);
    for (const [name, value] of Object.entries(SESSION_SETTINGS)) {
      const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
      const told = rows[0]?.value ?? 'unknown';
      if (told !== value)
        throw new UnusableDatabase(`${name} is ${told} in a session that set it to ${value}.`);
    }
  });
}

async function processOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ process: string }>(
    'SELECT concat(pid, backend_start) AS process FROM pg_stat_activity WHERE pid = pg_backend_pid()',
  );
  return rows[0]?.process;
}

/** A pooler that gives each statement another session knows no transactions; one that has no session left is fine. */
function explainBegin(error: unknown): undefined {
  const { code, message } = error as { code?: unknown; message: string };
  if (code === '08P01') throw new UnusableDatabase(POOLED);
  if (!/timeout/i.test(message)) throw error;
}

async function withSession(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'cryptocomply-auth',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined); // a statement in flight reports the loss itself
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
