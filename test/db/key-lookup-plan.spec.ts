import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ACCESS_KEY, CredentialLookup } from '../../src/auth/lookup/credential-lookup.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
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
  await database.query('ANALYZE');
});
afterAll(() => database.drop());

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

it('A6: among 20,000 keys the lookup of a prefix reads the unique index, never the table', async () => {
  const client = new Client({ connectionString: database.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${ACCESS_KEY}`,
  );
  await client.end();
  const ofKeys = nodes(rows[0]?.['QUERY PLAN'][0].Plan as Plan).filter(
    (node) => node['Relation Name'] === 'access_keys',
  );
  expect(ofKeys.length).toBeGreaterThan(0);
  for (const node of ofKeys) expect(node['Node Type']).toMatch(/^Index (?:Only )?Scan$/);
  const [index] = await database.query(
    `SELECT indisunique AS unique FROM pg_index WHERE indexrelid = $1::regclass`,
    [ofKeys.find(({ Alias }) => Alias === 'k')?.['Index Name']],
  );
  expect(index).toEqual({ unique: true });
});

it('a lookup is planned once per connection, whatever the size of its groups', async () => {
  const dataSource = await new DataSource(
    dataSourceOptions({ url: database.databaseUrl, poolSize: 1 }),
  ).initialize();
  const lookup = new CredentialLookup(new NamedStatements(dataSource));
  for (let round = 0; round < 30; round += 1) {
    const group = Array.from({ length: round < 10 ? 1 : round }, (_, index) => index);
    await Promise.all(group.map((n) => lookup.accessKey(`aaaaaa${10 + n}`, undefined)));
    await Promise.all(group.map((n) => lookup.session(Buffer.alloc(32, n), 1)));
    await Promise.all(group.map((n) => lookup.family(n, 1)));
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
