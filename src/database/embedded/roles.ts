import { Client } from 'pg';

/** Owns the database and everything in it: migrations run as this one. */
export const OWNER_ROLE = 'cryptocomply_owner';
/** What the service runs as: it owns nothing and can't alter the schema. Migrations grant it what it needs, table by table. */
export const SERVICE_ROLE = 'cryptocomply_service';

/** Any number, the same for all: who holds it may make roles and databases. */
const SET_UP_LOCK = 7_306_211;

/** Makes the two roles and the database where they are missing. Safe when run twice at once. */
export async function ensureRolesAndDatabase(
  urlOf: (database: string) => string,
  database: string,
): Promise<void> {
  await withClient(urlOf('postgres'), async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [SET_UP_LOCK]);
    for (const role of [OWNER_ROLE, SERVICE_ROLE]) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
      if (!rowCount) await client.query(`CREATE ROLE ${role} LOGIN`);
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${OWNER_ROLE}`);
    await restrictDatabase(client, database);
    await withClient(urlOf(database), restrictSchema); // still under the lock
  });
}

/** Gives the schema to the owner, unless it was done: doing it again could collide with a migration's own grants. */
async function restrictSchema(client: Client): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = $1::regrole
     AND has_schema_privilege($2, oid, 'USAGE') AND NOT has_schema_privilege($2, oid, 'CREATE')`,
    [OWNER_ROLE, SERVICE_ROLE],
  );
  if (rowCount) return;
  await client.query('BEGIN');
  await client.query(`ALTER SCHEMA public OWNER TO ${OWNER_ROLE}`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  await client.query(`GRANT USAGE ON SCHEMA public TO ${SERVICE_ROLE}`);
  await client.query('COMMIT');
}

/** Lets nobody but the two roles into a database. Its clones need this anew: PostgreSQL does not copy it. */
export async function restrictDatabase(client: Client, database: string): Promise<void> {
  const name = client.escapeIdentifier(database);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${SERVICE_ROLE}`);
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // a query in flight reports the loss itself
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
