import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

const OWN = '/api/auth/access-keys/';
const ADMIN = '/api/admin/access-keys/';
const GRANTS = '/api/admin/access-key-grants/';

interface Issued {
  readonly id: number;
  readonly key: string;
}

let test: TestApp;
let staff: Client;
let org: { id: number };
/** An admin key of our own staff, which leaks, and the ordinary account of whoever finds it. */
let maker: MadeUser;
let key: MadeKey;
let mallory: MadeUser;
let asMallory: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
beforeEach(async () => {
  org = await test.make.org();
  maker = await test.make.user({ staff: true });
  key = await test.make.accessKey(maker, { admin: true });
  mallory = await test.make.member(org, 'Analyst');
  asMallory = test.api.as(await sessionOf(test, mallory));
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const through = ({ key: text }: { key: string }): Client => test.api.as({ key: text });
async function sent<T>(api: Client, path: string, body: object = {}, expected = 201): Promise<T> {
  const answer = await api.post(path, body);
  expect({ path, status: answer.status }).toEqual({ path, status: expected });
  return answer.body as T;
}
const statusOf = async (one: { key: string }): Promise<number> =>
  (await through(one).get(`${OWN}current/`)).status;
const report = async (one: { key: string }): Promise<string[]> =>
  (await test.api.post(`${OWN}report-leak/`, { keys: [one.key] })).body.results.map(
    ({ outcome }: { outcome: string }) => outcome,
  );
const suspendedBy = async ({ id }: { id: number }): Promise<number[]> => {
  const path = `/api/admin/audit-events/?action=access_key.reported_leaked&subject_id=${id}`;
  const { results } = (await staff.get(path)).body as { results: { details: { suspended: number[] } }[] };
  return results.flatMap(({ details }) => details.suspended);
};

/** A user-wide key without end for whoever holds the leaked one. */
const planted = (by: { key: string } = key): Promise<Issued> =>
  sent(through(by), ADMIN, { user: mallory.id, access_level: 'full_access', name: 'Planted' });
const rotated = ({ id }: Issued): Promise<Issued> => sent(asMallory, `${OWN}${id}/rotate/`);
async function rotatedAndUsed(old: Issued): Promise<Issued> {
  const successor = await rotated(old);
  expect(await statusOf(successor)).toBe(200);
  return successor;
}
const redeemed = (grant: number): Promise<Issued> =>
  sent(asMallory, `/api/auth/access-key-grants/${grant}/redeem/`);
async function redeemedGrant(): Promise<Issued> {
  const terms = { user: mallory.id, organization: org.id, access_level: 'full_access' };
  const { id } = await sent<Issued>(through(key), GRANTS, { ...terms, name: 'Granted', reason: 'R' });
  return redeemed(id);
}
/** A key that mallory asked for, approved through `by` under `path`, and redeemed. */
async function approved(by: { key: string }, path: string): Promise<Issued> {
  const wish = { organization: org.id, access_level: 'full_access', name: 'Asked for', reason: 'R' };
  const request = await sent<Issued>(asMallory, '/api/auth/access-key-requests/', wish);
  const { access_key_grant: grant } = await sent<{ access_key_grant: number }>(
    through(by),
    `${path}access-key-requests/${request.id}/approve/`,
    {},
    200,
  );
  return redeemed(grant);
}
const approvedByManager = (by: { key: string }): Promise<Issued> => approved(by, `/api/orgs/${org.id}/`);

/** Ways to a key that lasts when the leaked one is gone. */
const WAYS: readonly [string, () => Promise<Issued>][] = [
  ['the successor, in use, of a key that was made through it', async () => rotatedAndUsed(await planted())],
  ['the successor, unused, of a key that was made through it', async () => rotated(await planted())],
  ['a successor of that successor', async () => rotatedAndUsed(await rotatedAndUsed(await planted()))],
  ['the key of a grant that was made through it', redeemedGrant],
  ['the key of a request that was approved through it', () => approved(key, '/api/admin/')],
  ['the successor of the key of a grant', async () => rotatedAndUsed(await redeemedGrant())],
];

describe('What was made through a key, by whomever it went on from there (contract §4)', () => {
  it.each(WAYS)('a report that it leaked suspends %s, and tells staff of it', async (_what, plant) => {
    const kept = await plant();
    expect(await report(key)).toEqual(['revoked']);
    expect(await statusOf(kept)).toBe(401);
    expect((await staff.get(`${ADMIN}${kept.id}/`)).body.status).toBe('suspended');
    expect(await suspendedBy(key)).toContain(kept.id);
  });

  it.each(WAYS)('a revocation with `include_made` ends %s, and names it', async (_what, plant) => {
    const kept = await plant();
    const { body } = await staff.post(`${ADMIN}${key.id}/revoke/`, { include_made: true });
    expect(body.ended).toContainEqual({ type: 'access_key', id: kept.id });
    expect(await statusOf(kept)).toBe(401);
    expect((await staff.get(`${ADMIN}${kept.id}/`)).body.status).toBe('revoked');
  });

  it.each(WAYS)('`made/` names %s', async (_what, plant) => {
    const kept = await plant();
    const { body } = await staff.get(`${ADMIN}${key.id}/made/`);
    expect(body).toContainEqual(expect.objectContaining({ type: 'access_key', id: kept.id }));
  });

  it('goes on through the keys that it led to: what they made is named, and suspended', async () => {
    const manager = await test.make.member(org, 'Administrator');
    const terms = { user: manager.id, organization: org.id, access_level: 'full_access', reason: 'R' };
    const grant = await sent<Issued>(through(key), GRANTS, { ...terms, name: 'Granted' });
    const asManager = test.api.as(await sessionOf(test, manager));
    const first = await sent<Issued>(asManager, `/api/auth/access-key-grants/${grant.id}/redeem/`);
    const second = await approvedByManager(first);
    const invite = { email: (await test.make.user()).email, role: 'Viewer' };
    const invitation = await sent<Issued>(through(first), `/api/orgs/${org.id}/members/`, invite);
    const { body } = await staff.get(`${ADMIN}${key.id}/made/`);
    expect((body as { type: string; id: number }[]).map(({ type, id }) => `${type}:${id}`)).toEqual(
      expect.arrayContaining([
        ...[`access_key:${first.id}`, `access_key:${second.id}`],
        ...[`access_key_grant:${grant.id}`, `invitation:${invitation.id}`],
      ]),
    );
    expect(await report(key)).toEqual(['revoked']);
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401]);
    expect(await suspendedBy(key)).toEqual([first.id, second.id]);
  });

  it('is not what a person made of the key itself: its successor, which the report ends, made its own', async () => {
    const asMaker = test.api.as(await sessionOf(test, maker));
    const cure = await sent<Issued>(asMaker, `${OWN}${key.id}/rotate/`);
    const its = await planted(cure);
    const { body } = await staff.get(`${ADMIN}${key.id}/made/`);
    expect(body).toEqual([]);
    await staff.post(`${ADMIN}${key.id}/revoke/`, { include_made: true });
    expect([await statusOf(cure), await statusOf(its)]).toEqual([200, 200]);
  });
});

/** Waits until the key has reached its end. */
const pass = (seconds: number) => test.database.shiftClock(seconds);
const inAMinute = async (): Promise<Date | undefined> => {
  const [row] = await test.database.query<{ at: Date }>(`SELECT app_now() + interval '1 minute' AS at`);
  return row?.at;
};
async function shortened(api: Client): Promise<void> {
  const { status } = await api.patch(`${ADMIN}${key.id}/`, { expires_at: await inAMinute() });
  expect(status).toBe(200);
  await pass(90);
}
/** A key of a manager, through which a request is approved. */
async function managersKey(): Promise<{ manager: MadeUser; made: MadeKey; kept: Issued }> {
  const manager = await test.make.member(org, 'Administrator');
  const made = await test.make.accessKey(manager, { organization: org });
  return { manager, made, kept: await approvedByManager(made) };
}

describe('A leaked key that is dead when it is reported (docs/adr/0063)', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['itself', () => sent(through(key), `${OWN}current/revoke/`, {}, 200)],
    ['itself, as staff', () => sent(through(key), `${ADMIN}${key.id}/revoke/`, {}, 200)],
    [
      'another key',
      async () => {
        const other = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
        await sent(through(other), `${ADMIN}${key.id}/revoke/`, {}, 200);
      },
    ],
    ['an end that it brought forward itself', () => shortened(through(key))],
    [
      'an end that it brought forward, after which a person revoked it as well',
      async () => {
        await shortened(through(key));
        await sent(staff, `${ADMIN}${key.id}/revoke/`, {}, 200);
      },
    ],
  ])('through %s, keeps nothing that it made from being suspended', async (_how, die) => {
    const kept = [await planted(), await rotatedAndUsed(await planted()), await redeemedGrant()];
    await die();
    expect(await report(key)).toEqual(expect.arrayContaining([expect.stringMatching(/revoked$/)]));
    expect(await Promise.all(kept.map(statusOf))).toEqual([401, 401, 401]);
    expect(await suspendedBy(key)).toEqual(expect.arrayContaining(kept.map(({ id }) => id)));
  });

  it('through a successor that was made through it and used, keeps nothing from being suspended either', async () => {
    const { made, kept } = await managersKey();
    const thief = await sent<Issued>(through(made), `${OWN}current/rotate/`, { grace_seconds: 0 });
    expect([await statusOf(thief), await statusOf(made)]).toEqual([200, 401]);
    await report(made);
    expect([await statusOf(thief), await statusOf(kept)]).toEqual([401, 401]);
    expect(await suspendedBy(made)).toEqual([kept.id]);
  });

  it('suspends that once: what staff let work again afterwards, no repeated report stops', async () => {
    const kept = await planted();
    await sent(through(key), `${OWN}current/revoke/`, {}, 200);
    expect(await report(key)).toEqual(['already_revoked']);
    expect(await statusOf(kept)).toBe(401);
    await sent(staff, `${ADMIN}${kept.id}/resume/`, {}, 200);
    expect(await report(key)).toEqual(['already_revoked']);
    expect(await statusOf(kept)).toBe(200);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['that a person revoked', () => sent(staff, `${ADMIN}${key.id}/revoke/`, {}, 200)],
    ['whose end a person brought forward', () => shortened(staff)],
    [
      'that expired by itself, though it was revoked through a key since',
      async () => {
        await test.database.query('UPDATE access_keys SET expires_at = app_now() WHERE id = $1', [key.id]);
        const other = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
        await sent(through(other), `${ADMIN}${key.id}/revoke/`, {}, 200);
      },
    ],
  ])('%s, lets what it made work on', async (_how, die) => {
    const kept = await planted();
    await die();
    await report(key);
    expect(await statusOf(kept)).toBe(200);
    expect(await suspendedBy(key)).toEqual([]);
  });

  it('for a successor that its user made, lets what it made work on', async () => {
    const { manager, made, kept } = await managersKey();
    const asManager = test.api.as(await sessionOf(test, manager));
    const cure = await sent<Issued>(asManager, `${OWN}${made.id}/rotate/`, { grace_seconds: 0 });
    expect([await statusOf(cure), await statusOf(made)]).toEqual([200, 401]);
    await report(made);
    expect([await statusOf(cure), await statusOf(kept)]).toEqual([200, 200]);
  });
});

describe('GET /api/auth/access-keys/{id}/made/', () => {
  const seen = async (api: Client, of: { id: number } = key): Promise<string[]> => {
    const { status, body } = await api.get(`${OWN}${of.id}/made/`);
    expect(status).toBe(200);
    return (body as { type: string }[]).map(({ type }) => type).toSorted();
  };
  /** A user-wide key and a password link of somebody else's, and a grant in the organization. */
  async function makeSome(): Promise<void> {
    await planted();
    await sent(through(key), `/api/admin/users/${mallory.id}/password-link/`);
    await redeemedGrant();
  }

  it('tells what is in no organization to whoever acts as staff alone: not through another key of theirs', async () => {
    await makeSome();
    const [plain, admin] = [
      await test.make.accessKey(maker, { level: 'read_only' }),
      await test.make.accessKey(maker, { level: 'read_only', admin: true }),
    ];
    expect(await seen(through(plain))).toEqual([]);
    expect(await seen(through(admin))).toEqual(['access_key', 'password_link']);
    const all = ['access_key', 'access_key', 'access_key_grant', 'password_link'];
    expect(await seen(test.api.as(await sessionOf(test, maker)))).toEqual(all);
  });

  it('tells who is staff no longer nothing of that, nor of organizations that they are in no more', async () => {
    await makeSome();
    await test.database.query('UPDATE users SET is_staff = false WHERE id = $1', [maker.id]);
    expect(await seen(test.api.as(await sessionOf(test, maker)))).toEqual([]);
  });

  it('tells a member of what their role lets them see, and once they are removed of nothing', async () => {
    const { manager, made } = await managersKey();
    const invite = { email: (await test.make.user()).email, role: 'Viewer' };
    await sent(through(made), `/api/orgs/${org.id}/members/`, invite);
    const asManager = test.api.as(await sessionOf(test, manager));
    expect(await seen(asManager, made)).toEqual(['access_key', 'access_key_grant', 'invitation']);
    await test.database.query(
      `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')
       WHERE user_id = $1`,
      [manager.id],
    );
    expect(await seen(asManager, made)).toEqual(['invitation']);
    await test.database.query('DELETE FROM members WHERE user_id = $1', [manager.id]);
    expect(await seen(asManager, made)).toEqual([]);
  });

  it('tells everybody of the successors of their own', async () => {
    const wide = await test.make.accessKey(mallory);
    const confined = await test.make.accessKey(mallory, { organization: org });
    for (const one of [wide, confined]) {
      await sent(through(one), `${OWN}current/rotate/`);
      expect(await seen(asMallory, one)).toEqual(['access_key']);
    }
  });
});
