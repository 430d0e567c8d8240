import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/**
 * What keeps one stuck statement or forgotten transaction from taking the service with it: what runs into one of them is
 * answered 503. And a day that is 24 hours, wherever the server believes to be: to PostgreSQL, one in a zone that changes its
 * clocks may have 23 or 25.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  statement_timeout: '10s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '15s',
  TimeZone: 'UTC',
};

/** SQLSTATE of a write where nothing can be written. */
const READ_ONLY = '25006';

/** A standby, or a primary that was fenced off: what it says may be old, so it is neither written to nor read from. */
export class ReadOnlyServer extends Error {
  readonly code = READ_ONLY;

  constructor() {
    super('The database is read-only: a standby, or a primary that is being replaced.');
    this.name = 'ReadOnlyServer';
  }
}

/**
 * Settings are made on the session, not in its start parameters, which poolers refuse or drop. What a lookup reads is in
 * memory: a page found by an index costs about as much as the next one of a scan, unless the role, the database or the URL
 * says otherwise.
 */
const OPEN = `
  SELECT ${Object.entries(SESSION_SETTINGS)
    .map(([name, value]) => `set_config('${name}', '${value}', false)`)
    .join(', ')},
    (SELECT set_config(name, '1.1', false) FROM pg_settings
     WHERE name = 'random_page_cost' AND source IN ('default', 'configuration file')),
    current_setting('transaction_read_only')::boolean AS read_only`;

/** What a server tells by itself, from version 14 on, when it stops taking writes. */
const READ_ONLY_STATES = ['in_hot_standby', 'default_transaction_read_only'];

interface Wire extends EventEmitter {
  readonly stream: Socket;
}

/**
 * Makes a new connection fit to serve: its settings, and the proof that it leads to a primary. That proof holds as long as
 * the session does, for no primary becomes a standby without ending its sessions; so lookups need none of their own (ADR
 * 0032). A session whose server stops taking writes all the same is ended at once, and the pool makes a new one, which finds
 * the new primary. Errors: ReadOnlyServer, and the database's own.
 */
export async function openSession(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ read_only: boolean }>(OPEN);
  if (rows[0]?.read_only !== false) throw new ReadOnlyServer();
  const { connection } = client as unknown as { connection: Wire };
  connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === READ_ONLY) endSession(connection);
  });
  connection.on('parameterStatus', (told: { parameterName: string; parameterValue: string }) => {
    if (READ_ONLY_STATES.includes(told.parameterName) && told.parameterValue === 'on') endSession(connection);
  });
}

/** The statement in flight fails with this, and a session without a socket never goes back into the pool. */
function endSession({ stream }: Wire): void {
  stream.destroy(new ReadOnlyServer());
}
