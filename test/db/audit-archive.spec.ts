import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { DataSource } from 'typeorm';
import { anonymous } from '../../src/access/principal.js';
import { AuditArchiver, NEXT_END } from '../../src/audit/archive/audit-archiver.js';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifications } from '../../src/audit/verification/audit-verifications.js';
import { AuditVerifier, type Evidence, type Verdict } from '../../src/audit/verification/audit-verifier.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { HeadKey } from '../../src/audit/chain/head-key.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Outcome, runCommand } from '../support/command.js';
import { hold } from '../support/hold.js';
import { settingsOf } from '../support/service-process.js';
import { until } from '../support/until.js';

interface Plan {
  readonly 'Actual Rows': number;
  readonly Plans?: Plan[];
}
const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

const by = anonymous({ ip: '192.0.2.7', userAgent: 'spec \u202e', requestId: 'r-1' });
const HOUR = 3_600;
const TOMORROW = new Date(Date.now() + 24 * HOUR * 1000);

let test: TestApp;
let folder: string;
beforeEach(async () => {
  test = await startTestApp();
  await test.app.get(AuditSealer).beforeApplicationShutdown(); // only this spec seals
  folder = await mkdtemp(path.join(tmpdir(), 'archive-'));
});
afterEach(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

const fileOf = (name: string): string => path.join(folder, name);
const verify = (evidence?: Evidence): Promise<Verdict> => test.app.get(AuditVerifier).verify(evidence);
const problems = ({ broken }: Verdict): unknown[] => broken.map(({ problem }) => problem);

/** Seals `batches` times three events, one in each of three chains. */
async function sealEvents(batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    for (const organizationId of [null, 1, 2]) {
      await test.app.get(DataSource).transaction((manager) =>
        test.app.get(AuditService).record(manager, {
          by,
          action: 'spec.acted',
          organizationId,
          details: { batch, precise: 12.5, nested: { text: 'é \u202e "' } },
        }),
      );
    }
    await test.app.get(AuditSealer).seal();
  }
}

/** Archives all that is sealed, as the owner of the tables. */
async function archive(name: string, url = test.database.migrationDatabaseUrl): Promise<number> {
  const owner = new DataSource({ ...dataSourceOptions({ url, poolSize: 1 }), extra: {} });
  await owner.initialize();
  try {
    const archiver = new AuditArchiver(owner, test.app.get(HeadKey), new AuditService());
    return await archiver.archive({ before: TOMORROW, file: fileOf(name) });
  } finally {
    await owner.destroy();
  }
}

/** How many rows are left of events, links and heads. */
async function left(): Promise<number[]> {
  const [row] = await test.database.query<{ counts: number[] }>(
    `SELECT ARRAY[(SELECT count(*) FROM audit_events WHERE action = 'spec.acted'), (SELECT count(*) FROM audit_links),
       (SELECT count(*) FROM audit_heads)]::int[] AS counts`,
  );
  return row?.counts ?? [];
}

/** The sessions that archive, of this database. */
const archiving = () =>
  test.database.query<{ pid: number }>(
    `SELECT pid FROM pg_locks
     WHERE locktype = 'advisory' AND objid = 7264003
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
/** A session outlives for a moment the process that was killed. */
const nobodyArchives = () => until(async () => (await archiving()).length === 0);

async function edit(name: string, change: (lines: string[]) => string[]): Promise<void> {
  const lines = (await readFile(fileOf(name), 'utf8')).trimEnd().split('\n');
  await writeFile(
    fileOf(name),
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

describe('archiving the audit log', () => {
  it('moves what was sealed before into a file of its own; what stays verifies, and so do both together', async () => {
    await sealEvents(3);
    expect(await archive('a.ndjson')).toBe(9);
    expect((await stat(fileOf('a.ndjson'))).mode & 0o777).toBe(0o600);
    expect(await left()).toEqual([0, 0, 3]); // where each chain goes on
    await sealEvents(2);
    expect(await verify()).toEqual({
      ok: true,
      checked: 7, // six, and the one that tells of the archive
      pending: 0,
      archived: { events: 9, latest: expect.any(String) as string, given: false },
      breaks: 0,
      missing: 0,
      broken: [],
    });
    expect(await verify({ archives: [fileOf('a.ndjson')] })).toMatchObject({
      ok: true,
      archived: { events: 9, given: true },
      breaks: 0,
      broken: [],
    });
  });

  it('goes on where the archive before ended, and all of them together, in any order, prove the whole log', async () => {
    await sealEvents(2);
    await archive('a.ndjson');
    await sealEvents(2);
    expect(await archive('b.ndjson')).toBe(7);
    await sealEvents(1);
    const both = [fileOf('a.ndjson'), fileOf('b.ndjson')];
    expect(await verify({ archives: both })).toMatchObject({
      ok: true,
      checked: 4,
      archived: { events: 13 },
    });
    expect(await verify({ archives: both.toReversed() })).toMatchObject({ ok: true, broken: [] });
    const second = await verify({ archives: both.slice(1) });
    expect(second.broken).toEqual([
      { chain: 'none', sequence: 1, through: 2, problem: 'missing' },
      { chain: 'organization:1', sequence: 1, through: 2, problem: 'missing' },
      { chain: 'organization:2', sequence: 1, through: 2, problem: 'missing' },
    ]);
    expect(problems(await verify({ archives: both.slice(0, 1) }))).toEqual(['missing', 'missing', 'missing']);
  });

  it('that was not given is missing to whoever verifies, and leaves the state of the log itself good', async () => {
    await sealEvents(2);
    await archive('a.ndjson');
    await sealEvents(1);
    const verifications = test.app.get(AuditVerifications, { strict: false });
    await archive('b.ndjson');
    const verdict = await verifications.verify({ archives: [fileOf('b.ndjson')] });
    expect(verdict).toMatchObject({ ok: false, breaks: 3, missing: 3 });
    expect(await verifications.state()).toMatchObject({ state: 'ok', breaks: 0 });
    await sealEvents(1);
    await test.database.query(`DELETE FROM audit_links WHERE chain = 'none'`);
    const broken = await verifications.verify({ archives: [fileOf('b.ndjson')] });
    const own = broken.broken.filter(({ problem }) => problem !== 'missing').length;
    expect([broken.missing, own > 0]).toEqual([3, true]);
    expect(await verifications.state()).toMatchObject({ state: 'broken', breaks: own });
  });

  it('tells the audit log of itself, and leaves what is not sealed, or was sealed later', async () => {
    await test.database.shiftClock(-3 * HOUR);
    await sealEvents(1);
    await test.database.shiftClock(-HOUR);
    await sealEvents(1);
    await test.database.query(`INSERT INTO audit_events (action) VALUES ('spec.waiting')`);
    const before = new Date(Date.now() - 2 * HOUR * 1000).toISOString();
    expect(await command(['--before', before, '--to', fileOf('a.ndjson')])).toMatchObject({
      status: 0,
      stdout: `${JSON.stringify({ events: 3, file: fileOf('a.ndjson') })}\n`,
    });
    expect(await left()).toEqual([3, 3, 6]);
    const told = await test.database.query(
      `SELECT actor_credential AS by, details FROM audit_events WHERE action = 'audit.archived'`,
    );
    expect(told).toEqual([{ by: 'cli', details: { before, chains: 3, events: 3, file: 'a.ndjson' } }]);
    expect(await verify()).toMatchObject({ ok: true, checked: 3, pending: 2 });
  });

  it('what is left is nothing: no file, and no error', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    expect(await archive('b.ndjson')).toBe(0);
    expect(await readdir(folder)).toEqual(['a.ndjson']);
  });

  it('heads that were exported before are proven by the archive, and not asked of the database', async () => {
    await sealEvents(2);
    const { heads } = await test.app.get(AuditHeads).export();
    await archive('a.ndjson');
    await sealEvents(1);
    expect(await verify({ heads })).toMatchObject({ ok: true });
    expect(await verify({ heads, archives: [fileOf('a.ndjson')] })).toMatchObject({ ok: true });
  });
});

describe('nothing is lost', () => {
  it('a file that is there is left as it is, and nothing is removed', async () => {
    await sealEvents(1);
    await writeFile(fileOf('a.ndjson'), 'mine');
    await expect(archive('a.ndjson')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(fileOf('a.ndjson'), 'utf8')).toBe('mine');
    expect(await left()).toEqual([3, 3, 3]);
  });

  it('killed while it removes, it can be run again, and what stands in both archives is no contradiction', async () => {
    await sealEvents(2);
    // Whoever holds an event of the last chain makes the removal wait, and there it is killed.
    const held = await hold(test.database, `SELECT FROM audit_events WHERE organization_id = 2 FOR UPDATE`);
    const killed = archive('a.ndjson');
    const refused = expect(killed).rejects.toThrow();
    await held.waitedFor();
    const [session] = await archiving();
    await test.database.query('SELECT pg_terminate_backend($1)', [session?.pid]);
    await refused;
    await held.finish();
    await nobodyArchives();
    expect(await left()).toEqual([2, 2, 4]);
    expect(await verify()).toMatchObject({ ok: true, archived: { events: 4 } });
    expect(await verify({ archives: [fileOf('a.ndjson')] })).toMatchObject({ ok: true });
    expect(await archive('b.ndjson')).toBe(2);
    expect(await verify({ archives: [fileOf('a.ndjson'), fileOf('b.ndjson')] })).toMatchObject({
      ok: true,
      archived: { events: 6, given: true },
    });
  });

  it('killed while it writes, it leaves no file of that name, and tells the next run of what it left', async () => {
    await test.database.shiftClock(-HOUR);
    await sealEvents(1);
    await test.database.shiftClock(0);
    const words = ['--before', new Date(Date.now() - 60_000).toISOString(), '--to', fileOf('a.ndjson')];
    const held = await hold(test.database, 'LOCK TABLE audit_links IN ACCESS EXCLUSIVE MODE');
    const killing = new AbortController();
    const killed = command(words, killing.signal);
    await until(async () => (await readdir(folder)).length > 0); // it waits for the links that it is to write
    killing.abort();
    expect((await killed).status).toBeNull();
    await held.finish();
    await nobodyArchives();
    expect(await readdir(folder)).toEqual(['a.ndjson.part']);
    expect(await left()).toEqual([3, 3, 3]);
    expect(await command(words)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        'a.ndjson.part was left by a run that was killed: delete it.',
      ) as string,
    });
    await rm(fileOf('a.ndjson.part'));
    expect((await command(words)).status).toBe(0);
    expect(await readdir(folder)).toEqual(['a.ndjson']);
    expect(await verify({ archives: [fileOf('a.ndjson')] })).toMatchObject({ ok: true });
  });

  it('a broken log is not archived: the file goes, and all rows stay', async () => {
    await sealEvents(2);
    await test.database.query(
      `UPDATE audit_events SET action = 'spec.innocent' WHERE id = (SELECT min(id) FROM audit_events)`,
    );
    await expect(archive('a.ndjson')).rejects.toThrow(
      '`audit verify` tells where the log is broken. Nothing was removed.',
    );
    await test.database.query(`DELETE FROM audit_events WHERE action = 'spec.innocent'`);
    await expect(archive('a.ndjson')).rejects.toThrow('An event of none is missing.');
    expect(await readdir(folder)).toEqual([]);
    expect(await left()).toEqual([5, 6, 6]);
  });

  it('refused to the role of the service, and to a second one at the same time', async () => {
    await sealEvents(1);
    await expect(archive('a.ndjson', test.database.databaseUrl)).rejects.toThrow(
      'set MIGRATION_DATABASE_URL',
    );
    const held = await hold(test.database, 'SELECT pg_advisory_xact_lock(7264003)');
    await expect(archive('a.ndjson')).rejects.toThrow('Somebody else is archiving.');
    await held.finish();
    expect(await left()).toEqual([3, 3, 3]);
  });
});

describe('the next end to remove up to', () => {
  /** A chain of 20,000 places, each signed. */
  const longChain = () =>
    test.database.query(
      `INSERT INTO audit_heads (chain, sequence, hash, signed_at, kid, signature)
       SELECT 'organization:9', n, '', now(), '', '' FROM generate_series(1, 20000) AS n`,
    );
  const looksFor = (through: number) =>
    test.database.query<{ sequence: number }>(NEXT_END, ['organization:9', 10, through]);

  it('is the last head within a batch, or else the next one after it, and nothing beyond what is archived', async () => {
    await longChain();
    expect(await looksFor(20_000)).toMatchObject([{ sequence: 5_010 }]);
    expect(await looksFor(20)).toMatchObject([{ sequence: 20 }]);
    await test.database.query('DELETE FROM audit_heads WHERE sequence BETWEEN 11 AND 7000');
    expect(await looksFor(20_000)).toMatchObject([{ sequence: 7_001 }]);
    expect(await looksFor(7_000)).toEqual([]);
  });

  it('is found without reading the heads of the rest of the chain', async () => {
    await longChain();
    await test.database.query('ANALYZE audit_heads');
    const [plan] = await test.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${NEXT_END}`,
      ['organization:9', 10, 20_000],
    );
    const read = nodes(plan?.['QUERY PLAN'][0].Plan as Plan).map((node) => node['Actual Rows']);
    expect(read.length).toBeGreaterThan(0);
    expect(Math.max(...read)).toBe(1);
  });
});

describe('nobody hides behind an archive', () => {
  it('a removal without a signed end is told as what it is, and is not archived away', async () => {
    await sealEvents(3);
    await test.database.query(`
      WITH gone AS (DELETE FROM audit_links WHERE chain = 'none' AND sequence <= 2 RETURNING event_id)
      DELETE FROM audit_events WHERE id IN (SELECT event_id FROM gone)`);
    await test.database.query(`DELETE FROM audit_heads WHERE chain = 'none' AND sequence < 2`);
    const removed = [{ chain: 'none', sequence: 1, through: 2, problem: 'removed' }];
    expect((await verify()).broken).toEqual(expect.arrayContaining(removed));
    await test.database.query(`
      INSERT INTO audit_archived SELECT chain, sequence, hash, signed_at, signed_at, kid, signature
      FROM audit_heads WHERE chain = 'none' AND sequence = 2`);
    expect((await verify()).broken).toEqual(
      expect.arrayContaining([{ chain: 'none', sequence: 2, problem: 'bad_signature' }, ...removed]),
    );
    await expect(archive('a.ndjson')).rejects.toThrow('Nothing was removed.');
    expect(await left()).toEqual([7, 7, 8]);
  });

  it('more that vanished after the archive, the end itself, and links put in its place are found', async () => {
    await sealEvents(2);
    await archive('a.ndjson');
    await sealEvents(2);
    await test.database.query(`CREATE TABLE kept AS TABLE audit_archived`);
    await test.database.query(`DELETE FROM audit_archived WHERE chain = 'none'`);
    expect((await verify()).broken).toContainEqual({
      chain: 'none',
      sequence: 1,
      through: 2,
      problem: 'removed',
    });
    await test.database.query(`INSERT INTO audit_archived SELECT * FROM kept WHERE chain = 'none'`);
    await test.database.query(`UPDATE audit_links SET sequence = 1 WHERE chain = 'none' AND sequence = 3`);
    expect(problems(await verify())).toEqual(expect.arrayContaining(['inserted', 'removed']));
    await test.database.query(`UPDATE audit_links SET sequence = 3 WHERE chain = 'none' AND sequence = 1`);
    await test.database.query(`
      WITH gone AS (DELETE FROM audit_links WHERE chain = 'none' AND sequence = 3 RETURNING event_id)
      DELETE FROM audit_events WHERE id IN (SELECT event_id FROM gone)`);
    expect((await verify()).broken).toContainEqual({ chain: 'none', sequence: 3, problem: 'removed' });
  });

  it('however many ends there are that we did not sign, each is told', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    await test.database.query(
      `INSERT INTO audit_archived
       SELECT 'organization:' || n, sequence, hash, signed_at, archived_at, kid, signature, latest_at
       FROM audit_archived, generate_series(1001, 1450) AS n WHERE chain = 'none'`,
    );
    const { breaks, archived: good, broken } = await verify();
    expect({ breaks, good: good?.events }).toEqual({ breaks: 450, good: 3 });
    expect(broken).toEqual(
      Array.from({ length: 450 }, (_, n) => ({
        chain: `organization:${1001 + n}`,
        sequence: 1,
        problem: 'bad_signature',
      })),
    );
  });

  it('an end that was moved back misses what was removed after it', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    await test.database.query(`CREATE TABLE older AS TABLE audit_archived`);
    await sealEvents(2);
    await archive('b.ndjson');
    await sealEvents(1);
    await test.database.query('DELETE FROM audit_archived');
    await test.database.query('INSERT INTO audit_archived SELECT * FROM older');
    expect((await verify()).broken).toContainEqual({
      chain: 'organization:1',
      sequence: 2,
      through: 3,
      problem: 'removed',
    });
  });

  it('a chain that vanished whole is found by its archive', async () => {
    await sealEvents(2);
    await archive('a.ndjson');
    for (const table of ['audit_archived', 'audit_links', 'audit_heads'])
      await test.database.query(`DELETE FROM ${table} WHERE chain = 'organization:2'`);
    expect(await verify()).toMatchObject({ ok: true });
    expect((await verify({ archives: [fileOf('a.ndjson')] })).broken).toEqual([
      { chain: 'organization:2', sequence: 1, through: 2, problem: 'cut' },
    ]);
  });
});

/** Events that waited to be sealed, one every six seconds up to now, in one chain. */
const backlog = (events: number) =>
  test.database.query(
    `INSERT INTO audit_events (at, action, details)
     SELECT app_now() - (${events} - n) * interval '6 seconds', 'spec.waited', '{}' FROM generate_series(1, ${events}) AS n`,
  );

/** An event of three days ago, as somebody would slip it into the chain of organization 1. */
async function slipIn(): Promise<void> {
  await test.database.query(
    `INSERT INTO audit_events (at, action, organization_id, details)
     VALUES (app_now() - interval '3 days', 'spec.slipped', 1, '{}')`,
  );
  await test.app.get(AuditSealer).seal();
}

describe('the times of what is left', () => {
  it('are good where an archive cut a backlog between two batches', async () => {
    await backlog(2_500);
    expect(await test.app.get(AuditSealer).seal()).toBe(1_000); // one batch, for it was told to stop
    expect(await archive('a.ndjson')).toBe(1_000);
    await test.app.get(AuditSealer).seal();
    await test.app.get(AuditSealer).seal();
    expect(await verify()).toMatchObject({ ok: true, pending: 0, broken: [] });
    expect(await archive('b.ndjson')).toBe(1_501);
    const archives = [fileOf('a.ndjson'), fileOf('b.ndjson')];
    expect(await verify({ archives })).toMatchObject({ ok: true, broken: [] });
  });

  it('are good while an archive of a backlog is being removed', async () => {
    await backlog(6_000);
    for (let batch = 0; batch < 6; batch += 1) await test.app.get(AuditSealer).seal();
    const held = await hold(
      test.database,
      `SELECT FROM audit_events e JOIN audit_links l ON l.event_id = e.id WHERE l.sequence = 5500 FOR UPDATE OF e`,
    );
    const archiving = archive('a.ndjson');
    await held.waitedFor();
    expect(await verify()).toMatchObject({ ok: true, archived: { events: 5_000 }, broken: [] });
    await held.finish();
    expect(await archiving).toBe(6_000);
  });

  it('show an event that was slipped in after an archive, which can not be archived away', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    await slipIn();
    const slipped = { chain: 'organization:1', sequence: 2, problem: 'backdated' };
    expect((await verify()).broken).toEqual([expect.objectContaining(slipped)]);
    await expect(archive('b.ndjson')).rejects.toThrow('Nothing was removed.');
    expect(await readdir(folder)).toEqual(['a.ndjson']);
  });

  it('are judged over several archives, each by what the one before ended with', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    await test.database.query(`CREATE TABLE ends AS TABLE audit_archived`);
    await test.database.query(`DELETE FROM audit_archived`); // as if nothing had been removed
    await slipIn();
    const [row] = await test.database.query<{ line: object }>(
      `SELECT json_build_object('chain', l.chain, 'sequence', l.sequence, 'previous_hash', encode(l.previous_hash, 'hex'),
         'hash', encode(l.hash, 'hex'), 'event', json_build_object('id', e.id::text,
           'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'action', e.action, 'organization_id', 1,
           'actor_id', null, 'details', '{}'),
         'head', json_build_object('hash', encode(h.hash, 'hex'),
           'signed_at', to_char(h.signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'kid', h.kid,
           'signature', translate(encode(h.signature, 'base64'), E'+/=\n', '-_'))) AS line
       FROM audit_links l JOIN audit_events e ON e.id = l.event_id
       JOIN audit_heads h ON h.chain = l.chain AND h.sequence = l.sequence WHERE e.action = 'spec.slipped'`,
    );
    await writeFile(fileOf('b.ndjson'), `${JSON.stringify(row?.line)}\n`);
    await test.database.query(`INSERT INTO audit_archived SELECT * FROM ends`);
    const archives = [fileOf('a.ndjson'), fileOf('b.ndjson')];
    expect((await verify({ archives })).broken).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          archive: 'b.ndjson',
          chain: 'organization:1',
          sequence: 2,
          problem: 'backdated',
        }),
      ]),
    );
  });

  it('are signed with the end: one that was moved or taken away is no end of ours', async () => {
    await sealEvents(1);
    await archive('a.ndjson');
    await test.database.query(`CREATE TABLE ends AS TABLE audit_archived`);
    const notOurs = { chain: 'organization:1', sequence: 1, problem: 'bad_signature' };
    for (const latest of [`latest_at - interval '3 days'`, 'NULL']) {
      await test.database.query(
        `UPDATE audit_archived SET latest_at = ${latest} WHERE chain = 'organization:1'`,
      );
      expect((await verify()).broken).toContainEqual(notOurs);
      await test.database.query('DELETE FROM audit_archived');
      await test.database.query('INSERT INTO audit_archived SELECT * FROM ends');
    }
    expect(await verify()).toMatchObject({ ok: true });
  });

  it.each([
    ['has none', 'NULL'],
    ['left the one before', `'2001-01-01T00:00:00Z'`],
  ])(
    'are unknown after an end that an earlier release signed, which is good as it is: it %s',
    async (_what, latest) => {
      await sealEvents(1);
      await archive('a.ndjson');
      for (const chain of ['none', 'organization:1', 'organization:2']) {
        const instant = (column: string): string =>
          `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
        const [end] = await test.database.query<{ archived: string; hash: string; signed: string }>(
          `SELECT ${instant('archived_at')} AS archived, encode(hash, 'hex') AS hash, ${instant('signed_at')} AS signed
           FROM audit_archived WHERE chain = '${chain}'`,
        );
        const key = test.app.get(HeadKey);
        const signature = key.sign(
          `{"archived_at":"${end?.archived}","chain":"${chain}","hash":"${end?.hash}","kid":"${key.publicKey.kid}",` +
            `"sequence":1,"signed_at":"${end?.signed}"}`,
        );
        await test.database.query(
          `UPDATE audit_archived SET latest_at = ${latest}, signature = '\\x${signature.toString('hex')}'
           WHERE chain = '${chain}'`,
        );
      }
      await sealEvents(1);
      expect(await verify()).toMatchObject({ ok: true, archived: { events: 3 } });
      expect(await archive('b.ndjson')).toBe(4);
      const archives = [fileOf('a.ndjson'), fileOf('b.ndjson')];
      expect(await verify({ archives })).toMatchObject({ ok: true });
    },
  );
});

describe('an archive', () => {
  /** Three chains of four events each, archived. */
  const archived = async (): Promise<Evidence> => {
    await sealEvents(4);
    await archive('a.ndjson');
    return { archives: [fileOf('a.ndjson')] };
  };
  const at = { archive: 'a.ndjson', chain: 'none' };

  it.each<[string, (lines: string[]) => string[], object]>([
    [
      'an altered event',
      ([first = '', ...others]) => [first.replace('spec.acted', 'spec.actor'), ...others],
      { ...at, sequence: 1, problem: 'altered' },
    ],
    [
      'an altered hash',
      ([first = '', second = '', ...others]) => [
        first,
        second.replace(/"hash":"./, '"hash":"' + (second.includes('"hash":"0') ? '1' : '0')),
        ...others,
      ],
      { ...at, sequence: 2, problem: 'altered' },
    ],
    ['a missing line', (lines) => lines.toSpliced(1, 1), { ...at, sequence: 2, problem: 'removed' }],
    [
      'an end that was cut off between two lines',
      (lines) => lines.slice(0, -1),
      { chain: 'organization:2', sequence: 4, problem: 'missing' },
    ],
    [
      'an end that was cut off within a line',
      (lines) => [...lines.slice(0, -1), lines.at(-1)?.slice(0, 90) ?? ''],
      { archive: 'a.ndjson', chain: null, line: 12, problem: 'altered' },
    ],
    [
      'a head that was taken away',
      (lines) => lines.map((line, index) => (index === 3 ? line.replace(/,"head":\{.*?\}/, '') : line)),
      { ...at, sequence: 4, problem: 'unsigned' },
    ],
    [
      'a chain that is not in it',
      (lines) => lines.slice(4),
      { chain: 'none', sequence: 1, through: 4, problem: 'missing' },
    ],
    [
      'what is no archive at all',
      () => ['{"chain":"none"}'],
      { archive: 'a.ndjson', chain: null, line: 1, problem: 'altered' },
    ],
  ])('that was tampered with is found: %s', async (_what, change, finding) => {
    const evidence = await archived();
    expect(await verify(evidence)).toMatchObject({ ok: true });
    await edit('a.ndjson', change);
    const verdict = await verify(evidence);
    expect(verdict.ok).toBe(false);
    expect(verdict.broken).toContainEqual(expect.objectContaining(finding));
  });

  it('with a head that we did not sign is told so, once, and by the name of the file', async () => {
    const evidence = await archived();
    await edit('a.ndjson', (lines) =>
      lines.map((line, index) =>
        index === 3
          ? line.replace(/"signature":"./, (found) => found.slice(0, -1) + (found.endsWith('A') ? 'B' : 'A'))
          : line,
      ),
    );
    expect((await verify(evidence)).broken).toEqual([
      { ...at, sequence: 4, event: 10, problem: 'bad_signature' },
    ]);
  });
});

/** `audit archive` as a process of its own, with the settings of the service and the URL of the owner. */
function command(words: readonly string[], kill?: AbortSignal): Promise<Outcome> {
  const settings = { ...settingsOf(test), MIGRATION_DATABASE_URL: test.database.migrationDatabaseUrl };
  return runCommand(['--json', 'audit', 'archive', ...words], settings, kill);
}

describe('the command line', () => {
  it('verifies with archives, exit status 1 for what they miss, and refuses a file that can’t be read or written, and a time to come', async () => {
    await test.database.shiftClock(-HOUR);
    await sealEvents(1);
    const late = await command(['--before', TOMORROW.toISOString(), '--to', fileOf('a.ndjson')]);
    expect(late).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('must be in the past') as string,
    });
    const before = ['--before', new Date().toISOString()];
    expect(await command([...before, '--to', fileOf('none/a.ndjson')])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        `${fileOf('none/a.ndjson')} can't be written: ENOENT. Nothing was removed.`,
      ) as string,
    });
    expect((await command([...before, '--to', fileOf('a.ndjson')])).status).toBe(0);
    const verified = (...files: string[]): Promise<Outcome> =>
      runCommand(['--json', 'audit', 'verify', '--archive', ...files], settingsOf(test));
    const good = await verified(fileOf('a.ndjson'));
    expect([good.status, JSON.parse(good.stdout)]).toMatchObject([
      0,
      { ok: true, archived: { events: 3, given: true } },
    ]);
    await writeFile(fileOf('empty.ndjson'), '');
    expect((await verified(fileOf('empty.ndjson'))).status).toBe(1);
    expect((await verified(fileOf('gone.ndjson'))).stdout).toContain("gone.ndjson can't be read: ENOENT.");
  });
});
