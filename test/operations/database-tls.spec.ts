import path from 'node:path';
import { Client } from '../support/client.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { runCommand } from '../support/command.js';
import { DebianPostgres } from '../support/debian-postgres.js';
import { describeWith } from '../support/programs.js';
import { settingsOf } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describeWith(
  'pg_basebackup',
  'setpriv',
  'openssl',
)('TLS to the database', () => {
  const folder = temporaryFolder();
  let server: DebianPostgres;
  let test: TestApp;
  let authority: string;

  beforeAll(async () => {
    server = await DebianPostgres.start(path.join(folder, 'server'), path.join(folder, 'archive'));
    authority = server.encrypt();
    test = await startTestApp({}, await server.newDatabase());
  });
  afterAll(async () => {
    await test.close();
    server.stop();
  });

  const url = (parameters: Record<string, string>): string => {
    const made = new URL(String(test.env.DATABASE_URL));
    for (const [name, value] of Object.entries(parameters)) made.searchParams.set(name, value);
    return made.toString();
  };

  it('with sslmode and sslrootcert in the URL every session of the service is encrypted, and it serves', async () => {
    const encrypted = await test.another({
      DATABASE_URL: url({ sslmode: 'verify-full', sslrootcert: authority, application_name: 'by-tls' }),
    });
    const client = new Client(encrypted.url);
    expect((await client.get('/readyz')).status).toBe(200);
    const key = await test.make.accessKey(await test.make.member(await test.make.org(), 'Owner'));
    expect((await client.as(key).get('/api/orgs/')).status).toBe(200);
    const sessions = await test.database.query<{ ssl: boolean; n: number }>(
      `SELECT ssl, count(*)::int AS n FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
       WHERE application_name = 'by-tls' AND datname = current_database() GROUP BY ssl`,
    );
    expect(sessions).toEqual([{ ssl: true, n: expect.any(Number) as number }]);
    await encrypted.close();
  });

  it('a certificate that nobody trusts is refused in one sentence that says what to do', async () => {
    const settings = { ...settingsOf(test), DATABASE_URL: url({ sslmode: 'verify-full' }) };
    const { status, stdout, stderr } = await runCommand(['audit', 'heads'], settings);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^The database's certificate is not trusted: .*sslrootcert in the URL\.\n$/);
  });

  it('cli doctor says how it is encrypted, and that a certificate that is not looked at protects nobody', async () => {
    const told = async (parameters: Record<string, string>): Promise<unknown> => {
      const settings = { ...settingsOf(test), DATABASE_URL: url(parameters) };
      const { stdout } = await runCommand(['--json', 'doctor'], settings);
      const { findings } = JSON.parse(stdout) as { findings: { check: string }[] };
      return findings.find(({ check }) => check === 'TLS to the database');
    };
    expect(await told({ sslmode: 'verify-full', sslrootcert: authority })).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^TLSv1\.[23]$/) as string,
    });
    expect(await told({ sslmode: 'no-verify' })).toMatchObject({ state: 'problem' });
  });
});
