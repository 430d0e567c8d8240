import fc from 'fast-check';
import { canonicalEmail } from '../../src/common/canonical-email.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, caller, callingStaff } from '../support/callers.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Caller;
beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
});
afterAll(() => test.close());

const PATH = '/api/admin/users/';

describe('/api/admin/users/', () => {
  it('makes, shows and renames accounts', async () => {
    const created = await staff.api.post(PATH, { email: 'Ada@Example.com', name: ' Ada ' });
    expect(created).toMatchObject({
      status: 201,
      body: { email: 'ada@example.com', name: 'Ada', is_staff: false, is_active: true },
    });
    const path = `${PATH}${created.body.id}/`;
    expect((await staff.api.get(path)).text).toBe(created.text);
    expect(await staff.api.with({ 'if-match': '"1"' }).patch(path, { name: 'Lovelace' })).toMatchObject({
      status: 200,
      body: { name: 'Lovelace', email: 'ada@example.com' },
    });
    expect((await staff.api.with({ 'if-match': '"1"' }).patch(path, { name: 'Byron' })).status).toBe(409);
    const events = await test.database.query(
      `SELECT action, actor_id FROM audit_events WHERE user_id = $1 ORDER BY id`,
      [created.body.id],
    );
    expect(events).toEqual([
      { action: 'user.created', actor_id: staff.id },
      { action: 'user.changed', actor_id: staff.id },
    ]);
  });

  it('lists with search, filters and order', async () => {
    const accounts = [
      [{}, 'm@example.com', 'Turing'],
      [{}, 'z@example.com', 'Turing'],
      [{}, 'a@example.com', 'Turing'],
      [{}, 'c@example.com', 'Church'],
      [{ staff: true }, 's@example.com', 'Turing'],
      [{ active: false }, 'i@example.com', 'Turing'],
    ] as const;
    for (const [kind, email, name] of accounts) {
      const { id } = await test.make.user(kind);
      await test.database.query('UPDATE users SET email = $2, name = $3 WHERE id = $1', [id, email, name]);
    }
    const listed = async (ordering: string): Promise<string[]> => {
      const query = `search=turing&is_staff=false&is_active=true&ordering=${ordering}`;
      const { results } = (await staff.api.get(`${PATH}?${query}`)).body;
      return (results as { email: string }[]).map(({ email }) => email);
    };
    expect(await listed('email')).toEqual(['a@example.com', 'm@example.com', 'z@example.com']);
    expect(await listed('-email')).toEqual(['z@example.com', 'm@example.com', 'a@example.com']);
  });

  it('is_staff, is_active, the e-mail and the password can not be set (G3)', async () => {
    const extra = {
      is_staff: true,
      isStaff: true,
      is_active: false,
      password: 'x',
      password_hash: 'x',
      id: 1,
    };
    const created = await staff.api.post(PATH, { email: 'g3@example.com', name: 'G3', ...extra });
    expect(created.body).toMatchObject({ is_staff: false, is_active: true });
    const path = `${PATH}${created.body.id}/`;
    const patched = await staff.api.patch(path, { ...extra, email: 'other@example.com', auth_epoch: 9 });
    expect(patched.body).toEqual(created.body);
    expect(JSON.stringify(patched.body)).not.toContain('password');
    const [row] = await test.database.query(
      `SELECT password_hash, is_staff, auth_epoch FROM users WHERE id = ${created.body.id}`,
    );
    expect(row).toEqual({ password_hash: null, is_staff: false, auth_epoch: 1 });
  });

  it('404 comes before 400, and every wrong field is told at once', async () => {
    expect((await staff.api.patch(`${PATH}999999/`, { name: '' })).status).toBe(404);
    expect((await staff.api.post(`${PATH}999999/deactivate/`)).status).toBe(404);
    expect((await staff.api.post(PATH, {})).body).toEqual({
      email: ['This field is required.'],
      name: ['This field is required.'],
    });
    expect((await staff.api.post(PATH, { email: ['a@example.com'], name: 'x'.repeat(151) })).body).toEqual({
      email: ['Enter a valid email address.'],
      name: ['Ensure this field has no more than 150 characters.'],
    });
  });
});

describe('one person has one account (D10)', () => {
  it('whatever way the e-mail is spelled', async () => {
    expect((await staff.api.post(PATH, { email: 'Istvan.i@example.com', name: 'First' })).status).toBe(201);
    for (const email of [
      'istvan.i@example.com',
      '  ISTVAN.I@EXAMPLE.COM\t',
      'istvan.i＠example.com',
      'ｉｓｔｖａｎ.ｉ@ｅｘａｍｐｌｅ.ｃｏｍ',
      'İstvan.İ@example.com',
      'istvan.i@example.com.',
      'istvan.i@example.com... ',
      'istvan.i@example。com',
      'iſtvan.i@example.com',
    ]) {
      expect(await staff.api.post(PATH, { email, name: 'Second' })).toMatchObject({
        status: 400,
        body: { non_field_errors: ['A user with this email already exists.'] },
      });
    }
  });

  it('an internationalized domain is one with its ASCII form', async () => {
    expect(await staff.api.post(PATH, { email: 'a@bücher.example', name: 'First' })).toMatchObject({
      status: 201,
      body: { email: 'a@xn--bcher-kva.example' },
    });
    expect((await staff.api.post(PATH, { email: 'a@XN--BCHER-KVA.example', name: 'Second' })).status).toBe(
      400,
    );
  });

  it('what is no address is refused: look-alike letters, white space inside, no domain', async () => {
    for (const email of [
      'plain',
      '@example.com',
      'a@',
      'a@localhost',
      'a@@example.com',
      'a b@example.com',
      'a@exa mple.com',
      'a.@example.com',
      '.a@example.com',
      'a..b@example.com',
      'istvan.ı@example.com',
      'аda@example.com', // Cyrillic
      'a\u200b@example.com',
      'a@example.com\r\nBcc: b@example.com',
      'a@-example.com',
      'a@127.0.0.1',
      'a@[127.0.0.1]',
      `${'a'.repeat(65)}@example.com`,
    ]) {
      expect({ email, body: (await staff.api.post(PATH, { email, name: 'X' })).body }).toEqual({
        email,
        body: { email: ['Enter a valid email address.'] },
      });
    }
    const long = `a@${'b.'.repeat(130)}com`;
    expect((await staff.api.post(PATH, { email: long, name: 'X' })).body).toEqual({
      email: ['Ensure this field has no more than 254 characters.'],
    });
    expect((await staff.api.post(PATH, { email: ' ', name: 'X' })).body).toEqual({
      email: ['This field may not be blank.'],
    });
  });

  it('the canonical form of a canonical form is itself, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()), (text) => {
        const once = canonicalEmail(text);
        expect(canonicalEmail(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of many accounts made at once for one person exactly one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        staff.api.post(PATH, { email: n % 2 ? 'race@example.com' : 'RACE＠example.com', name: 'Race' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(400)]);
  });
});

describe('…/{id}/deactivate/ and …/{id}/activate/', () => {
  it('shut the user out at once, whatever the credential; sessions and tokens never revive (A19)', async () => {
    const user = await test.make.user();
    const { api } = await caller(test, user);
    const clients = [api, test.api.as(await sessionOf(test, user)), test.api.as(await bearerOf(test, user))];
    const statuses = () =>
      Promise.all(clients.map(async (client) => (await client.get('/api/orgs/')).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await staff.api.post(`${PATH}${user.id}/deactivate/`)).toMatchObject({
      status: 200,
      body: { id: user.id, is_active: false },
    });
    expect(await statuses()).toEqual([401, 401, 401]);
    expect(await staff.api.post(`${PATH}${user.id}/activate/`)).toMatchObject({
      status: 200,
      body: { is_active: true },
    });
    expect(await statuses()).toEqual([200, 401, 401]);
    const actions = await test.database.query(
      `SELECT action FROM audit_events WHERE user_id = $1 AND actor_id = $2 ORDER BY id`,
      [user.id, staff.id],
    );
    expect(actions).toEqual([{ action: 'user.deactivated' }, { action: 'user.activated' }]);
  });

  it('a key lets none of our staff in again: that takes a person', async () => {
    const { key } = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    const dismissed = await test.make.user({ staff: true, active: false });
    const user = await test.make.user({ active: false });
    const activate = ({ id }: { id: number }) => test.api.as({ key }).post(`${PATH}${id}/activate/`);
    expect(await activate(dismissed)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(await test.database.query(`SELECT is_active FROM users WHERE id = ${dismissed.id}`)).toEqual([
      { is_active: false },
    ]);
    expect(await activate(user)).toMatchObject({ status: 200 });
  });

  it('are told once in the audit log however often they are repeated', async () => {
    const user = await test.make.user();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => staff.api.post(`${PATH}${user.id}/deactivate/`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(await test.database.query(`SELECT 1 FROM audit_events WHERE user_id = ${user.id}`)).toHaveLength(
      1,
    );
    const [row] = await test.database.query(`SELECT auth_epoch FROM users WHERE id = ${user.id}`);
    expect(row).toEqual({ auth_epoch: 2 });
  });
});
