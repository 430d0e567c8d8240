import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import { changedInBetween } from '../support/hold.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { changedTables, tableSums } from '../support/table-sums.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  await pauseRecurringJobs(test.app); // what they write is no request's
});
afterAll(() => test.close());

const revoke = ({ id }: { id: number }) => `UPDATE access_keys SET revoked_at = app_now() WHERE id = ${id}`;
const logOut = ({ id }: { id: number }) => `UPDATE sessions SET ended_at = app_now() WHERE user_id = ${id}`;
const endTokens = ({ id }: { id: number }) =>
  `UPDATE token_families SET ended_at = app_now() WHERE user_id = ${id}`;
const changePassword = ({ id }: { id: number }) =>
  `UPDATE users SET auth_epoch = auth_epoch + 1 WHERE id = ${id}`;

describe('a credential that ended between guard and write grants nothing (G6)', () => {
  it('staff who logged out, or changed the password, issue, grant, link and reactivate nothing', async () => {
    const user = await test.make.user();
    const order = { user: user.id, access_level: 'full_access', name: 'Late' };
    const [org, elsewhere] = [await test.make.org(), await test.make.org()];
    await test.make.member(org, 'Viewer', user);
    const inactive = await test.make.user({ active: false });
    const sends: ((api: Client) => Promise<Answer>)[] = [
      (api) => api.post('/api/admin/access-keys/', order),
      (api) => api.post('/api/admin/access-key-grants/', { ...order, organization: org.id, reason: 'R' }),
      (api) => api.post(`/api/admin/users/${user.id}/password-link/`),
      (api) => api.post(`/api/admin/users/${inactive.id}/activate/`),
      (api) => api.post(`/api/admin/orgs/${elsewhere.id}/members/`, { user: user.id, role: 'Owner' }),
    ];
    for (const send of sends) {
      for (const end of [logOut, changePassword]) {
        const staff = await test.make.user({ staff: true });
        const api = test.api.as(await sessionOf(test, staff));
        const before = await tableSums(test.database);
        const { status } = await changedInBetween(test.database, end(staff), () => send(api));
        expect(status).toBe(401);
        const changed = changedTables(before, await tableSums(test.database));
        expect(changed).toBe(end === logOut ? 'sessions' : 'users');
      }
    }
    expect(await test.database.query(`SELECT is_active FROM users WHERE id = ${inactive.id}`)).toEqual([
      { is_active: false },
    ]);
  });

  it('an admin key that is revoked meanwhile issues nothing', async () => {
    const key = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    const order = { user: (await test.make.user()).id, access_level: 'full_access', name: 'Late' };
    const answer = await changedInBetween(test.database, revoke(key), () =>
      test.api.as({ key: key.key }).post('/api/admin/access-keys/', order),
    );
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Invalid API key.' } });
    expect(await test.database.query(`SELECT FROM access_keys WHERE user_id = ${order.user}`)).toEqual([]);
  });

  it('a user who was logged out or changed the password makes and rotates no key', async () => {
    const org = await test.make.org();
    for (const [sign, end] of [
      [sessionOf, logOut],
      [sessionOf, changePassword],
      [bearerOf, endTokens],
      [bearerOf, changePassword],
    ] as const) {
      const user = await test.make.member(org, 'Analyst');
      const api = test.api.as(await sign(test, user));
      const { id } = await test.make.accessKey(user);
      const answer = await changedInBetween(test.database, end(user), () =>
        api.post('/api/auth/access-keys/', {
          organization: org.id,
          access_level: 'full_access',
          name: 'Late',
        }),
      );
      expect(answer).toMatchObject({ status: 401 });
      const again = test.api.as(await sign(test, user));
      const rotated = await changedInBetween(test.database, end(user), () =>
        again.post(`/api/auth/access-keys/${id}/rotate/`, {}),
      );
      expect(rotated).toMatchObject({ status: 401 });
      expect(await test.database.query(`SELECT id FROM access_keys WHERE user_id = ${user.id}`)).toEqual([
        { id },
      ]);
    }
  });

  it('a key that was revoked, narrowed, succeeded without grace or shut out by policy meanwhile invites nobody', async () => {
    const invite = (api: Client, { id }: { id: number }) =>
      api.post(`/api/orgs/${id}/members/`, { email: 'late@example.com', role: 'Owner' });
    for (const [change, status] of [
      ['revoked_at = app_now()', 401],
      ['suspended_at = app_now()', 401],
      ['grace_seconds = 0, retires_at = app_now()', 401], // its successor was used
      [`grace_seconds = 60, retires_at = app_now() + interval '60 seconds'`, 201],
      [`access_level = 'read_only'`, 403],
    ] as const) {
      const org = await test.make.org();
      const { id, api } = await callingMember(test, org, 'Owner');
      const answer = await changedInBetween(
        test.database,
        `UPDATE access_keys SET ${change} WHERE user_id = ${id}`,
        () => invite(api, org),
      );
      expect({ change, status: answer.status }).toEqual({ change, status });
    }
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const shutOut = `UPDATE organizations SET allow_user_wide_keys = false WHERE id = ${org.id}`;
    expect(await changedInBetween(test.database, shutOut, () => invite(api, org))).toMatchObject({
      status: 404,
    });
  });

  it('a key of one organization invites there also when user-wide keys are shut out meanwhile', async () => {
    const org = await test.make.org();
    const { key } = await test.make.accessKey(await test.make.member(org, 'Owner'), { organization: org });
    const shutOut = `UPDATE organizations SET allow_user_wide_keys = false WHERE id = ${org.id}`;
    const answer = await changedInBetween(test.database, shutOut, () =>
      test.api
        .as({ key })
        .post(`/api/orgs/${org.id}/members/`, { email: 'not-late@example.com', role: 'Viewer' }),
    );
    expect(answer.status).toBe(201);
  });

  it('an invitation is not accepted by a session that ended meanwhile', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const user = await test.make.user();
    await owner.api.post(`/api/orgs/${org.id}/members/`, { email: user.email, role: 'Owner' });
    const api = test.api.as(await sessionOf(test, user));
    const [invitation] = (await api.get('/api/auth/invitations/')).body.results;
    const answer = await changedInBetween(test.database, logOut(user), () =>
      api.post(`/api/auth/invitations/${invitation.id}/accept/`),
    );
    expect(answer).toMatchObject({ status: 401 });
  });

  it('two rotations of a key by itself at the same time do not lock each other out', async () => {
    const { key } = await test.make.accessKey(await test.make.user());
    const api = test.api.as({ key });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.post('/api/auth/access-keys/current/rotate/', {})),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
  });
});
