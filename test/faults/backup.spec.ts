import { chownSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { withClient } from '../../src/database/embedded/roles.js';
import { Client } from '../support/client.js';
import { logInForTokens } from '../support/log-in.js';
import { OwnServer } from '../support/own-server.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { newServerFolder, remove } from '../support/test-server.js';

const TARGET = '/v1/models';

let server: OwnServer;
let app: ProviderApp;
beforeAll(async () => {
  server = await OwnServer.start();
  app = await startProviderApp({}, await server.newDatabase());
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

/** Copies the files of the running server as docs/operations.md says, while it is written to; gives the copy's place. */
async function backUp(): Promise<string> {
  const place = newServerFolder();
  const folder = path.join(place, path.basename(path.dirname(server.dataFolder)));
  const data = path.join(folder, 'data');
  const { uid, gid } = statSync(server.dataFolder);
  for (const made of [place, folder]) {
    mkdirSync(made, { recursive: true, mode: 0o711 });
    chownSync(made, uid, gid);
  }
  await withClient(app.test.database.superuserUrl, async (client) => {
    await client.query(`SELECT pg_backup_start('drill', true)`);
    copy(server.dataFolder, data, (file) => !/postmaster\.(?:pid|opts)$|pg_wal\/./.test(file));
    await app.test.make.user(); // the world does not stand still
    const { rows } = await client.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    );
    copy(path.join(server.dataFolder, 'pg_wal'), path.join(data, 'pg_wal'), () => true);
    writeFileSync(path.join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    chownSync(path.join(data, 'backup_label'), uid, gid);
  });
  return place;
}

function copy(from: string, to: string, wanted: (file: string) => boolean): void {
  const filter = (file: string, copied: string): boolean => {
    if (!wanted(file)) return false;
    const { uid, gid } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (uid !== undefined && gid !== undefined) owners.push([copied, uid, gid]);
    return uid !== undefined;
  };
  const owners: [string, number, number][] = [];
  cpSync(from, to, { recursive: true, filter });
  for (const owner of owners) chownSync(...owner);
}

it('a backup that was made while the service ran, restored on a server of its own: keys, tokens and passwords are good, provider keys open, what was revoked stays so, the audit log is whole (N9)', async () => {
  const tenant = await ProviderTenant.make(app);
  const stored = await tenant.store('A');
  const user = await app.test.make.user();
  const password = await app.test.make.password(user);
  const { bearer } = await logInForTokens(app.test, user);
  const key = await app.test.make.accessKey(user);
  const staff = await app.test.make.user({ staff: true });
  const admin = app.test.api.as(await app.test.make.accessKey(staff, { admin: true }));
  const revoked = await app.test.make.accessKey(user);
  expect((await admin.post(`/api/admin/access-keys/${revoked.id}/revoke/`, {})).status).toBe(200);
  await app.test.app.get(AuditSealer, { strict: false }).seal();

  const place = await backUp();
  await admin.post(`/api/admin/access-keys/${key.id}/revoke/`, {}); // after the backup: not in it

  const restored = await startEmbeddedPostgres({ dataDir: place, database: 'postgres', durable: true });
  const at = new URL(restored.databaseUrl);
  at.pathname = new URL(app.test.database.databaseUrl).pathname;
  const again = await app.test.another({ DATABASE_URL: at.toString() });
  const api = new Client(again.url);
  expect(await api.get('/readyz')).toMatchObject({ status: 200 });
  expect((await api.as(key).get('/api/orgs/')).status).toBe(200);
  expect((await api.as(revoked).get('/api/orgs/')).status).toBe(401);
  expect((await api.as({ bearer }).get('/api/orgs/')).status).toBe(200);
  expect((await api.post('/api/auth/token/', { email: user.email, password })).status).toBe(200);
  const owner = tenant.owner.api.at(again.url);
  expect((await owner.get(tenant.path('A', TARGET))).status).toBe(200);
  expect(app.fakes.A.received.at(-1)?.headers.authorization).toBe(`Bearer ${stored.key}`);
  const verdict = await again.app.get(AuditVerifier, { strict: false }).verify();
  expect(verdict).toMatchObject({ ok: true, broken: [] });
  expect(verdict.checked).toBeGreaterThan(0);
  expect((await app.test.api.as(key).get('/api/orgs/')).status).toBe(401);
  await again.close();
  await remove(place, restored);
});
