import { describeApi } from '../../src/openapi.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';

let test: TestApp;
let owner: Client;
let staff: Client;
let orgId: number;

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  orgId = org.id;
  owner = test.api.as(await test.make.accessKey(await test.make.member(org, 'Owner')));
  staff = (await callingStaff(test)).api;
});
afterAll(() => test.close());

/** What a read may leave behind: that the credential was used, and what the audit log and the limits keep of refusals. */
const MAY_CHANGE = {
  tables: ['audit_events', 'audit_unsealed', 'audit_links', 'audit_heads', 'rate_limits'],
  columns: ['last_used_at', 'last_used_ip', 'last_used_user_agent', 'last_seen_at', 'idle_expires_at'],
};

/** A checksum of every table, without the columns that a read may move. */
async function state(): Promise<Record<string, string>> {
  const tables = await test.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1) ORDER BY 1`,
    [MAY_CHANGE.tables],
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await test.database.query<{ sum: string }>(
      `SELECT coalesce(md5(string_agg(row, ',' ORDER BY row)), '') AS sum
       FROM (SELECT (to_jsonb(t) - $1::text[])::text AS row FROM "${name}" t) rows`,
      [MAY_CHANGE.columns],
    );
    sums[name] = row?.sum ?? '';
  }
  return sums;
}

it('A11 T13: no GET of the whole API changes anything but last use and the audit log', async () => {
  const paths = Object.entries(describeApi(test.app).paths).flatMap(([path, item]) =>
    'get' in item ? [path] : [],
  );
  const before = await state();
  const answered: string[] = [];
  for (const path of paths) {
    const url = path.replace('{org_pk}', String(orgId)).replace(/\{\w+\}/g, '1');
    for (const client of [owner, staff]) if ((await client.get(url)).status === 200) answered.push(path);
  }
  expect(await state()).toEqual(before);
  expect(new Set(answered).size).toBeGreaterThan(25);
});
