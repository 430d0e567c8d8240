import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ACCESS_KEY, CredentialLookup } from '../../src/auth/lookup/credential-lookup.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { MetricRegistry } from '../../src/common/metric-registry.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Alias?: string;
  readonly Plans?: Plan[];
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(
    `INSERT INTO users (email, name) SELECT 'user-' || n || '@example.com', 'U' FROM generate_series(1, 200) n`,
  );
  await database.query(
    `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
     SELECT lpad(n::text, 8, 'a'), sha256(n::text::bytea), (SELECT min(id) FROM users) + n % 200, 'read_only', 'K', 'cli'
     FROM generate_series(1, 20000) n`,
  );
  await database.query(`INSERT INTO organizations (name) SELECT 'O' || n FROM generate_series(1, 200) n`);
  await database.query(
    `INSERT INTO members (organization_id, user_id, role_id, status)
     SELECT o.id, u.id, (SELECT min(id) FROM roles), 'active' FROM organizations o, users u WHERE o.id % 10 = u.id % 10`,
  );
  await database.query('ANALYZE');
});
afterAll(() => database.drop());

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

it('among 20,000 keys the lookup of a prefix reads the unique index, never the table (A6)', async () => {
  const ofKeys = await nodesOf('access_keys');
  expect(ofKeys.length).toBeGreaterThan(0);
  for (const node of ofKeys) expect(node['Node Type']).toMatch(/^Index (?:Only )?Scan$/);
  const [index] = await database.query(
    `SELECT indisunique AS unique FROM pg_index WHERE indexrelid = $1::regclass`,
    [ofKeys.find(({ Alias }) => Alias === 'k')?.['Index Name']],
  );
  expect(index).toEqual({ unique: true });
});

it('a lookup reads one row of the members, however many organizations the user is a member of', async () => {
  const ofMembers = await nodesOf('members');
  expect(ofMembers.length).toBeGreaterThan(0);
  for (const node of ofMembers) {
    expect(node['Index Cond']).toContain('organization_id = ');
    expect(node['Index Cond']).toContain('user_id = ');
  }
});

it('of the organizations a lookup reads by an index of those that demand something of a key, which is all that it needs of most', async () => {
  const ofOrganizations = await nodesOf('organizations');
  const home = ofOrganizations.filter(({ Alias }) => Alias === 'home');
  expect(home).toMatchObject([{ 'Index Name': 'ix_organizations_demanding' }]);
});

/** The parts of the lookup's plan, made without knowing the values, that read a table. */
async function nodesOf(table: string): Promise<Plan[]> {
  const client = new Client({ connectionString: database.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${ACCESS_KEY}`,
  );
  await client.end();
  return nodes(rows[0]?.['QUERY PLAN'][0].Plan as Plan).filter((node) => node['Relation Name'] === table);
}

it('a lookup is planned for the first few uses of a connection and never again, whatever the size of its groups', async () => {
  const dataSource = await new DataSource(
    dataSourceOptions({ url: database.databaseUrl, poolSize: 1 }),
  ).initialize();
  const lookup = new CredentialLookup(new NamedStatements(dataSource), new MetricRegistry());
  for (let round = 0; round < 30; round += 1) {
    const group = Array.from({ length: round < 10 ? 1 : round }, (_, index) => index);
    await Promise.all(
      group.map((n) => lookup.accessKey(`aaaaaa${10 + n}`, { org: undefined, address: `192.0.2.${n}` })),
    );
    await Promise.all(
      group.map((n) => lookup.session(Buffer.alloc(32, n), { org: 1, address: '2001:db8::1' })),
    );
    await Promise.all(group.map((n) => lookup.family(n, { org: 1, address: null })));
  }
  const statements: object[] = await dataSource.query(
    `SELECT name, custom_plans::int, generic_plans::int FROM pg_prepared_statements ORDER BY name`,
  );
  await dataSource.destroy();
  // PostgreSQL plans the first five for their values, to have something to compare with.
  expect(statements).toEqual(
    ['lookup-access-key', 'lookup-family', 'lookup-session'].map((name) => ({
      name,
      custom_plans: 5,
      generic_plans: 25,
    })),
  );
});
