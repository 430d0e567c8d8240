import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey } from '../support/factory.js';

let test: TestApp;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
afterAll(() => test.close());

const report = (...keys: unknown[]) => test.api.post('/api/auth/access-keys/report-leak/', { keys });
const outcomesOf = async (...keys: string[]): Promise<string[]> =>
  (await report(...keys)).body.results.map(({ outcome }: { outcome: string }) => outcome);
const works = async ({ key }: { key: string }): Promise<boolean> =>
  (await test.api.as({ key }).get('/api/orgs/')).status === 200;
const newKey = async (): Promise<MadeKey> => test.make.accessKey(await test.make.user());
const rotate = async ({ id }: { id: number }): Promise<MadeKey> =>
  (await staff.post(`/api/admin/access-keys/${id}/rotate/`, {})).body as MadeKey;
const events = (id: number) =>
  test.database.query<{ action: string }>(
    `SELECT action, actor_id, ip, details FROM audit_events WHERE subject_type = 'access_key' AND subject_id = $1 ORDER BY id`,
    [id],
  );

describe('POST /api/auth/access-keys/report-leak/', () => {
  it('what scanners report is taken as it is: lists of findings by GitHub and by gitleaks', async () => {
    const [one, two] = [await newKey(), await newKey()];
    const answer = await test.api.post('/api/auth/access-keys/report-leak/', [
      { token: one.key, type: 'cryptocomply_access_key', url: 'https://example.com/a', source: 'content' },
      { RuleID: 'cryptocomply-access-key', File: 'a.env', Match: `API_KEY=${two.key}`, Secret: two.key },
    ]);
    expect(answer.body).toEqual({
      results: [
        { index: 0, outcome: 'revoked' },
        { index: 1, outcome: 'revoked' },
      ],
    });
    expect([await works(one), await works(two)]).toEqual([false, false]);
  });

  it('a list that is empty, too long, or holds a finding without its key is 400, and revokes nothing', async () => {
    const live = await newKey();
    const send = (list: readonly unknown[]) => test.api.post('/api/auth/access-keys/report-leak/', list);
    for (const [list, problem] of [
      [[], ['This list may not be empty.']],
      [Array(101).fill({ token: live.key }), ['Ensure this field has no more than 100 elements.']],
      [[{ token: live.key }, { url: 'https://example.com/a' }], { 1: ['This field may not be blank.'] }],
    ] as const) {
      const answer = await send(list);
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: { keys: problem } });
    }
    expect(await works(live)).toBe(true);
  });

  it('each key of a batch has its own outcome: garbage in between stops nothing (T11)', async () => {
    const [one, two] = [await newKey(), await newKey()];
    const answer = await report(
      'garbage',
      one.key,
      7,
      `${two.prefix}.${'A'.repeat(32)}`,
      '\u202e😀',
      two.key,
    );
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      results: ['unknown', 'revoked', 'unknown', 'unknown', 'unknown', 'revoked'].map((outcome, index) => ({
        index,
        outcome,
      })),
    });
    expect([await works(one), await works(two)]).toEqual([false, false]);
  });

  it('never repeats a key, neither in the answer nor in a refusal', async () => {
    const key = await newKey();
    expect((await report(key.key, 'unfamiliar')).text).not.toMatch(
      new RegExp(`${key.prefix}|${key.key.slice(9)}|unfamiliar`),
    );
    const refused = await report(key.key, true, '', 'a\0b');
    expect(refused).toMatchObject({
      status: 400,
      body: {
        keys: {
          1: ['Not a valid string.'],
          2: ['This field may not be blank.'],
          3: ['Null characters are not allowed.'],
        },
      },
    });
    expect(refused.text).not.toContain(key.prefix);
  });

  it('takes every successor along: whoever found the key may have rotated it', async () => {
    const first = await newKey();
    const second = await rotate(first);
    await works(second); // its first use, so that it can be rotated itself
    const third = await rotate(second);
    expect(await outcomesOf(first.key)).toEqual(['revoked']);
    for (const key of [first, second, third]) expect(await works(key)).toBe(false);
    expect(await outcomesOf(third.key)).toEqual(['already_revoked']);
  });

  it('a key that was dead already cannot end the key that replaced it: holding a dead key opens nothing', async () => {
    for (const death of ['revoked_at', 'expires_at', 'retires_at']) {
      const old = await newKey();
      const current = await rotate(old);
      await works(current);
      await test.database.query(`UPDATE access_keys SET ${death} = app_now() WHERE id = $1`, [old.id]);
      await report(old.key);
      expect({ death, works: await works(current) }).toEqual({ death, works: true });
    }
  });

  it('but one takes along what was made through it: a thief may have rotated it and let it die', async () => {
    const stolen = await newKey();
    const thief = await test.api
      .as({ key: stolen.key })
      .post('/api/auth/access-keys/current/rotate/', { grace_seconds: 0 });
    await works(thief.body as MadeKey);
    const further = await rotate(thief.body as MadeKey);
    expect(await works(stolen)).toBe(false);
    await report(stolen.key);
    expect([await works(thief.body as MadeKey), await works(further)]).toEqual([false, true]);
  });

  it('an unused successor that leaks does not take the key along that it was to replace', async () => {
    const old = await newKey();
    const successor = await rotate(old);
    expect(await outcomesOf(successor.key)).toEqual(['revoked']);
    expect(await works(old)).toBe(true);
  });

  it('repeating a report changes nothing: the same key twice, in one batch or later, is recorded once (T11)', async () => {
    const key = await newKey();
    expect(await outcomesOf(key.key, key.key)).toEqual(['revoked', 'already_revoked']);
    const { body: before } = await staff.get(`/api/admin/access-keys/${key.id}/`);
    expect(before).toMatchObject({
      status: 'revoked',
      revoked_by: null,
      revoke_reason: 'Reported as leaked.',
    });
    expect(await outcomesOf(key.key)).toEqual(['already_revoked']);
    expect((await staff.get(`/api/admin/access-keys/${key.id}/`)).body).toEqual(before);
    expect(await events(key.id)).toMatchObject([
      { action: 'access_key.revoked', actor_id: null },
      {
        action: 'access_key.reported_leaked',
        actor_id: null,
        ip: '127.0.0.1',
        details: { prefix: key.prefix, revoked: [key.id] },
      },
    ]);
  });

  it('the exposure of a key that was revoked before is recorded as well, and its first reason stays', async () => {
    const key = await newKey();
    await staff.post(`/api/admin/access-keys/${key.id}/revoke/`, { reason: 'Retired' });
    expect(await outcomesOf(key.key)).toEqual(['already_revoked']);
    expect((await events(key.id)).map(({ action }) => action)).toEqual([
      'access_key.revoked',
      'access_key.reported_leaked',
    ]);
    expect((await staff.get(`/api/admin/access-keys/${key.id}/`)).body.revoke_reason).toBe('Retired');
  });

  it('of many reports of one key at the same time exactly one revokes it', async () => {
    const key = await newKey();
    const outcomes = (await Promise.all(Array.from({ length: 8 }, () => outcomesOf(key.key)))).flat();
    expect(outcomes.filter((outcome) => outcome === 'revoked')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already_revoked')).toHaveLength(7);
  });

  it('takes 1 to 100 keys, and a suspended or expired one is revoked like any other', async () => {
    for (const [keys, problem] of [
      [[], 'This list may not be empty.'],
      [Array<string>(101).fill('x'), 'Ensure this field has no more than 100 elements.'],
      ['x', 'Expected a list of items but got type "str".'],
    ]) {
      expect(await test.api.post('/api/auth/access-keys/report-leak/', { keys })).toMatchObject({
        status: 400,
        body: { keys: [problem] },
      });
    }
    const [suspended, expired] = [await newKey(), await newKey()];
    await staff.post(`/api/admin/access-keys/${suspended.id}/suspend/`, {});
    await test.database.query(`UPDATE access_keys SET expires_at = app_now() WHERE id = $1`, [expired.id]);
    expect(await outcomesOf(suspended.key, expired.key, ...Array<string>(98).fill('x'))).toEqual([
      'revoked',
      'revoked',
      ...Array<string>(98).fill('unknown'),
    ]);
  });
});
