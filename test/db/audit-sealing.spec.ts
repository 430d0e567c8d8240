import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { DataSource } from 'typeorm';
import { anonymous } from '../../src/access/principal.js';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { CANONICAL_MEMBERS, canonicalJson } from '../../src/audit/chain/canonical.js';
import { isUnreachable } from '../../src/common/database-errors.js';
import { type Head, headText, readHeads } from '../../src/audit/chain/head.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { until } from '../support/until.js';

const by = anonymous({ ip: '192.0.2.7', userAgent: 'spec', requestId: 'r-1' });

let test: TestApp;
let dataSource: DataSource;
beforeEach(async () => {
  test = await startTestApp();
  dataSource = test.app.get(DataSource);
});
afterEach(() => test.close());

const record = (organizationId: number | null, details: Record<string, unknown> = {}): Promise<void> =>
  dataSource.transaction((manager) =>
    test.app.get(AuditService).record(manager, { by, action: 'spec.acted', organizationId, details }),
  );
/** The head of an organization's chain that holds one event. */
async function aHead(): Promise<Head> {
  await record(1);
  await seal();
  const [head] = (await test.app.get(AuditHeads).export()).heads;
  if (!head) throw new Error('There is no head.');
  return head;
}

const seal = (): Promise<number> => test.app.get(AuditSealer).seal();
const verify = (...evidence: Parameters<AuditVerifier['verify']>) =>
  test.app.get(AuditVerifier).verify(...evidence);

describe('sealing', () => {
  it('gives each organization a chain of its own and one to what has none, and signs their heads', async () => {
    await record(1, { name: 'first' });
    await record(2);
    await record(null);
    await record(1, { name: 'second' });
    await seal();
    const links = await test.database.query(
      `SELECT chain, array_agg(sequence::int ORDER BY sequence) AS sequences FROM audit_links GROUP BY chain ORDER BY chain`,
    );
    expect(links).toEqual([
      { chain: 'none', sequences: [1] },
      { chain: 'organization:1', sequences: [1, 2] },
      { chain: 'organization:2', sequences: [1] },
    ]);
    const exported = await test.app.get(AuditHeads).export();
    expect(exported.heads.map(({ chain, sequence }) => [chain, sequence])).toEqual([
      ['none', 1],
      ['organization:1', 2],
      ['organization:2', 1],
    ]);
    const evidence = readHeads(JSON.stringify(exported));
    expect(await verify(evidence)).toEqual({
      ok: true,
      checked: 4,
      pending: 0,
      archived: null,
      breaks: 0,
      missing: 0,
      broken: [],
    });
  });

  it('tells each head to the log, outside the database, where it serves as evidence later', async () => {
    for (let n = 1; n <= 2; n += 1) {
      await record(9);
      await seal();
    }
    const { heads } = readHeads(test.logs());
    expect(heads).toContainEqual(expect.objectContaining({ chain: 'organization:9', sequence: 2 }));
    expect(await verify({ heads })).toMatchObject({ ok: true });
    const [tail] = await test.database.query<{ event_id: string }>(
      `SELECT event_id FROM audit_links WHERE chain = 'organization:9' AND sequence = 2`,
    );
    for (const [table, which] of [
      ['audit_events', `id = ${tail?.event_id}`],
      ['audit_links', `event_id = ${tail?.event_id}`],
      ['audit_heads', `chain = 'organization:9' AND sequence = 2`],
    ]) {
      await test.database.query(
        `WITH kept AS (DELETE FROM ${table} WHERE ${which} RETURNING *) SELECT FROM kept`,
      );
    }
    expect(await verify()).toMatchObject({ ok: true }); // within the database nothing shows it
    expect(await verify({ heads })).toMatchObject({
      ok: false,
      breaks: 1,
      broken: [{ chain: 'organization:9', sequence: 2, problem: 'cut' }],
    });
  });

  it('takes no head for evidence that another key signed', async () => {
    const head = await aHead();
    const another = generateKeyPairSync('ed25519').privateKey;
    const signed = (by: KeyObject, kid: string): Head => {
      const text = headText({ ...head, kid });
      return { ...head, kid, signature: sign(null, Buffer.from(text), by).toString('base64url') };
    };
    const problemsOf = async (given: Head) =>
      (await verify({ heads: [given] })).broken.map(({ chain, problem }) => ({ chain, problem }));
    expect(await problemsOf(head)).toEqual([]);
    expect(await problemsOf(signed(another, head.kid))).toEqual([
      { chain: head.chain, problem: 'bad_signature' },
    ]);
    expect(await problemsOf(signed(another, 'another'))).toEqual([
      { chain: head.chain, problem: 'unknown_key' },
    ]);
    expect(await problemsOf({ ...head, hash: '00'.repeat(32) })).toContainEqual({
      chain: head.chain,
      problem: 'bad_signature',
    });
    expect(() => readHeads('{"heads": []}')).toThrow('no heads');
    expect(() => readHeads('\uFEFF{"heads": []}')).toThrow('no heads');
    for (const part of ['chain', 'hash', 'signed_at', 'kid', 'signature'])
      expect(() => readHeads(JSON.stringify({ heads: [{ ...head, [part]: 7 }] }))).toThrow('no heads');
  });

  it('heads are read from a file as an editor saves it: with a byte order mark, and lines that end in CR LF', async () => {
    const head = await aHead();
    const text = JSON.stringify({ heads: [head] });
    expect(readHeads(`\uFEFF${text}\r\n`).heads).toEqual([head]);
    const line = JSON.stringify({ msg: 'sealed', head });
    expect(readHeads(`\uFEFF${line}\r\nno JSON\r\n${line}\r\n`).heads).toEqual([head, head]);
  });

  it('heads are read from a file however many it holds', () => {
    const head = { chain: 'none', sequence: 1, hash: '', signed_at: '', kid: '', signature: '' };
    const heads = Array.from({ length: 300_000 }, () => head);
    expect(readHeads(JSON.stringify({ heads })).heads).toHaveLength(300_000);
  });

  it.each(['audit_links', 'audit_heads'])(
    'goes on where the chain ended when somebody puts the last of all places into %s, and the verification tells of it',
    async (table) => {
      const organization = table === 'audit_links' ? 11 : 12;
      const chain = `organization:${organization}`;
      const last = '9223372036854775807';
      await record(organization);
      await seal();
      await test.database.query(
        table === 'audit_links'
          ? `INSERT INTO audit_links (event_id, chain, sequence, previous_hash, hash) VALUES (-1, '${chain}', ${last}, '', '')`
          : `INSERT INTO audit_heads (chain, sequence, hash, signed_at, kid, signature) VALUES ('${chain}', ${last}, '', now(), '', '')`,
      );
      await record(organization);
      await seal();
      const places = await test.database.query(
        `SELECT sequence::int FROM audit_links WHERE chain = '${chain}' AND sequence < ${last} ORDER BY sequence`,
      );
      expect(places).toEqual([{ sequence: 1 }, { sequence: 2 }]);
      const { heads } = await test.app.get(AuditHeads).export();
      expect(heads).toContainEqual(expect.objectContaining({ chain, sequence: 2 }));
      expect((await verify()).broken).toContainEqual(expect.objectContaining({ chain, sequence: 2 ** 63 }));
      await test.database.query(`DELETE FROM ${table} WHERE sequence = ${last}`);
      expect(await verify()).toMatchObject({ ok: true });
    },
  );

  it('happens by itself', async () => {
    await record(3);
    const sealed = async (): Promise<boolean> =>
      (await test.database.query(`SELECT FROM audit_links WHERE chain = 'organization:3'`)).length === 1;
    await until(sealed);
  });

  it('never passes over an event that got its id early and commits late', async () => {
    const early = dataSource.createQueryRunner();
    await early.startTransaction();
    await test.app.get(AuditService).record(early.manager, { by, action: 'spec.early', organizationId: 4 });
    await record(4);
    await seal();
    expect(await verify()).toMatchObject({ ok: true });
    await early.commitTransaction();
    await early.release();
    await seal();
    const actions = await test.database.query(
      `SELECT e.action FROM audit_links l JOIN audit_events e ON e.id = l.event_id
       WHERE l.chain = 'organization:4' ORDER BY l.sequence`,
    );
    expect(actions).toEqual([{ action: 'spec.acted' }, { action: 'spec.early' }]);
    expect(await verify()).toMatchObject({ ok: true, pending: 0 });
  });

  it('loses nothing and never forks, however many sealers and writers work at once', async () => {
    const other = await test.another();
    const [before] = await test.database.query<{ count: number }>(`SELECT count(*)::int FROM audit_events`);
    // On a machine that stands still for seconds PostgreSQL gives up a wait for a lock. That refusal is an answer, too: who
    // wrote or sealed goes on, and what counts is what was acknowledged.
    let acknowledged = 0;
    const unlessBusy = async (act: () => Promise<unknown>): Promise<boolean> => {
      try {
        await act();
        return true;
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        return false;
      }
    };
    const writer = async (organization: number | null): Promise<void> => {
      for (let n = 0; n < 40; n += 1)
        if (await unlessBusy(() => record(organization, { n }))) acknowledged += 1;
    };
    let writing = true;
    const sealers = [test, other, test, other].map(async ({ app }) => {
      while (writing) await unlessBusy(() => app.get(AuditSealer).seal());
    });
    await Promise.all([5, 5, 5, 6, 6, null, null].map(writer));
    writing = false;
    await Promise.all(sealers);
    await seal();
    await other.close();
    const [count] = await test.database.query<{ events: number; links: number; unsealed: number }>(
      `SELECT count(*)::int AS events, (SELECT count(*)::int FROM audit_links) AS links,
         (SELECT count(*)::int FROM audit_unsealed) AS unsealed FROM audit_events`,
    );
    expect(acknowledged).toBeGreaterThan(0);
    const events = count?.events ?? 0;
    expect(events).toBeGreaterThanOrEqual((before?.count ?? 0) + acknowledged);
    expect(count).toEqual({ events, links: events, unsealed: 0 });
    expect(await verify()).toEqual({
      ok: true,
      checked: events,
      pending: 0,
      archived: null,
      breaks: 0,
      missing: 0,
      broken: [],
    });
  });

  it('calls events that wait to be sealed pending, not broken', async () => {
    await test.app.get(AuditSealer).beforeApplicationShutdown(); // from here on nobody seals by himself
    await record(7);
    expect(await verify()).toMatchObject({ ok: true, pending: 1 });
  });
});

describe('what is sealed', () => {
  it('is every column of an event', async () => {
    const columns = await test.database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'audit_events'
       ORDER BY column_name COLLATE "C"`,
    );
    expect(CANONICAL_MEMBERS).toEqual(columns.map(({ name }) => name));
  });

  it('is JSON in one order and to the last digit', () => {
    expect(
      canonicalJson('{"b": [1.10, 12345678901234567891, -0.5e-7, true, null], "a": {"\\u00e9": "2\\n\\"3"}}'),
    ).toBe('{"a":{"é":"2\\n\\"3"},"b":[1.10,12345678901234567891,-0.5e-7,true,null]}');
    expect(canonicalJson('{"__proto__": 1, "10": 2, "9": 3}')).toBe('{"10":2,"9":3,"__proto__":1}');
  });
});

describe('the service role (L4)', () => {
  it.each(['audit_events', 'audit_links', 'audit_heads'])('can only add to %s', async (table) => {
    await record(8);
    await seal();
    for (const statement of [
      `UPDATE ${table} SET ${table === 'audit_events' ? 'action' : 'chain'} = 'x'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
      `DROP TABLE ${table}`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    ]) {
      await expect(dataSource.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    }
  });
});

describe('shutting down', () => {
  it('a service with a long backlog seals the batch under way, and the next one seals the rest', async () => {
    const another = await test.another();
    const sealer = another.app.get(AuditSealer);
    await test.database.query(
      `INSERT INTO audit_events (action, details) SELECT 'spec.backlog', '{}' FROM generate_series(1, 5000)`,
    );
    const sealing = sealer.seal();
    await sealer.beforeApplicationShutdown();
    expect(await sealing).toBeLessThanOrEqual(1_000);
    await another.close();
    const next = await test.another();
    await next.app.get(AuditSealer).seal();
    await next.close();
    const [row] = await test.database.query(
      `SELECT count(l.*)::int AS sealed FROM audit_events e LEFT JOIN audit_links l ON l.event_id = e.id
       WHERE e.action = 'spec.backlog'`,
    );
    expect(row).toEqual({ sealed: 5_000 });
  });
});
