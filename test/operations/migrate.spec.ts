import { randomBytes } from 'node:crypto';
import { MIGRATIONS } from '../../src/database/migrations.js';
import {
  ensureRolesAndDatabase,
  OWNER_ROLE,
  SERVICE_ROLE,
  withClient,
} from '../../src/database/embedded/roles.js';
import { runCommand } from '../support/command.js';

let name: string;

function urlOf(role: string, database: string): string {
  const url = new URL(process.env['TEST_SUPERUSER_URL'] ?? '');
  url.username = role;
  url.pathname = `/${database}`;
  return url.toString();
}

beforeEach(async () => {
  name = `empty_${randomBytes(6).toString('hex')}`;
  await ensureRolesAndDatabase((database) => urlOf('postgres', database), name);
});
afterEach(() =>
  withClient(urlOf('postgres', 'postgres'), (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
);

const ran = ({ stdout }: { stdout: string }): unknown =>
  (JSON.parse(stdout) as { migrations: unknown }).migrations;

it('cli migrate needs the owner’s URL alone, names the role that it serves, and may be repeated', async () => {
  const settings = { MIGRATION_DATABASE_URL: urlOf(OWNER_ROLE, name) };
  const refused = await runCommand(['migrate', '--role', 'nobody_of_that_name'], settings);
  expect(refused).toMatchObject({ status: 3, stdout: '' });
  expect(refused.stderr).toMatch(/no role "nobody_of_that_name" .* Nothing was changed/);

  const first = await runCommand(['--json', 'migrate'], settings);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(ran(first)).toEqual(MIGRATIONS.map((migration) => migration.name));
  const again = await runCommand(['--json', 'migrate'], settings);
  expect(ran(again)).toEqual([]);

  const mayAdd = `SELECT has_table_privilege('audit_events', 'INSERT') AS insert, has_table_privilege('audit_events', 'DELETE') AS delete`;
  const { rows } = await withClient(urlOf(SERVICE_ROLE, name), (client) => client.query<object>(mayAdd));
  expect(rows).toEqual([{ insert: true, delete: false }]);
});

it('cli migrate leaves what a later release has migrated as it is, and gives no role privileges there', async () => {
  const settings = { MIGRATION_DATABASE_URL: urlOf(OWNER_ROLE, name) };
  const asOwner = <T extends object>(sql: string) =>
    withClient(urlOf(OWNER_ROLE, name), async (client) => (await client.query<T>(sql)).rows);
  const state = () =>
    asOwner(
      `SELECT has_table_privilege('${SERVICE_ROLE}', 'later', 'SELECT') AS granted, permissions FROM roles WHERE name = 'Owner'`,
    );
  expect((await runCommand(['--json', 'migrate'], settings)).status).toBe(0);
  await asOwner(`INSERT INTO migrations (timestamp, name) VALUES (9999000000000, 'Later9999000000000')`);
  await asOwner('CREATE TABLE later ()');
  await asOwner(`GRANT SELECT ON later TO ${SERVICE_ROLE}`);
  await asOwner(`UPDATE roles SET permissions = permissions || '{later.view}'::text[] WHERE name = 'Owner'`);
  const before = await state();
  expect(before).toEqual([
    { granted: true, permissions: expect.arrayContaining(['later.view']) as string[] },
  ]);

  const outcome = await runCommand(['--json', 'migrate'], settings);
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(ran(outcome)).toEqual([]);
  expect(await state()).toEqual(before);

  const refused = await runCommand(['migrate', '--role', SERVICE_ROLE], settings);
  expect(refused).toMatchObject({ status: 3, stdout: '' });
  expect(refused.stderr).toMatch(/a later release has migrated it.* Nothing was changed/);
  expect(await state()).toEqual(before);
});

it('cli migrate in production without a URL is told what is missing, and makes nothing up', async () => {
  const { status, stderr } = await runCommand(['migrate'], { NODE_ENV: 'production' });
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: expect.stringContaining('MIGRATION_DATABASE_URL is missing') as string,
  });
});
