import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeKey } from '../support/factory.js';
import { changedInBetween, hold } from '../support/hold.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
afterAll(() => test.close());

const adminKey = async (): Promise<MadeKey> =>
  test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
const lock = (table: string, id: number) => `SELECT FROM ${table} WHERE id = ${id} FOR UPDATE`;
const statusOf = async (name: string): Promise<string | undefined> => {
  const [row] = await test.database.query<{ status: string }>(
    `SELECT access_key_status(k, false) AS status FROM access_keys k WHERE name = $1`,
    [name],
  );
  return row?.status;
};

describe('What a key makes until it is held itself is found as well (contract §4)', () => {
  /** An admin key, a key made through it, and the statement that makes one more through that. */
  async function chain(name: string): Promise<{ first: MadeKey; made: number; one: string }> {
    const first = await adminKey();
    const user = await test.make.user();
    const order = { user: user.id, access_level: 'read_only', name: 'Made' };
    const made = (await test.api.as({ key: first.key }).post('/api/admin/access-keys/', order)).body as {
      id: number;
    };
    const one = `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
      SELECT reverse(prefix), sha256('${name}'), user_id, access_level, '${name}', 'access_key:' || id
      FROM access_keys WHERE id = ${made.id}`;
    return { first, made: made.id, one };
  }

  it('a leak report suspends what a made key made while the report waited for it', async () => {
    const { first, made, one } = await chain('Made while reported');
    const report = () => test.api.post('/api/auth/access-keys/report-leak/', { keys: [first.key] });
    const answer = await changedInBetween(test.database, lock('access_keys', made), report, one);
    expect(answer.body).toEqual({ results: [{ index: 0, outcome: 'revoked' }] });
    expect(await statusOf('Made while reported')).toBe('suspended');
  });

  it('a revocation with include_made revokes what a made key made while it waited for it', async () => {
    const { first, made, one } = await chain('Made while revoked');
    const revoke = () => staff.post(`/api/admin/access-keys/${first.id}/revoke/`, { include_made: true });
    const answer = await changedInBetween(test.database, lock('access_keys', made), revoke, one);
    expect(answer).toMatchObject({ status: 200 });
    expect(await statusOf('Made while revoked')).toBe('revoked');
  });

  it('a revocation with include_made frees the key whose unused successor it ends', async () => {
    const first = await adminKey();
    const user = await test.make.user();
    const old = await test.make.accessKey(user);
    const api = test.api.as({ key: first.key });
    const successor = await api.post(`/api/admin/access-keys/${old.id}/rotate/`, {});
    expect(successor.status).toBe(201);
    await staff.post(`/api/admin/access-keys/${first.id}/revoke/`, { include_made: true });
    expect((await test.api.as({ key: successor.body.key }).get('/api/orgs/')).status).toBe(401);
    const answer = await test.api.as({ key: old.key }).get('/api/orgs/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cryptocomply-key-superseded-by')).toBeNull();
    const [row] = await test.database.query(
      'SELECT replaced_by_id, grace_seconds FROM access_keys WHERE id = $1',
      [old.id],
    );
    expect(row).toEqual({ replaced_by_id: null, grace_seconds: null });
  });
});

describe('What opens something later is judged once more under the lock of who made it (contract §4)', () => {
  const suspend = ({ id }: MadeKey) => staff.post(`/api/admin/access-keys/${id}/suspend/`, {});

  /** Sends what uses something that `key` made, lets it wait for the row that `sql` holds, and suspends the key meanwhile. */
  async function usedWhileSuspended(key: MadeKey, sql: string, use: () => Promise<Answer>): Promise<Answer> {
    const held = await hold(test.database, sql);
    const answer = use();
    await held.waitedFor();
    expect((await suspend(key)).status).toBe(200);
    await held.finish();
    return answer;
  }

  async function granted(
    by: Client,
    path: string,
  ): Promise<{ id: number; org: number; redeem: () => Promise<Answer> }> {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Analyst');
    const order = { user: user.id, organization: org.id, access_level: 'read_only', name: 'G', reason: 'R' };
    const { body } = await by.post(path, order);
    const api = test.api.as(await sessionOf(test, user));
    return {
      id: body.id,
      org: org.id,
      redeem: () => api.post(`/api/auth/access-key-grants/${body.id}/redeem/`),
    };
  }

  it('a grant is not redeemed when the key that made it was suspended while the redemption waited', async () => {
    const key = await adminKey();
    const grant = await granted(test.api.as({ key: key.key }), '/api/admin/access-key-grants/');
    const answer = await usedWhileSuspended(key, lock('organizations', grant.org), grant.redeem);
    expect(answer).toMatchObject({ status: 409, body: { code: 'grant_void' } });
    expect(await test.database.query(`SELECT FROM access_keys WHERE organization_id = ${grant.org}`)).toEqual(
      [],
    );
  });

  it('nor when the one who granted it stopped being staff', async () => {
    const maker = await test.make.user({ staff: true });
    const grant = await granted(test.api.as(await bearerOf(test, maker)), '/api/admin/access-key-grants/');
    const answer = await changedInBetween(
      test.database,
      `UPDATE users SET is_staff = false WHERE id = ${maker.id}`,
      grant.redeem,
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'grant_void' } });
  });

  it('nor when the manager who approved it lost the permission', async () => {
    const org = await test.make.org();
    const [user, manager] = [
      await test.make.member(org, 'Analyst'),
      await test.make.member(org, 'Administrator'),
    ];
    const member = test.api.as(await sessionOf(test, user));
    const asked = { organization: org.id, access_level: 'read_only', name: 'Asked', reason: 'R' };
    const request = (await member.post('/api/auth/access-key-requests/', asked)).body as { id: number };
    const approved = await test.api
      .as(await sessionOf(test, manager))
      .post(`/api/orgs/${org.id}/access-key-requests/${request.id}/approve/`, {});
    expect(approved.status).toBe(200);
    const [grant] = await test.database.query<{ id: number }>(
      `SELECT id FROM access_key_grants WHERE user_id = ${user.id}`,
    );
    const answer = await changedInBetween(
      test.database,
      lock('organizations', org.id),
      () => member.post(`/api/auth/access-key-grants/${grant?.id}/redeem/`),
      `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')
       WHERE id = ${manager.memberId}`,
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'grant_void' } });
  });

  it('an invitation is not accepted when the key that made it was suspended while the acceptance waited', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const key = await test.make.accessKey(owner);
    const user = await test.make.user();
    const invite = { email: user.email, role: 'Viewer' };
    const invited = await test.api.as({ key: key.key }).post(`/api/orgs/${org.id}/members/`, invite);
    expect(invited.status).toBe(201);
    const api = test.api.as(await sessionOf(test, user));
    const accept = () => api.post(`/api/auth/invitations/${invited.body.id}/accept/`);
    const answer = await changedInBetween(
      test.database,
      `UPDATE access_keys SET suspended_at = app_now() WHERE id = ${key.id}`,
      accept,
    );
    expect(answer.status).toBe(404);
    expect(await test.database.query(`SELECT FROM members WHERE user_id = ${user.id}`)).toEqual([]);
  });

  it('an invitation is not accepted when a key raised it, and was suspended, while the acceptance waited', async () => {
    const org = await test.make.org();
    const [sender, raiser] = [await test.make.member(org, 'Owner'), await test.make.member(org, 'Owner')];
    const key = await test.make.accessKey(raiser);
    const user = await test.make.user();
    const invite = { email: user.email, role: 'Viewer' };
    const { body } = await test.api
      .as(await bearerOf(test, sender))
      .post(`/api/orgs/${org.id}/members/`, invite);
    const api = test.api.as(await sessionOf(test, user));
    const suspension = await hold(
      test.database,
      `UPDATE access_keys SET suspended_at = app_now() WHERE id = ${key.id}`,
    );
    const raise = await hold(test.database, lock('organizations', org.id));
    const answer = api.post(`/api/auth/invitations/${body.id}/accept/`);
    await raise.waitedFor();
    await raise.finish(
      `UPDATE members SET invited_by_id = ${raiser.id}, invited_via = 'access_key:${key.id}' WHERE id = ${body.id}`,
    );
    await suspension.waitedFor();
    await suspension.finish();
    expect((await answer).status).toBe(404);
    expect(await test.database.query(`SELECT FROM members WHERE user_id = ${user.id}`)).toEqual([]);
  });

  it('a password link sets nothing when the key that made it was suspended meanwhile', async () => {
    const key = await adminKey();
    const user = await test.make.user();
    const { body } = await test.api.as({ key: key.key }).post(`/api/admin/users/${user.id}/password-link/`);
    const passwordOf = () =>
      test.database.query('SELECT password_hash, auth_epoch FROM users WHERE id = $1', [user.id]);
    const before = await passwordOf();
    const use = () =>
      test.api.post('/api/auth/password/set/', {
        token: body.token,
        new_password: 'chosen by whoever has the link',
      });
    const answer = await changedInBetween(
      test.database,
      `UPDATE access_keys SET suspended_at = app_now() WHERE id = ${key.id}`,
      use,
    );
    expect(answer).toMatchObject({ status: 400, body: { token: ['This link is invalid or has expired.'] } });
    expect(await passwordOf()).toEqual(before);
  });
});
