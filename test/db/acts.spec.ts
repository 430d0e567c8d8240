import { randomBytes } from 'node:crypto';
import type { Claim } from '../../src/access/claim.js';
import { anonymous, OPERATOR } from '../../src/access/principal.js';
import { Acts } from '../../src/acts/acts.js';
import { asStaff, unjudged } from '../../src/acts/authority.js';
import { PermissionDenied } from '../../src/common/errors.js';
import { startTestApp, type TestApp } from '../support/app.js';

const NOWHERE = { ip: null, userAgent: null, requestId: null };

let test: TestApp;
let acts: Acts;
beforeAll(async () => {
  test = await startTestApp();
  acts = test.app.get(Acts, { strict: false });
});
afterAll(() => test.close());

/** What the acts here told the audit log. */
const events = (): Promise<{ action: string }[]> =>
  test.database.query(`SELECT action FROM audit_events WHERE action LIKE 'trial.%' ORDER BY id`);
afterEach(() => test.database.query(`DELETE FROM audit_events WHERE action LIKE 'trial.%'`));

describe('whoever proved nothing acts with nobody’s authority', () => {
  it.each([
    ['no user', { ...anonymous(NOWHERE), credential: { scheme: 'session', sessionId: 1 } }],
    ['no credential', { ...anonymous(NOWHERE), userId: 1 }],
    ['neither', anonymous(NOWHERE)],
  ])('with %s there is no act as staff', (_what, by) => {
    expect(() => asStaff(by as ReturnType<typeof anonymous>)).toThrow('This act needs a proven caller.');
  });

  it('the operator at the command line acts as staff, and is not judged', async () => {
    await acts.run(asStaff(OPERATOR), (act) => act.record('trial.made', null));
    expect(await events()).toEqual([{ action: 'trial.made' }]);
  });
});

describe('an act', () => {
  const trial = unjudged(anonymous(NOWHERE), 'a trial');

  it('that throws leaves nothing behind; one that returns a refusal is refused, and what it noted stays', async () => {
    const thrown = acts.run(trial, async (act) => {
      await act.record('trial.thrown', null);
      throw new PermissionDenied();
    });
    await expect(thrown).rejects.toThrow(PermissionDenied);
    const returned = acts.run(trial, async (act) => {
      await act.record('trial.returned', null);
      return new PermissionDenied();
    });
    await expect(returned).rejects.toThrow(PermissionDenied);
    expect(await events()).toEqual([{ action: 'trial.returned' }]);
  });

  it('whose caller has ended is told that where the work was refused; a fault of ours stays the fault that it is', async () => {
    const ended = asStaff({
      ...anonymous(NOWHERE),
      userId: 1,
      credential: { scheme: 'session', sessionId: 1 },
    } as unknown as ReturnType<typeof anonymous>);
    const failing = (error: Error) => acts.run(ended, () => Promise.reject(error));
    await expect(failing(new PermissionDenied())).rejects.toThrow('Invalid session.');
    await expect(failing(new Error('A fault of ours.'))).rejects.toThrow('A fault of ours.');
  });

  it('that deadlocks is tried three times in all, and once more is told as what it is', async () => {
    const deadlocks = async (times: number) => {
      let tries = 0;
      const acted = acts.run(trial, async ({ manager }) => {
        tries += 1;
        if (tries <= times)
          await manager.query(`DO $$ BEGIN RAISE 'locked up' USING ERRCODE = 'deadlock_detected'; END $$`);
      });
      const outcome = await acted.then(
        () => 'done',
        ({ message }: Error) => message,
      );
      return { tries, outcome };
    };
    expect(await deadlocks(2)).toEqual({ tries: 3, outcome: 'done' });
    expect(await deadlocks(3)).toEqual({ tries: 3, outcome: 'locked up' });
  });

  it('is the only one of a request that is to be fulfilled once: a second is our own mistake, and does nothing', async () => {
    const claim: Claim = {
      digest: randomBytes(32),
      bodyDigest: randomBytes(32),
      answerOf: () => ({ body: null, version: null }),
    };
    const once = unjudged({ ...anonymous(NOWHERE), claim }, 'a trial');
    await acts.run(once, (act) => act.record('trial.first', null));
    const second = acts.run(once, (act) => act.record('trial.second', null));
    await expect(second).rejects.toThrow('A request that is to be fulfilled once makes one act.');
    expect(await events()).toEqual([{ action: 'trial.first' }]);
  });
});
