import { Client } from 'pg';
import { ACCESS_KEY } from '../../src/auth/lookup/credential-lookup.js';
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
});
afterAll(() => database.drop());

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

it('A6: among 20,000 keys the lookup of a prefix reads the unique index, never the table', async () => {
  await database.query(
    `INSERT INTO users (email, name) SELECT 'user-' || n || '@example.com', 'U' FROM generate_series(1, 200) n`,
  );
  await database.query(
    `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
     SELECT lpad(n::text, 8, 'a'), sha256(n::text::bytea), (SELECT min(id) FROM users) + n % 200, 'read_only', 'K', 'cli'
     FROM generate_series(1, 20000) n`,
  );
  await database.query('ANALYZE');
  const client = new Client({ connectionString: database.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (FORMAT JSON) ${ACCESS_KEY}`,
    [['aaaaaa42'], [null]],
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
