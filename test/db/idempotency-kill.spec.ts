import { startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client } from '../support/client.js';
import { hold } from '../support/hold.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { bearerOf } from '../support/sign-in.js';
import { until } from '../support/until.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

interface Asking {
  readonly org: { id: number };
  /** Asks a process for a key, always by the same request; `undefined`: the process is gone. */
  ask(service: ServiceProcess): Promise<Answer | undefined>;
}

async function asking(): Promise<Asking> {
  const org = await test.make.org();
  const credential = await bearerOf(test, await test.make.member(org, 'Analyst'));
  const body = { organization: org.id, access_level: 'read_only', name: 'Once' };
  const ask = ({ url }: ServiceProcess): Promise<Answer | undefined> =>
    new Client(url)
      .as(credential)
      .with({ 'idempotency-key': 'one' })
      .post('/api/auth/access-keys/', body)
      .catch(() => undefined);
  return { org, ask };
}

/** The keys of the organization, the rows that remember who issued them, and what is remembered of a key that isn't there. */
async function rowsOf(org: { id: number }): Promise<{ keys: number; remembered: number; strays: number }> {
  const [row] = await test.database.query<{ keys: number; remembered: number; strays: number }>(
    `SELECT count(k.id)::int AS keys, count(i.issued_id)::int AS remembered,
       (SELECT count(*)::int FROM idempotency_keys i WHERE NOT EXISTS (
         SELECT FROM access_keys k WHERE k.id = i.issued_id)) AS strays
     FROM access_keys k LEFT JOIN idempotency_keys i ON i.issued_id = k.id WHERE k.organization_id = $1`,
    [org.id],
  );
  return row ?? { keys: -1, remembered: -1, strays: -1 };
}

/** Resolves when no transaction of the service is open: what the killed process had begun is committed or rolled back. */
function untilSettled(): Promise<void> {
  return until(async () => {
    const open = await test.database.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND usename = 'cryptocomply_service' AND xact_start IS NOT NULL`,
    );
    return open.length === 0;
  });
}

const statusOf = (answer: Answer | undefined): string =>
  answer ? `${answer.status} ${String(answer.body.code ?? '')}`.trim() : 'gone';

describe('kill -9 in between (contract §1, Idempotency-Key)', () => {
  it.each(['access_keys', 'idempotency_keys', 'audit_events'])(
    'before the row of %s is written: neither act nor memory of it is left, and a repeat acts',
    async (table) => {
      const service = await startServiceProcess(test);
      const { org, ask } = await asking();
      const held = await hold(test.database, `LOCK TABLE ${table} IN EXCLUSIVE MODE`);
      const answer = ask(service);
      await held.waitedFor();
      await service.kill();
      await held.finish();
      expect(await answer).toBeUndefined();
      await untilSettled();
      expect(await rowsOf(org)).toMatchObject({ keys: 0, remembered: 0, strays: 0 });

      const another = await startServiceProcess(test);
      expect(statusOf(await ask(another))).toBe('201');
      expect(statusOf(await ask(another))).toBe('409 already_issued');
      await another.kill();
      expect(await rowsOf(org)).toMatchObject({ keys: 1, remembered: 1, strays: 0 });
    },
  );

  it('of 50 equal posts at two processes, one of which is killed amid them, one key is made, and who repeats until told gets its id', async () => {
    let answersSeen = 0;
    for (let round = 0; round < 4; round += 1) {
      const services = await Promise.all([startServiceProcess(test), startServiceProcess(test)]);
      const [stays, goes] = services as [ServiceProcess, ServiceProcess];
      const { org, ask } = await asking();
      const posts = Array.from({ length: 50 }, (_, n) => ask(n % 2 ? stays : goes));
      // the killed one is amid its work as soon as anybody has an answer, or, in the other rounds, at once
      if (round % 2) await Promise.race(posts);
      await goes.kill();
      const answers = await Promise.all(posts);
      await untilSettled();

      const told = answers.map(statusOf);
      expect(told.filter((one) => one === '201').length).toBeLessThanOrEqual(1);
      const known = ['201', '409 already_issued', '409 idempotency_in_progress', 'gone'];
      expect(told.filter((one) => !known.includes(one))).toEqual([]);
      answersSeen += told.filter((one) => one !== 'gone').length;

      const last = await ask(stays);
      expect(['201', '409 already_issued']).toContain(statusOf(last));
      const repeat = await ask(stays);
      expect(statusOf(repeat)).toBe('409 already_issued');
      expect(repeat?.body.id).toBe(last?.body.id);
      expect(await rowsOf(org)).toMatchObject({ keys: 1, remembered: 1, strays: 0 });
      await stays.kill();
    }
    expect(answersSeen).toBeGreaterThan(0);
  });
});
