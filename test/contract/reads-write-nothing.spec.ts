import { readApiDocument } from '../support/contract/api-document.js';
import { operationsOf } from '../support/fuzz/fuzzed-operation.js';
import { Targets } from '../support/fuzz/targets.js';
import { type ProviderApp, startProviderApp } from '../support/provider-app.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { changedTables, tableSums } from '../support/table-sums.js';

let app: ProviderApp;
beforeAll(async () => {
  app = await startProviderApp();
  await pauseRecurringJobs(app.test.app);
});
afterAll(() => app.close());

/** Reads that leave something behind on purpose: a call of a provider is counted, and shows how its key is. */
const COUNTED: Readonly<Record<string, string>> = {
  'GET /api/orgs/{org_pk}/providers/{key_type}/{path}': 'provider_calls, provider_keys',
};

it('no GET of the whole API, of something that is there, changes anything but last use and the audit log; a provider’s call is counted (A11, T13)', async () => {
  const targets = await Targets.of(app);
  const reads = operationsOf(readApiDocument()).filter(({ method }) => method === 'GET');
  expect(reads.length).toBeGreaterThan(30);
  for (const read of reads) {
    const { path, client } = await targets.for(read);
    const before = await tableSums(app.test.database);
    const { status } = await client.get(path);
    await app.settled();
    const changed = changedTables(before, await tableSums(app.test.database));
    expect({ read: read.name, status, changed }).toEqual({
      read: read.name,
      status: 200,
      changed: COUNTED[read.name] ?? '',
    });
  }
});
