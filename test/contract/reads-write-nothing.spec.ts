import { describeApi } from '../../src/openapi.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { tableSums } from '../support/table-sums.js';

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

it('no GET of the whole API changes anything but last use and the audit log (A11, T13)', async () => {
  const paths = Object.entries(describeApi(test.app).paths).flatMap(([path, item]) =>
    'get' in item ? [path] : [],
  );
  const before = await tableSums(test.database);
  const answered: string[] = [];
  for (const path of paths) {
    const url = path.replace('{org_pk}', String(orgId)).replace(/\{\w+\}/g, '1');
    for (const client of [owner, staff]) if ((await client.get(url)).status === 200) answered.push(path);
  }
  expect(await tableSums(test.database)).toEqual(before);
  expect(new Set(answered).size).toBeGreaterThan(25);
});
