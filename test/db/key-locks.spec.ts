import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import { hold } from '../support/hold.js';

let test: TestApp;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
afterAll(() => test.close());

interface Issued {
  readonly id: number;
  readonly key: string;
}

/** A key and its unused successor, made through `by`, or else through the key itself. */
async function line(by?: Client): Promise<{ old: Issued; successor: Issued }> {
  const old = await test.make.accessKey(await test.make.user());
  const { status, body } = by
    ? await by.post(`/api/admin/access-keys/${old.id}/rotate/`)
    : await test.api.as(old).post('/api/auth/access-keys/current/rotate/');
  expect(status).toBe(201);
  return { old, successor: body as Issued };
}

describe('Keys are locked from older to newer, so that no two acts wait for each other', () => {
  /** Lets an act wait for `older`, and tells whether `newer` is free meanwhile. */
  async function isFreeMeanwhile(older: Issued, newer: Issued, act: () => Promise<Answer>) {
    const held = await hold(test.database, `SELECT FROM access_keys WHERE id = ${older.id} FOR UPDATE`);
    const answer = act();
    await held.waitedFor();
    const free = await test.database.query(
      'SELECT id FROM access_keys WHERE id = $1 FOR UPDATE SKIP LOCKED',
      [newer.id],
    );
    await held.finish();
    return { free, answer: await answer };
  }

  it('a report of a successor waits for the key that it succeeds before it holds the successor', async () => {
    const { old, successor } = await line();
    const { free, answer } = await isFreeMeanwhile(old, successor, () =>
      test.api.post('/api/auth/access-keys/report-leak/', { keys: [successor.key] }),
    );
    expect(free).toEqual([{ id: successor.id }]);
    expect(answer.body).toEqual({ results: [{ index: 0, outcome: 'revoked' }] });
  });

  it('so does whoever revokes, or reports, a key with what was made through it', async () => {
    for (const end of [
      ({ id }: Issued) => staff.post(`/api/admin/access-keys/${id}/revoke/`, { include_made: true }),
      ({ key }: Issued) => test.api.post('/api/auth/access-keys/report-leak/', { keys: [key] }),
    ]) {
      const maker = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
      const { old, successor } = await line(test.api.as(maker));
      const { free, answer } = await isFreeMeanwhile(old, successor, () => end(maker));
      expect(free).toEqual([{ id: successor.id }]);
      expect(answer.status).toBe(200);
      expect((await test.api.as(successor).get('/api/orgs/')).status).toBe(401);
    }
  });
});

it('a first use that loses a deadlock is tried again: no good key is refused for it', async () => {
  const { old, successor } = await line();
  await test.database.query('CREATE SEQUENCE lost');
  await test.database.query(`
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF nextval('lost') <= 2 THEN RAISE 'locked up' USING ERRCODE = 'deadlock_detected'; END IF;
      RETURN NEW;
    END $$`);
  await test.database.query(
    'CREATE TRIGGER lose BEFORE UPDATE OF retires_at ON access_keys FOR EACH ROW EXECUTE FUNCTION lose()',
  );
  expect((await test.api.as(successor).get('/api/orgs/')).status).toBe(200);
  expect(await test.database.query('SELECT last_value::int FROM lost')).toEqual([{ last_value: 3 }]);
  const answer = await test.api.as(old).get('/api/auth/access-keys/current/');
  expect(answer).toMatchObject({ status: 200, body: { retires_at: expect.any(String) } });
});
