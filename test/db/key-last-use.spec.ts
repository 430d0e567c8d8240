import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';
import { SERVICE_ROLE } from '../../src/database/embedded/roles.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { MadeKey } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { mostLockWaitsDuring } from '../support/lock-waits.js';

let test: TestApp;
let other: TestApp;

beforeAll(async () => {
  test = await startTestApp();
  other = await test.another();
  // Counts the rows that statements write, by column: what the service does, seen from inside the database.
  await test.database.query(`CREATE TABLE written (key_id integer, narrow boolean)`);
  await test.database.query(`
    CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      INSERT INTO written VALUES (NEW.id,
        to_jsonb(NEW) - '{last_used_at,last_used_ip,last_used_user_agent}'::text[]
          = to_jsonb(OLD) - '{last_used_at,last_used_ip,last_used_user_agent}'::text[]);
      RETURN NEW; END $$`);
  await test.database.query(
    `CREATE TRIGGER count_write AFTER UPDATE ON access_keys FOR EACH ROW EXECUTE FUNCTION count_write()`,
  );
  // And the statements themselves, also those that write nothing.
  await test.database.query('CREATE SEQUENCE statements');
  await test.database.query(`
    CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM nextval('statements'); RETURN NULL; END $$`);
  await test.database.query(
    `CREATE TRIGGER count_statement AFTER UPDATE ON access_keys FOR EACH STATEMENT EXECUTE FUNCTION count_statement()`,
  );
});
afterEach(() => test.database.shiftClock(0));
afterAll(async () => {
  await other.close();
  await test.close();
});

const use = (key: MadeKey, { api }: TestApp = test) => api.as(key).get('/api/orgs/');

async function flush(): Promise<void> {
  for (const { app } of [test, other]) await app.get(KeyLastUse).flush();
}

async function writesTo({ id }: MadeKey): Promise<{ n: number; narrow: boolean | null }> {
  const [row] = await test.database.query<{ n: number; narrow: boolean | null }>(
    'SELECT count(*)::int AS n, bool_and(narrow) AS narrow FROM written WHERE key_id = $1',
    [id],
  );
  return row ?? { n: -1, narrow: null };
}

/** The statements since the last time that this was asked. */
async function statements(): Promise<number> {
  const [row] = await test.database.query<{ n: number }>(
    `SELECT nextval('statements')::int - 1 AS n, setval('statements', 1, false)`,
  );
  return row?.n ?? -1;
}

async function lastUseOf({ id }: MadeKey): Promise<Record<string, unknown>> {
  const [row] = await test.database.query(
    `SELECT extract(epoch FROM last_used_at)::float AS at, last_used_ip AS ip, last_used_user_agent AS agent
     FROM access_keys WHERE id = $1`,
    [id],
  );
  return row ?? {};
}

describe('last use', () => {
  it('200 concurrent requests on one key: one statement a minute, and nobody waits for a lock (A17)', async () => {
    const key = await test.make.accessKey(await test.make.user());
    const rush = async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => use(key)));
      for (const { status } of answers) expect(status).toBe(200);
      await flush();
    };
    await statements();
    const waits = await mostLockWaitsDuring(test.database, async () => {
      await rush();
      await rush();
      expect(await statements()).toBe(1);
      await test.database.shiftClock(61);
      await rush();
      expect(await statements()).toBe(1);
    });
    expect(waits).toBe(0);
    expect(await writesTo(key)).toEqual({ n: 2, narrow: true });
  });

  it('the same over two instances: one write a minute, of these columns alone, and no statement once it is noted (A17)', async () => {
    const key = await test.make.accessKey(await test.make.user());
    const rush = async () => {
      const answers = Array.from({ length: 200 }, (_, n) => use(key, n % 2 ? other : test));
      for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
      await flush();
    };
    for (const [minute, shift] of [0, 61].entries()) {
      await test.database.shiftClock(shift);
      await rush();
      await statements();
      for (let n = 0; n < 2; n += 1) await rush();
      expect(await statements()).toBe(0);
      expect(await writesTo(key)).toEqual({ n: minute + 1, narrow: true });
    }
  });

  it('waits for no lock, and is noted when the lock is gone (A17)', async () => {
    const key = await test.make.accessKey(await test.make.user());
    const held = await hold(test.database, `SELECT FROM access_keys WHERE id = ${key.id} FOR UPDATE`);
    expect((await use(key)).status).toBe(200);
    await flush();
    expect(await lastUseOf(key)).toMatchObject({ at: null });
    await held.finish();
    await use(key);
    await flush();
    expect((await lastUseOf(key)).at).toEqual(expect.any(Number));
  });

  it('that could not be written is written with the next use', async () => {
    const key = await test.make.accessKey(await test.make.user());
    await test.database.query(`REVOKE UPDATE ON access_keys FROM ${SERVICE_ROLE}`);
    expect((await use(key)).status).toBe(200);
    await flush();
    await test.database.query(`GRANT UPDATE ON access_keys TO ${SERVICE_ROLE}`);
    expect(await lastUseOf(key)).toMatchObject({ at: null });
    await use(key);
    await flush();
    expect((await lastUseOf(key)).at).toEqual(expect.any(Number));
  });

  it('keeps when, from where and with what a key was used (T10)', async () => {
    const key = await test.make.accessKey(await test.make.user());
    await test.api.as(key).with({ 'user-agent': 'integrator/1.0' }).get('/api/orgs/');
    await flush();
    expect(await lastUseOf(key)).toMatchObject({ ip: '127.0.0.1', agent: 'integrator/1.0' });
  });

  it('only grows: whatever order uses and moments come in, the time never moves back (A18)', async () => {
    const key = await test.make.accessKey(await test.make.user());
    let last = 0;
    for (const seconds of [0, 300, 60, -600, 301, 400, 399, 1000, 0]) {
      await test.database.shiftClock(seconds);
      await use(key);
      await flush();
      const { at } = await lastUseOf(key);
      expect(at).toBeGreaterThanOrEqual(last);
      last = Number(at);
    }
  });

  it('a failed authentication does not move it; a 403 and a 404 after a good one do (A18)', async () => {
    const user = await test.make.user();
    const wrong = await test.make.accessKey(user);
    await test.api.as({ key: `${wrong.prefix}.${'A'.repeat(32)}` }).get('/api/orgs/');
    const revoked = await test.make.accessKey(user);
    await test.database.query('UPDATE access_keys SET revoked_at = now() WHERE id = $1', [revoked.id]);
    await use(revoked);
    const refused = await test.make.accessKey(user, { level: 'read_only' });
    expect((await test.api.as(refused).post('/api/auth/access-keys/current/revoke/', {})).status).toBe(403);
    const lost = await test.make.accessKey(user);
    expect((await test.api.as(lost).get('/api/orgs/999999/')).status).toBe(404);
    await flush();
    const used = await Promise.all([wrong, revoked, refused, lost].map(lastUseOf));
    expect(used.map(({ at }) => at !== null)).toEqual([false, false, true, true]);
  });

  it('what was collected is written at shutdown', async () => {
    const key = await test.make.accessKey(await test.make.user());
    const brief = await test.another();
    await use(key, brief);
    await brief.close();
    expect((await lastUseOf(key)).at).toEqual(expect.any(Number));
  });
});

describe('the race of revocation (A17)', () => {
  it('a use that was verified before a revocation and is written after it leaves the key revoked, in every column', async () => {
    const key = await test.make.accessKey(await test.make.user());
    const held = await hold(
      test.database,
      `UPDATE access_keys SET revoked_at = app_now(), revoke_reason = 'Race' WHERE id = ${key.id}`,
    );
    expect((await use(key)).status).toBe(200); // verified: the revocation is not committed yet
    await held.finish();
    const shown = () =>
      test.database.query(
        `SELECT to_jsonb(k) - '{last_used_at,last_used_ip,last_used_user_agent}'::text[] AS row FROM access_keys k WHERE id = $1`,
        [key.id],
      );
    const revoked = await shown();
    await flush(); // the use is written now
    expect((await lastUseOf(key)).at).toEqual(expect.any(Number));
    expect(await shown()).toEqual(revoked);
    expect(revoked).toMatchObject([
      { row: { revoke_reason: 'Race', revoked_at: expect.any(String) as string } },
    ]);
    expect((await use(key)).status).toBe(401);
  });

  it('the first use of a successor, paused before its commit, does not undo a revocation of either key', async () => {
    const staff = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    const old = await test.make.accessKey(await test.make.user());
    const { body } = await test.api
      .as(staff)
      .post(`/api/admin/access-keys/${old.id}/rotate/`, { grace_seconds: 0 });
    const held = await hold(test.database, `SELECT FROM access_keys WHERE id = ${old.id} FOR UPDATE`);
    const first = use(body); // judged good; waits for the predecessor's row
    await held.waitedFor();
    await test.database.query('UPDATE access_keys SET revoked_at = app_now() WHERE id = $1', [body.id]);
    await held.finish(`UPDATE access_keys SET revoked_at = app_now() WHERE id = ${old.id}`);
    expect((await first).status).toBe(401);
    expect((await use(old)).status).toBe(401);
    expect((await use(body)).status).toBe(401);
  });
});
