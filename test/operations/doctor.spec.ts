import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { SERVICE_ROLE } from '../../src/database/embedded/roles.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { runCommand } from '../support/command.js';
import { OwnServer } from '../support/own-server.js';
import { settingsOf } from '../support/service-process.js';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly found: string;
  readonly todo?: string;
}

let server: OwnServer; // as durable as production's
let test: TestApp;
let settings: Record<string, string>;
beforeAll(async () => {
  server = await OwnServer.start();
  test = await startTestApp({}, await server.newDatabase());
  await (
    await callingStaff(test)
  ).api.patch(`/api/admin/orgs/${(await test.make.org()).id}/`, { name: 'First' });
  await test.app.get(AuditSealer).seal(); // so that there is a head
  settings = {
    ...settingsOf(test),
    NODE_ENV: 'production',
    PUBLIC_ORIGIN: 'https://auth.example.com',
    BCRYPT_COST: '12',
    TRUSTED_PROXIES: '10.0.0.0/8',
    METRICS_TOKEN: randomText(43),
  };
});
afterAll(async () => {
  await test.close();
  await server.stop();
});

async function doctor(
  overrides: Record<string, string> = {},
): Promise<{ status: number | null; findings: Finding[] }> {
  const variables = { ...settings, ...overrides };
  const { status, stdout, stderr } = await runCommand(['--json', 'doctor'], variables);
  expect(stderr).toBe('');
  for (const secret of ['SECRET_KEY', 'PASSWORD_PEPPER', 'METRICS_TOKEN'])
    expect(stdout).not.toContain(variables[secret]);
  return { status, ...(JSON.parse(stdout) as { findings: Finding[] }) };
}

/** What is not well, by the name of the check. */
async function illness(overrides: Record<string, string> = {}): Promise<Record<string, string>> {
  const { status, findings } = await doctor(overrides);
  const bad = findings.filter(({ state }) => state === 'problem');
  expect(status).toBe(bad.length > 0 ? 1 : 0);
  for (const { todo } of bad) expect(todo).toMatch(/\w{2,} .{8,}/); // each says what to do
  return Object.fromEntries(bad.map(({ check, found }) => [check, found]));
}

describe('cli doctor', () => {
  it('finds a whole production installation well, and names all that it looked at', async () => {
    const { status, findings } = await doctor();
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(status).toBe(0);
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'settings',
      'environment',
      'proxies',
      'metrics',
      'signing key',
      'address',
      'database version',
      'database server',
      'TLS to the database',
      'durability',
      'database role',
      'schema',
      'privileges',
      'sessions',
      'connections',
      'clock',
      'key ring',
      'audit heads',
      'audit sealing',
    ]);
  });

  it('tells people the same in lines, with what to do below', async () => {
    const { status, stdout, stderr } = await runCommand(['doctor'], { ...settings, METRICS_TOKEN: '' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^ok {7}database version +PostgreSQL \d+/m);
    expect(stdout).toMatch(/^warning {2}metrics +closed\n +→ Set METRICS_TOKEN/m);
    expect(stdout).toMatch(/^0 problems, 1 warnings\.$/m);
  });

  it('names each setting that is missing or bad, and still examines the database', async () => {
    const { status, findings } = await doctor({
      SECRET_KEY: 'short-one',
      PUBLIC_ORIGIN: 'http://auth.example.com',
    });
    expect(status).toBe(1);
    const problems = findings.filter(({ state }) => state === 'problem').map(({ found }) => found);
    expect(problems).toEqual([
      expect.stringMatching(/^SECRET_KEY: must be at least/),
      expect.stringMatching(/^SECRET_KEY: is not random enough/),
      expect.stringMatching(/^PUBLIC_ORIGIN must be https/),
    ]);
    expect(findings).toContainEqual({
      check: 'privileges',
      state: 'ok',
      found: expect.any(String) as string,
    });
  });

  it.each([
    ['no-such-host.invalid', 'no-such-host.invalid names no address. Set another HOST.'],
    ['192.0.2.1', '192.0.2.1 is no address of this machine. Set another HOST.'],
  ])('sees that the service could not listen on %s', async (HOST, todo) => {
    const { status, findings } = await doctor({ HOST });
    expect(status).toBe(1);
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([
      { check: 'address', state: 'problem', found: `${HOST} can't be listened on`, todo },
    ]);
  });

  it('sees a key that signs for longer than a year', async () => {
    const daysAgo = (days: number): number => Math.floor(Date.now() / 1000) - days * 86_400;
    const [old, fresh] = [newSigningKey(daysAgo(400)), newSigningKey(daysAgo(300))];
    const signer = async (...keys: object[]): Promise<Finding | undefined> =>
      (await doctor({ JWT_KEYS: JSON.stringify({ keys }) })).findings.find(
        ({ check }) => check === 'signing key',
      );
    expect(await signer(old, fresh)).toMatchObject({
      state: 'warning',
      found: `${String(old['kid'])}, 400 days old, 1 more verify`,
      todo: expect.stringMatching(/^Roll it/) as string,
    });
    expect(await signer(fresh)).toEqual({
      check: 'signing key',
      state: 'ok',
      found: `${String(fresh['kid'])}, 300 days old`,
    });
  });

  it('sees a role that owns the tables, or may do more or less than it should', async () => {
    expect(await illness({ DATABASE_URL: test.database.migrationDatabaseUrl })).toMatchObject({
      'database role': expect.stringMatching(/owns \d+ tables/) as string,
    });
    await test.database.query(`GRANT DELETE ON audit_events TO ${SERVICE_ROLE}`);
    await test.database.query(`REVOKE INSERT ON users FROM ${SERVICE_ROLE}`);
    expect(await illness()).toEqual({
      privileges: 'lacks INSERT on users; has more than its own: DELETE on audit_events',
    });
    await test.database.query(`REVOKE DELETE ON audit_events FROM ${SERVICE_ROLE}`);
    await test.database.query(`GRANT INSERT ON users TO ${SERVICE_ROLE}`);
    expect(await illness()).toEqual({});
  });

  it('sees another key ring, heads that another SECRET_KEY signed, and a schema that is not current', async () => {
    expect(await illness({ SEALING_KEYS: JSON.stringify(newSealingKeys()) })).toEqual({
      'key ring': expect.stringContaining('is not the one of this database') as string,
    });
    expect(await illness({ SECRET_KEY: randomText(43) })).toEqual({
      'audit heads': expect.stringMatching(
        /^signed by no SECRET_KEY that is known: .*(?:organization|service)/,
      ) as string,
    });
    const [last] = await test.database.query<{ id: number; timestamp: string; name: string }>(
      'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations) RETURNING *',
    );
    expect(await illness()).toEqual({
      schema: expect.stringMatching(/^1 of \d+ migrations are missing/) as string,
    });
    await test.database.query('INSERT INTO migrations VALUES ($1, $2, $3)', [
      last?.id,
      last?.timestamp,
      last?.name,
    ]);
  });

  it('warns of a schema that a later release has migrated, and takes what that one granted for no fault', async () => {
    await test.database.query(
      `INSERT INTO migrations (timestamp, name) VALUES (9999000000000, 'Later9999000000000')`,
    );
    await test.database.query(`CREATE TABLE later ()`);
    await test.database.query(`GRANT SELECT ON later TO ${SERVICE_ROLE}`);
    const { status, findings } = await doctor();
    await test.database.query(`DROP TABLE later`);
    await test.database.query(`DELETE FROM migrations WHERE name = 'Later9999000000000'`);
    expect(status).toBe(0);
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([
      {
        check: 'schema',
        state: 'warning',
        found: '1 migrations newer than this release',
        todo: expect.stringContaining('A later release has migrated it') as string,
      },
    ]);
    expect(findings).toContainEqual({
      check: 'privileges',
      state: 'ok',
      found: expect.stringMatching(/^at least those of its \d+ tables/) as string,
    });
  });

  it('sees a server that takes no writes, one that may lose them, and one that is not there', async () => {
    const url = (options: string): string =>
      `${settings['DATABASE_URL'] ?? ''}&options=${encodeURIComponent(options)}`;
    expect(await illness({ DATABASE_URL: url('-c default_transaction_read_only=on') })).toMatchObject({
      'database server': 'a primary that is set read-only',
    });
    expect(await illness({ DATABASE_URL: url('-c synchronous_commit=off') })).toEqual({
      durability: expect.stringContaining('synchronous_commit=off') as string,
    });
    const gone = await doctor({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' });
    expect(gone.findings).toContainEqual({
      check: 'database',
      state: 'problem',
      found: 'out of reach',
      todo: expect.stringContaining("can't be reached: connect ECONNREFUSED 127.0.0.1:1") as string,
    });
  });
});
