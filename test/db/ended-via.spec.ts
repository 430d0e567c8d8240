import { DataSource } from 'typeorm';
import { EndedVia1765005200000 } from '../../migrations/1765005200000-ended-via.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hold } from '../support/hold.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let owner: DataSource;
beforeAll(async () => {
  test = await startTestApp();
  await pauseRecurringJobs(test.app);
  owner = await new DataSource({ type: 'postgres', url: test.database.migrationDatabaseUrl }).initialize();
});
afterAll(async () => {
  await owner.destroy();
  await test.close();
});

it('the migration finds in the audit log which keys a key revoked, and while it looks, keys work', async () => {
  const user = await test.make.user();
  const [itself, byPerson, alive] = [
    await test.make.accessKey(user),
    await test.make.accessKey(user),
    await test.make.accessKey(user),
  ];
  const OWN = '/api/auth/access-keys/';
  expect((await test.api.as({ key: itself.key }).post(`${OWN}current/revoke/`)).status).toBe(200);
  const person = test.api.as(await sessionOf(test, user));
  expect((await person.post(`${OWN}${byPerson.id}/revoke/`)).status).toBe(200);

  const runner = owner.createQueryRunner();
  const migration = new EndedVia1765005200000();
  await migration.down(runner);
  const held = await hold(test.database, 'LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
  await runner.startTransaction();
  const migrated = migration.up(runner);
  await held.waitedFor();
  expect((await test.api.as({ key: alive.key }).get('/api/orgs/')).status).toBe(200);
  await held.finish();
  await migrated;
  await runner.commitTransaction();
  await runner.release();

  const rows = await test.database.query(
    'SELECT id, ended_via FROM access_keys WHERE id = ANY ($1) ORDER BY id',
    [[itself.id, byPerson.id, alive.id]],
  );
  expect(rows).toEqual([
    { id: itself.id, ended_via: `access_key:${itself.id}` },
    { id: byPerson.id, ended_via: null },
    { id: alive.id, ended_via: null },
  ]);
});
