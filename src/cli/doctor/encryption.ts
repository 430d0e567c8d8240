import { isIP } from 'node:net';
import type { Client } from 'pg';
import { type Finding, finding, problem, warning } from './finding.js';

/** Whether anybody between here and the database can read or change what passes (ASVS 12.3.1). */
export async function encryption(client: Client, url: string, production: boolean): Promise<Finding> {
  const { rows } = await client.query<{ ssl: boolean; version: string | null }>(
    'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
  );
  const mode = new URL(url).searchParams.get('sslmode');
  if (rows[0]?.ssl)
    return finding(
      'TLS to the database',
      `${rows[0].version ?? 'on'}${mode === 'no-verify' ? ', its certificate is not looked at' : ''}`,
      mode === 'no-verify' &&
        problem('Anybody can answer in its place. Set sslmode=verify-full&sslrootcert=… in the URL.'),
    );
  if (isLocal(client.host))
    return finding('TLS to the database', 'not needed: it is reached on this machine');
  const todo = 'Turn on `ssl` there and set sslmode=verify-full&sslrootcert=… in DATABASE_URL.';
  return finding(
    'TLS to the database',
    `none, to ${client.host}`,
    production ? problem(todo) : warning(todo),
  );
}

/** A socket's folder, or loopback. */
function isLocal(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
