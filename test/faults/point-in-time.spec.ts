import path from 'node:path';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { DebianPostgres } from '../support/debian-postgres.js';
import type { MadeKey } from '../support/factory.js';
import { describeWith } from '../support/programs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

describeWith('pg_basebackup', 'setpriv')('Restored to a moment from a base backup and the WAL', () => {
  const folder = temporaryFolder();
  const archive = path.join(folder, 'archive');
  let server: DebianPostgres;
  let test: TestApp;
  let staff: Client;

  beforeAll(async () => {
    server = await DebianPostgres.start(path.join(folder, 'server'), archive);
    test = await startTestApp({}, await server.newDatabase());
    staff = (await callingStaff(test)).api;
  });
  afterAll(async () => {
    await test.close();
    server.stop();
  });

  const newKey = async (): Promise<MadeKey> =>
    test.make.accessKey(await test.make.member(await test.make.org(), 'Owner'));
  const revoke = async ({ id }: MadeKey): Promise<void> =>
    expect((await staff.post(`/api/admin/access-keys/${id}/revoke/`, {})).status).toBe(200);
  const seal = () => test.app.get(AuditSealer, { strict: false }).seal();

  /** Resolves once everything that was written up to now is in the archive. */
  async function archived(): Promise<void> {
    const [last] = await test.database.query<{ file: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS file',
    );
    await until(async () => {
      const sql = 'SELECT last_archived_wal >= $1 AS done FROM pg_stat_archiver';
      const [row] = await test.database.query<{ done: boolean | null }>(sql, [last?.file]);
      return row?.done ?? false;
    });
  }

  it('everything acknowledged up to that moment is there, nothing after it, and the heads of the audit log are the same', async () => {
    const [early, late, mistaken] = [await newKey(), await newKey(), await newKey()];
    await revoke(early);
    const copy = await server.backUp(path.join(folder, 'copy'));
    await revoke(late); // after the base backup: in the WAL alone
    await seal();
    const heads = await test.app.get(AuditHeads, { strict: false }).export();
    const [moment] = await test.database.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
    await revoke(mistaken); // what somebody wants to undo
    await test.database.query('DELETE FROM members');
    await archived();

    await copy.restore(archive, moment?.at ?? '');
    const name = new URL(test.database.databaseUrl).pathname.slice(1);
    const again = await test.another({ DATABASE_URL: copy.url('cryptocomply_service', name) });
    expect(heads.heads.length).toBeGreaterThan(0);
    // Before anything is asked: a refused key is an event itself.
    expect(await again.app.get(AuditHeads, { strict: false }).export()).toEqual(heads);
    const statusOf = async (key: MadeKey) => (await again.api.as(key).get('/api/orgs/')).status;
    expect(await again.api.get('/readyz')).toMatchObject({ status: 200 });
    expect([await statusOf(early), await statusOf(late), await statusOf(mistaken)]).toEqual([401, 401, 200]);
    expect((await again.api.as(mistaken).get('/api/orgs/')).body).toHaveLength(1);
    const verdict = await again.app.get(AuditVerifier, { strict: false }).verify({ heads: heads.heads });
    expect(verdict).toMatchObject({ ok: true, broken: [] });
    await again.close();
    copy.stop();
  });
});
