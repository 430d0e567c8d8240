import { SessionActivity } from '../../src/auth/sessions/session-activity.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hold } from '../support/hold.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let activity: SessionActivity;

beforeAll(async () => {
  test = await startTestApp();
  activity = test.app.get(SessionActivity);
  await test.database.query('CREATE SEQUENCE statements');
  await test.database.query(`
    CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM nextval('statements'); RETURN NULL; END $$`);
  await test.database.query(
    `CREATE TRIGGER count_statement AFTER UPDATE ON sessions FOR EACH STATEMENT EXECUTE FUNCTION count_statement()`,
  );
});
afterAll(() => test.close());

/** The ids of `count` live sessions that were last used two minutes ago. */
async function quietSessions(count: number): Promise<number[]> {
  const user = await test.make.user();
  for (let made = 0; made < count; made += 1) await sessionOf(test, user);
  const rows = await test.database.query<{ id: number }>(
    `UPDATE sessions SET last_seen_at = app_now() - interval '2 minutes' WHERE user_id = $1 RETURNING id`,
    [user.id],
  );
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

async function seen(ids: readonly number[]): Promise<number[]> {
  const rows = await test.database.query<{ id: number }>(
    `SELECT id FROM sessions WHERE id = ANY ($1) AND last_seen_at > app_now() - interval '1 minute' ORDER BY id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

async function statements(): Promise<number> {
  const [row] = await test.database.query<{ n: number }>(`SELECT nextval('statements')::int AS n`);
  return row?.n ?? 0;
}

it('uses of many sessions are written by one statement', async () => {
  const ids = await quietSessions(20);
  const before = await statements();
  for (const id of [...ids, ...ids]) activity.note(id);
  await activity.flush();
  expect(await statements()).toBe(before + 2); // theirs, and the counting itself
  expect(await seen(ids)).toEqual(ids);
});

it('a session that somebody holds keeps nobody waiting, and is written after its next use', async () => {
  const ids = await quietSessions(2);
  const [held = 0, free = 0] = ids;
  const other = await hold(test.database, `SELECT FROM sessions WHERE id = ${held} FOR UPDATE`);
  for (const id of ids) activity.note(id);
  await activity.flush();
  expect(await seen(ids)).toEqual([free]);
  await other.finish();
  activity.note(held);
  await activity.flush();
  expect(await seen(ids)).toEqual(ids);
});

it('a write that fails is told in the log and holds up none that follow', async () => {
  const [lost = 0, kept = 0] = await quietSessions(2);
  const quiet = await test.another();
  const noted = quiet.app.get(SessionActivity);
  await test.database.query('ALTER TABLE sessions RENAME TO away');
  noted.note(lost);
  await noted.flush();
  await test.database.query('ALTER TABLE away RENAME TO sessions');
  noted.note(kept);
  await noted.flush();
  expect(await seen([lost, kept])).toEqual([kept]);
  expect(quiet.logs()).toContain('The use of sessions could not be noted.');
  await quiet.close();
});

it('what was noted is written at shutdown', async () => {
  const ids = await quietSessions(3);
  const brief = await test.another();
  for (const id of ids) brief.app.get(SessionActivity).note(id);
  await brief.close();
  expect(await seen(ids)).toEqual(ids);
});
