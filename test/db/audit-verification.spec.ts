import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import type { Head } from '../../src/audit/chain/head.js';
import { AuditVerifications } from '../../src/audit/verification/audit-verifications.js';
import { VERIFYING_LOCK } from '../../src/audit/verification/audit-verifier.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember, callingStaff } from '../support/callers.js';
import { hold } from '../support/hold.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';

let test: TestApp;
let staff: Caller;
let verifications: AuditVerifications;
beforeEach(async () => {
  test = await startTestApp();
  await pauseRecurringJobs(test.app);
  staff = await callingStaff(test);
  verifications = test.app.get(AuditVerifications, { strict: false });
});
afterEach(() => test.close());

const state = async () => (await staff.api.get('/api/admin/audit-events/verification/')).body as object;

/** Something that is recorded and sealed. */
async function anEvent(): Promise<void> {
  expect((await staff.api.post('/api/admin/orgs/', { name: 'Acme' })).status).toBe(201);
  await test.app.get(AuditSealer, { strict: false }).seal();
}

/** As the database's owner, who can do what the service can't. */
const tamper = () => test.database.query(`UPDATE audit_events SET action = 'nothing.happened'`);

/** Events of five hours that wait to be sealed, one every six seconds, dealt out to three organizations. */
const backlog = (events: number) =>
  test.database.query(
    `INSERT INTO audit_events (at, action, organization_id, actor_credential, request_id, details)
     SELECT app_now() - interval '5 hours' + n * interval '6 seconds', 'spec.acted', 1 + n % 3, 'anonymous', n::text, '{}'
     FROM generate_series(1, ${events}) AS n`,
  );

/** Events at these times, an expression of SQL each, in one chain and sealed together. Gives the id of the first. */
async function sealedAt(...times: string[]): Promise<number> {
  const [first] = await test.database.query<{ id: number }>(
    `INSERT INTO audit_events (at, action, actor_credential, details)
     SELECT at, 'spec.acted', 'anonymous', '{}' FROM unnest(ARRAY[${times.join(', ')}]::timestamptz[]) AS at
     RETURNING id::int`,
  );
  await test.app.get(AuditSealer, { strict: false }).seal();
  return first?.id ?? 0;
}
const NOW = 'app_now()';
const THREE_DAYS_AGO = `app_now() - interval '3 days'`;

const rows = async (): Promise<number> =>
  (await test.database.query('SELECT FROM audit_verifications')).length;

describe('A verification that is told to stop', () => {
  it('breaks off within 200 links, wherever in the process that is said, and keeps nothing', async () => {
    await backlog(1_000);
    await test.app.get(AuditSealer, { strict: false }).seal();
    const stop = new AbortController();
    const checked: number[] = [];
    const stopped = verifications.verify(
      {},
      (done) => {
        checked.push(done);
        setImmediate(() => stop.abort());
      },
      stop.signal,
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(checked).toEqual([200]);
    await expect(verifications.run(stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await state()).toMatchObject({ state: 'never' });
    expect(await verifications.run()).toBe(1_000);
  });
});

describe('GET /api/admin/audit-events/verification/', () => {
  it('never, before anybody verified; then what was found, and when', async () => {
    expect(await state()).toEqual({ state: 'never', finished_at: null, events: null, breaks: null });
    await anEvent();
    expect(await verifications.verify()).toMatchObject({ ok: true, checked: 1 });
    expect(await state()).toEqual({
      state: 'ok',
      finished_at: expect.any(String) as string,
      events: 1,
      breaks: 0,
    });
  });

  it('broken, with the number of findings, until a verification finds the log whole again', async () => {
    await anEvent();
    await tamper();
    expect((await verifications.verify()).ok).toBe(false);
    expect(await state()).toMatchObject({ state: 'broken', events: 1, breaks: 1 });
    await test.database.query(`UPDATE audit_events SET action = 'organization.created'`);
    await verifications.verify();
    expect(await state()).toMatchObject({ state: 'ok', breaks: 0 });
  });

  it('ok after hours in which nobody sealed, however many batches that takes', async () => {
    await backlog(2_500);
    await test.app.get(AuditSealer, { strict: false }).seal();
    expect(await verifications.verify()).toMatchObject({ ok: true, checked: 2_500, breaks: 0, broken: [] });
    expect(await state()).toMatchObject({ state: 'ok', events: 2_500, breaks: 0 });
  });

  it('counts all that is broken, and tells of the first 1,000, for whoever breaks a log may break all of it', async () => {
    await backlog(1_200);
    await test.app.get(AuditSealer, { strict: false }).seal();
    await tamper();
    const { ok, breaks, broken } = await verifications.verify();
    expect({ ok, breaks, told: broken.length }).toEqual({ ok: false, breaks: 1_200, told: 1_000 });
    expect(new Set(broken.map(({ chain, sequence }) => `${chain} ${sequence}`)).size).toBe(1_000);
    expect(await state()).toMatchObject({ state: 'broken', events: 1_200, breaks: 1_200 });
  });

  it('running while somebody verifies, beside what the last time found; one that was killed does not run', async () => {
    await verifications.verify();
    const held = await hold(test.database, `SELECT pg_advisory_xact_lock_shared(${VERIFYING_LOCK})`);
    expect(await state()).toMatchObject({ state: 'running', events: 0, breaks: 0 });
    await held.finish();
    expect(await state()).toMatchObject({ state: 'ok' });
  });

  it('is there for staff alone', async () => {
    const owner = await callingMember(test, await test.make.org(), 'Owner');
    expect(await owner.api.get('/api/admin/audit-events/verification/')).toMatchObject({
      status: 404,
      text: '{"detail":"Not found.","code":"not_found"}',
    });
  });
});

describe('the time of an event', () => {
  const backdated = (sequence: number, event: number) => ({
    chain: 'none',
    sequence,
    event,
    problem: 'backdated',
  });

  it.each(['infinity', '-infinity', '0044-03-15 12:00+00 BC', '12030-01-31 12:00+00'])(
    'that is %s is told, and hides none that was slipped in later',
    async (time) => {
      await sealedAt(NOW);
      const odd = await sealedAt(`'${time}'`);
      await sealedAt(NOW);
      const slipped = await sealedAt(THREE_DAYS_AGO);
      await sealedAt(NOW);
      expect((await verifications.verify()).broken).toEqual([backdated(2, odd), backdated(4, slipped)]);
    },
  );

  it('that is far ahead makes no event that is sealed later a backdated one, and hides none', async () => {
    await sealedAt(NOW, `app_now() + interval '1 year'`);
    await sealedAt(NOW, NOW);
    expect(await verifications.verify()).toMatchObject({ ok: true, broken: [] });
    const slipped = await sealedAt(THREE_DAYS_AGO);
    expect((await verifications.verify()).broken).toEqual([backdated(5, slipped)]);
  });

  it('by a clock that ran ahead is told once it was set right, for one batch', async () => {
    await test.database.shiftClock(24 * 3600);
    await sealedAt(NOW);
    await test.database.shiftClock(0);
    const first = await sealedAt(NOW);
    await sealedAt(NOW);
    expect((await verifications.verify()).broken).toEqual([backdated(2, first)]);
  });

  it('is not hidden by a clock that is set back for the sealing before', async () => {
    await sealedAt(NOW);
    await test.database.shiftClock(-4 * 24 * 3600);
    const before = await sealedAt('now()');
    await test.database.shiftClock(0);
    await sealedAt(THREE_DAYS_AGO);
    expect((await verifications.verify()).broken).toEqual([backdated(2, before)]);
  });
});

describe('the progress of a verification', () => {
  it('is told by an estimate of how many there are, and by none where there is none', async () => {
    await anEvent();
    const told: unknown[] = [];
    const onProgress = (...progress: unknown[]) => told.push(progress);
    for (const estimate of [-1, 777, 0]) {
      await test.database.query(
        `UPDATE pg_class SET reltuples = ${estimate} WHERE oid = 'audit_links'::regclass`,
      );
      await verifications.verify({}, onProgress);
    }
    expect(told).toEqual([
      [1, undefined], // never analyzed
      [1, 777],
      [1, 1],
    ]);
  });
});

describe('heads that were kept outside', () => {
  it('are verified before the transaction begins, each once, and the process does other work in between', async () => {
    await anEvent();
    const [head] = (await test.app.get(AuditHeads, { strict: false }).export()).heads;
    let [turn, verified] = [0, 0];
    const verifiedInTurn = new Map<number, number>();
    const nextTurn = () => {
      turn += 1;
      immediate = setImmediate(nextTurn);
    };
    let immediate = setImmediate(nextTurn);
    const heads = Array.from({ length: 1_000 }, () => ({
      ...(head as Head),
      get signature(): string {
        verified += 1;
        verifiedInTurn.set(turn, (verifiedInTurn.get(turn) ?? 0) + 1);
        return (head as Head).signature;
      },
    }));
    const held = await hold(test.database, `SELECT pg_advisory_xact_lock(${VERIFYING_LOCK})`);
    const verifying = verifications.verify({ heads });
    await held.waitedFor(); // the transaction's first step
    const before = verified;
    await held.finish();
    expect(await verifying).toMatchObject({ ok: true, broken: [] });
    clearImmediate(immediate);
    expect([before, verified]).toEqual([1_000, 1_000]);
    expect(Math.max(...verifiedInTurn.values())).toBeLessThanOrEqual(200);
  });
});

describe('the daily verification', () => {
  it('verifies when nobody did within a day, once for all instances, and not while somebody is at it', async () => {
    const other = await test.another();
    await anEvent();
    const held = await hold(test.database, `SELECT pg_advisory_xact_lock_shared(${VERIFYING_LOCK})`);
    expect(await verifications.run()).toBe(0);
    await held.finish();
    expect(await verifications.run()).toBe(1);
    expect(await other.app.get(AuditVerifications, { strict: false }).run()).toBe(0);
    expect(await rows()).toBe(1);
    await test.database.shiftClock(24 * 3600 + 1);
    expect(await verifications.run()).toBe(1);
    expect(await rows()).toBe(2);
    await other.close();
  });

  it('verifies once the database’s clock, which was ahead, is put right, and then once a day', async () => {
    await anEvent();
    await test.database.shiftClock(365 * 86_400);
    expect(await verifications.run()).toBe(1);
    await test.database.shiftClock(0);
    expect(await verifications.run()).toBe(1);
    expect(await verifications.run()).toBe(0);
  });

  it('tells the log loudly when the audit log is broken', async () => {
    await anEvent();
    await tamper();
    await verifications.run();
    expect(test.logs()).toContain('The audit log is broken.');
  });

  it('a verdict that can not be kept is given all the same, and the log tells of it', async () => {
    await anEvent();
    await test.database.query('ALTER TABLE audit_verifications RENAME TO elsewhere');
    expect(await verifications.verify()).toMatchObject({ ok: true, checked: 1 });
    expect(test.logs()).toContain('What a verification found could not be kept.');
  });
});
