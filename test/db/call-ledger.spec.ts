import { CallFolding } from '../../src/call-summaries/call-folding.js';
import { CallLedger } from '../../src/call-summaries/call-ledger.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember } from '../support/callers.js';
import { mostLockWaitsDuring } from '../support/lock-waits.js';

let test: TestApp;
let owner: Caller;
let keys: string;
let keyId: number;
let ledger: CallLedger;
let folding: CallFolding;

beforeAll(async () => {
  test = await startTestApp();
  ledger = test.app.get(CallLedger, { strict: false });
  folding = test.app.get(CallFolding, { strict: false });
});
afterAll(() => test.close());
beforeEach(async () => {
  const org = await test.make.org();
  owner = await callingMember(test, org, 'Owner');
  keys = `/api/orgs/${org.id}/api-keys/`;
  keyId = await newKey();
});
afterEach(async () => {
  await ledger.settled();
  await test.database.shiftClock(0);
});

async function newKey(): Promise<number> {
  const { body } = await owner.api.post(keys, { key_type: 'H', key: `canary-${randomText(24)}` });
  return body.id as number;
}

/** Counts `n` calls with an outcome each; every third fails. */
async function count(n: number, id = keyId): Promise<void> {
  const calls = await Promise.all(Array.from({ length: n }, () => ledger.intend(id)));
  for (const [index, call] of calls.entries()) if (call) ledger.settle(call, index % 3 !== 2);
  await ledger.settled();
}

const summaries = async (query = '', id = keyId) =>
  (await owner.api.get(`${keys}${id}/call-summaries/${query}`)).body.results as Record<string, unknown>[];
const usage = async (id = keyId): Promise<number> =>
  (await owner.api.get(`${keys}${id}/`)).body.usage_count as number;
const today = async (): Promise<string> => {
  const [row] = await test.database.query<{ day: string }>(
    `SELECT (app_now() AT TIME ZONE 'UTC')::date::text AS day`,
  );
  return row?.day ?? '';
};
/** Sets app_now() to an instant; it runs on from there. */
async function setClock(instant: string): Promise<void> {
  const [row] = await test.database.query<{ seconds: number }>(
    `SELECT extract(epoch FROM $1::timestamptz - clock_timestamp())::float8 AS seconds`,
    [instant],
  );
  await test.database.shiftClock(row?.seconds ?? 0);
}

it('200 parallel calls with one key are 200, in the count and in the day (K4, T14)', async () => {
  await count(200);
  expect(await usage()).toBe(200);
  expect(await summaries()).toEqual([{ date: await today(), calls: 200, succeeded: 134, failed: 66 }]);
});

it('a call without an outcome is a call; an outcome counts once, the first', async () => {
  const call = await ledger.intend(keyId);
  expect(await summaries()).toMatchObject([{ calls: 1, succeeded: 0, failed: 0 }]);
  ledger.settle(String(call), true);
  ledger.settle(String(call), false);
  await ledger.settled();
  expect(await summaries()).toMatchObject([{ calls: 1, succeeded: 1, failed: 0 }]);
});

it('a disabled key, a deleted one and one that never was get no intent, and spoil nobody else’s in the group (I12)', async () => {
  const [disabled, deleted] = [await newKey(), await newKey()];
  await owner.api.patch(`${keys}${disabled}/`, { enabled: false });
  await owner.api.delete(`${keys}${deleted}/`);
  const ids = [disabled, keyId, deleted, 2_000_000_000, keyId];
  const calls = await Promise.all(ids.map((id) => ledger.intend(id)));
  expect(calls.map((call) => call !== undefined)).toEqual([false, true, false, false, true]);
  expect(await usage()).toBe(2);
});

describe('days', () => {
  it.each([
    ['at midnight', '2031-05-05T23:59:59Z', '2031-05-06T00:00:01Z', ['2031-05-06', '2031-05-05']],
    ['over a leap day', '2032-02-29T12:00:00Z', '2032-03-01T00:00:01Z', ['2032-03-01', '2032-02-29']],
    ['when clocks elsewhere change', '2031-03-30T00:30:00Z', '2031-03-30T23:59:58Z', ['2031-03-30']],
  ])('are UTC days of the database’s clock at sending: %s (K3)', async (_when, first, second, days) => {
    await setClock(first);
    const call = await ledger.intend(keyId);
    await setClock(second);
    await count(1);
    ledger.settle(String(call), true); // the answer came on the next day; it was sent on this one
    await ledger.settled();
    expect((await summaries()).map(({ date }) => date)).toEqual(days);
  });

  it('can be narrowed and paged, newest first', async () => {
    for (const day of ['2031-01-01', '2031-01-02', '2031-01-03']) {
      await setClock(`${day}T12:00:00Z`);
      await count(2);
    }
    const dates = async (query: string) => (await summaries(query)).map(({ date }) => date);
    expect(await dates('')).toEqual(['2031-01-03', '2031-01-02', '2031-01-01']);
    expect(await dates('?date_from=2031-01-02')).toEqual(['2031-01-03', '2031-01-02']);
    expect(await dates('?date_from=2031-01-02&date_to=2031-01-02')).toEqual(['2031-01-02']);
    expect(await dates('?date_from=2031-01-03&date_to=2031-01-02')).toEqual([]);
    expect(await dates('?page_size=2&page=last')).toEqual(['2031-01-01']);
    expect(await dates('?ordering=date')).toEqual(['2031-01-01', '2031-01-02', '2031-01-03']);
    expect(await owner.api.get(`${keys}${keyId}/call-summaries/?date_from=tomorrow`)).toMatchObject({
      status: 400,
      body: { date_from: ['Enter a valid date.'] },
    });
  });

  it('of another organization’s key are not there, whatever the query (K7)', async () => {
    const elsewhere = await test.make.org();
    const stranger = await callingMember(test, elsewhere, 'Owner');
    const url = `/api/orgs/${elsewhere.id}/api-keys/${keyId}/call-summaries/`;
    expect((await stranger.api.get(url)).status).toBe(404);
    expect((await stranger.api.get(`${url}?date_from=bad`)).status).toBe(404);
  });
});

describe('folding', () => {
  it('takes old rows into the summaries: no number changes, not for a moment (K4, T14)', async () => {
    await count(300);
    const before = await summaries();
    await test.database.shiftClock(120);
    let done = false;
    let reads = 0;
    const reading = (async () => {
      for (; !done; reads += 1) {
        const [row] = await test.database.query<{ n: number }>(
          'SELECT sum(calls)::int AS n FROM provider_key_days WHERE provider_key_id = $1',
          [keyId],
        );
        expect(row?.n).toBe(300);
      }
    })();
    const folded = await Promise.all([folding.run(), folding.run(), folding.run()]);
    done = true;
    await reading;
    expect(reads).toBeGreaterThan(1);
    expect(folded.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(300);
    expect(await summaries()).toEqual(before);
    expect(await usage()).toBe(300);
    expect((await owner.api.get(`${keys}${keyId}/`)).body.last_used_at).toMatch(/Z$/);
    await test.database.shiftClock(0);
    await count(3);
    await test.database.shiftClock(120);
    await folding.run();
    expect(await summaries()).toMatchObject([{ calls: 303, succeeded: 202, failed: 101 }]);
  });

  it('waits for an outcome, but not for that of a process that was killed long ago', async () => {
    const open = String(await ledger.intend(keyId));
    const rows = (): Promise<object[]> =>
      test.database.query('SELECT FROM provider_calls WHERE provider_key_id = $1', [keyId]);
    await test.database.shiftClock(30 * 60);
    await folding.run();
    expect(await rows()).toHaveLength(1);
    await test.database.shiftClock(61 * 60);
    await folding.run();
    expect(await rows()).toHaveLength(0);
    ledger.settle(open, true);
    await ledger.settled();
    expect(await summaries()).toMatchObject([{ calls: 1, succeeded: 0, failed: 0 }]);
  });
});

describe('under load and failure', () => {
  it('2,000 calls at once with one key: nobody ever waits for a lock (K5)', async () => {
    const second = await test.another();
    const other = second.app.get(CallLedger, { strict: false });
    const waits = await mostLockWaitsDuring(test.database, async () => {
      await Promise.all([
        ...Array.from({ length: 1_000 }, async () => ledger.settle(String(await ledger.intend(keyId)), true)),
        ...Array.from({ length: 1_000 }, async () => other.settle(String(await other.intend(keyId)), true)),
      ]);
      await Promise.all([ledger.settled(), other.settled()]);
    });
    await second.close();
    expect(waits).toBe(0);
    expect(await summaries()).toMatchObject([{ calls: 2_000, succeeded: 2_000 }]);
  });

  it('an outcome that can’t be written fails nothing: the call stays counted, without an outcome, and the log is told (K6)', async () => {
    const second = await test.another();
    const other = second.app.get(CallLedger, { strict: false });
    const call = String(await other.intend(keyId));
    await test.database.query('REVOKE UPDATE ON provider_calls FROM cryptocomply_service');
    other.settle(call, true);
    await other.settled();
    await test.database.query('GRANT UPDATE ON provider_calls TO cryptocomply_service');
    expect(await summaries()).toMatchObject([{ calls: 1, succeeded: 0, failed: 0 }]);
    await second.close();
    const lines = second.logs().split('\n');
    expect(JSON.parse(lines.find((line) => line.includes('"CallLedger"')) ?? '{}')).toMatchObject({
      msg: 'Outcomes could not be written.',
      lost: 1,
      cause: expect.stringContaining('permission denied'),
    });
  });

  it('a stop in order writes the outcomes that are known', async () => {
    const second = await test.another();
    const other = second.app.get(CallLedger, { strict: false });
    const calls = await Promise.all(Array.from({ length: 20 }, () => other.intend(keyId)));
    for (const call of calls) other.settle(String(call), true);
    await second.close();
    expect(await summaries()).toMatchObject([{ calls: 20, succeeded: 20 }]);
  });

  it('a key with a call can’t be deleted, not even while the call begins', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await newKey();
      const [call, deleted] = await Promise.all([ledger.intend(id), owner.api.delete(`${keys}${id}/`)]);
      expect([call !== undefined, deleted.status]).toEqual(call === undefined ? [false, 204] : [true, 409]);
    }
  });
});
