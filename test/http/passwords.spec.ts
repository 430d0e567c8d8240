import bcrypt from 'bcrypt';
import { PasswordLinksService } from '../../src/auth/accounts/password-links.service.js';
import { OPERATOR } from '../../src/access/principal.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { PasswordHasher } from '../../src/users/password-hasher.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { logInForTokens, logInToSession, loginHeaders } from '../support/log-in.js';

let test: TestApp;
let hasher: PasswordHasher;
beforeAll(async () => {
  test = await startTestApp();
  hasher = test.app.get(PasswordHasher, { strict: false });
});
afterAll(() => test.close());
afterEach(() => test.database.shiftClock(0));

const GOOD = 'a wholly unusual phrase';

const obtain = (email: string, password: unknown, at = test): Promise<Answer> =>
  at.api.post('/api/auth/token/', { email, password });
const set = (token: string, password: unknown): Promise<Answer> =>
  test.api.post('/api/auth/password/set/', { token, new_password: password });
const newLink = async (user: { id: number }): Promise<string> =>
  (await test.app.get(PasswordLinksService, { strict: false }).create(OPERATOR, user.id)).token;
const events = (user: MadeUser, action: string): Promise<Record<string, unknown>[]> =>
  test.database.query('SELECT * FROM audit_events WHERE user_id = $1 AND action = $2', [user.id, action]);
const hashOf = async (user: MadeUser): Promise<string> => {
  const rows = await test.database.query<{ password_hash: string }>(
    'SELECT password_hash FROM users WHERE id = $1',
    [user.id],
  );
  return rows[0]?.password_hash ?? '';
};

/** Sets `password` through a link and tells whether `attempt` then opens the account. */
async function opens(password: string, attempt: string): Promise<boolean> {
  const user = await test.make.user();
  expect(await set(await newLink(user), password)).toMatchObject({ status: 204 });
  return (await obtain(user.email, attempt)).status === 200;
}

/** What everyone may see of an answer: all but when it was sent and which request it answers. */
function visible({ status, text, headers }: Answer): unknown {
  const shown = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status, text, headers: shown };
}

describe('a password counts whole', () => {
  it('two that differ behind the 72nd byte are two (D1)', async () => {
    const long = 'correct horse battery staple '.repeat(3).slice(0, 72);
    expect(await opens(`${long}x`, `${long}x`)).toBe(true);
    expect(await opens(`${long}x`, `${long}y`)).toBe(false);
    expect(await opens(`${long}x`, long)).toBe(false);
  });

  it('40 × é, which are 80 bytes, and astral characters count to the last one (D1)', async () => {
    expect(await opens('é'.repeat(40), 'é'.repeat(40))).toBe(true);
    expect(await opens('é'.repeat(40), 'é'.repeat(39))).toBe(false);
    expect(await opens('𝄞🜁🝆'.repeat(10), '𝄞🜁🝆'.repeat(10))).toBe(true);
    expect(await opens('𝄞🜁🝆'.repeat(10), `${'𝄞🜁🝆'.repeat(9)}𝄞🜁🝇`)).toBe(false);
  });

  it('a NUL, where bcrypt would stop, and half a character are refused (D1)', async () => {
    const user = await test.make.user();
    for (const [bad, why] of [
      ['unusual phrase\0tail', 'Null characters are not allowed.'],
      ['unusual phrase \ud800', 'Surrogate characters are not allowed: U+D800.'],
    ]) {
      expect(await set(await newLink(user), bad)).toMatchObject({
        status: 400,
        body: { new_password: [why] },
      });
      expect(await obtain(user.email, bad)).toMatchObject({ status: 400, body: { password: [why] } });
    }
  });

  it('is never trimmed and its case is kept (D7)', async () => {
    expect(await opens(` ${GOOD} `, ` ${GOOD} `)).toBe(true);
    expect(await opens(` ${GOOD} `, GOOD)).toBe(false);
    expect(await opens(GOOD, GOOD.toUpperCase())).toBe(false);
  });

  it('composed and decomposed, full-width and plain are the same password (NFKC) (D8)', async () => {
    expect(await opens('café au läit ünd', 'cafe\u0301 au la\u0308it u\u0308nd')).toBe(true);
    expect(await opens('cafe\u0301 au la\u0308it u\u0308nd', 'café au läit ünd')).toBe(true);
    expect(await opens('ｕｎｕｓｕａｌ　ｐｈｒａｓｅ', 'unusual phrase')).toBe(true);
    expect(await opens('café au läit ünd', 'cafe au lait und')).toBe(false);
  });
});

describe('choosing a password (D7)', () => {
  it.each<[string, string]>([
    ['7 characters', 'xk7#qPz'],
    ['7 characters in 14 UTF-16 units', '🜁'.repeat(7)],
    ['7 characters once composed', 'e\u0301'.repeat(7)],
  ])('400 too short: %s', async (_name, password) => {
    expect(await set(await newLink(await test.make.user()), password)).toMatchObject({
      status: 400,
      body: { new_password: ['This password is too short. It must contain at least 8 characters.'] },
    });
  });

  it.each(['password1', 'PASSWORD1', '12345678', 'qwertyuiop', 'ｐａｓｓｗｏｒｄ1'])(
    '400 too common, in whatever case or width: %s',
    async (password) => {
      const answer = await set(await newLink(await test.make.user()), password);
      expect(answer).toMatchObject({ status: 400, body: { new_password: ['This password is too common.'] } });
    },
  );

  it.each([
    'CryptoComply',
    'cryptocomply2026!',
    'MargareteHolm',
    'holm.margarete',
    'mholm99@example.org',
    'mholm99-123',
  ])('400 made of the name, the address or our name: %s', async (password) => {
    const user = await test.make.user();
    await test.database.query(`UPDATE users SET name = 'Margarete Holm', email = $2 WHERE id = $1`, [
      user.id,
      `mholm99@example.org`,
    ]);
    const answer = await set(await newLink(user), password);
    await test.database.query('UPDATE users SET email = $2 WHERE id = $1', [user.id, user.email]);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        new_password: ['This password is too similar to your name, your e-mail address or our name.'],
      },
    });
  });

  it.each<[string, string]>([
    ['8 characters', 'xk7#qPzw'],
    ['8 characters of 16 UTF-16 units', '🜁🝆🜂🝇🜃🝈🜄🝉'],
    ['256 characters', 'unusual '.repeat(32)],
    ['letters alone', 'wonderfulmarmaladekettle'],
    ['one that holds our name and enough besides', 'crypto marmalade kettle'],
  ])('204 for %s: no rule on kinds of characters', async (_name, password) => {
    expect(await set(await newLink(await test.make.user()), password)).toMatchObject({ status: 204 });
  });

  it('400 tells all that is wrong at once', async () => {
    const answer = await set(await newLink(await test.make.user()), 'comply');
    expect(answer.body.new_password).toHaveLength(2);
  });
});

describe('too long a password', () => {
  const TOO_LONG = ['Ensure this field has no more than 256 characters.'];

  it('400 before any hash, at login, change and link (D4)', async () => {
    const user = await test.make.user();
    const { bearer } = await logInForTokens(test, user);
    const token = await newLink(user);
    const before = hasher.hashCalls;
    for (const long of ['x'.repeat(257), '🜁'.repeat(257), 'x'.repeat(30_000), '\ufdfa'.repeat(20)]) {
      expect(await obtain(user.email, long)).toMatchObject({ status: 400, body: { password: TOO_LONG } });
      expect(await set(token, long)).toMatchObject({ status: 400, body: { new_password: TOO_LONG } });
      const change = { current_password: long, new_password: long };
      expect(await test.api.as({ bearer }).post('/api/auth/password/', change)).toMatchObject({
        status: 400,
        body: { current_password: TOO_LONG, new_password: TOO_LONG },
      });
    }
    expect(hasher.hashCalls).toBe(before);
  });

  it('is refused without telling whether the user exists, and so is one of 73 bytes accepted (D2, D4)', async () => {
    const known = await test.make.user();
    await test.make.password(known);
    for (const [password, calls] of [
      ['x'.repeat(257), 0],
      ['x'.repeat(73), 1],
    ] as const) {
      const seen = new Set<string>();
      for (const email of [known.email, 'nobody@example.com']) {
        const before = hasher.hashCalls;
        seen.add(JSON.stringify(visible(await obtain(email, password))));
        expect(hasher.hashCalls - before).toBe(calls);
      }
      expect(seen.size).toBe(1);
    }
  });

  it('a body of 1 MB is 413 (D4)', async () => {
    expect(await obtain('nobody@example.com', 'x'.repeat(1_000_000))).toMatchObject({ status: 413 });
  });
});

describe('logging in with (D3)', () => {
  const make: Record<string, () => Promise<string>> = {
    'an unknown e-mail': async () => 'nobody@example.com',
    'text that is no e-mail': async () => 'nobody',
    'a wrong password': async () => {
      const user = await test.make.user();
      await test.make.password(user, 'another password');
      return user.email;
    },
    'the right password of an inactive user': async () => {
      const user = await test.make.user({ active: false });
      await test.make.password(user, GOOD);
      return user.email;
    },
    'a wrong password of an inactive user': async () => {
      const user = await test.make.user({ active: false });
      await test.make.password(user, 'another password');
      return user.email;
    },
    'a user who never chose a password': async () => (await test.make.user()).email,
  };

  it.each(['/api/auth/token/', '/api/auth/login/'])(
    'an unknown e-mail, a wrong password, an inactive user, no password: one hash and one answer at %s',
    async (path) => {
      const client = test.api.with(await loginHeaders(test));
      const answers = new Map<string, string>();
      for (const [name, emailOf] of Object.entries(make)) {
        const email = await emailOf();
        const before = hasher.hashCalls;
        const answer = await client.post(path, { email, password: GOOD });
        expect([name, hasher.hashCalls - before]).toEqual([name, 1]);
        answers.set(JSON.stringify(visible(answer)), name);
      }
      expect([...answers.keys()]).toHaveLength(1);
      expect(JSON.parse([...answers.keys()][0] ?? '')).toMatchObject({
        status: 401,
        text: '{"detail":"No active account found with the given credentials","code":"no_active_account"}',
      });
    },
  );

  it('the right one costs one hash as well, and the audit log knows the reason of each refusal', async () => {
    const user = await test.make.user();
    await test.make.password(user, GOOD);
    const before = hasher.hashCalls;
    expect(await obtain(user.email, GOOD)).toMatchObject({ status: 200 });
    expect(hasher.hashCalls - before).toBe(1);
    const reasons: Record<string, unknown> = {};
    for (const [index, [name, emailOf]] of Object.entries(make).entries()) {
      const email = await emailOf();
      const client = test.api.with({ 'x-request-id': `refused-login-${index}` });
      expect((await client.post('/api/auth/token/', { email, password: GOOD })).status).toBe(401);
      await test.app.get(RefusalLog, { strict: false }).settled();
      const kept = await test.database.query<{ reason: string }>(
        `SELECT details->>'reason' AS reason FROM audit_events WHERE action = 'login.failed' AND request_id = $1`,
        [`refused-login-${index}`],
      );
      reasons[name] = kept.map(({ reason }) => reason).join();
    }
    expect(reasons).toEqual({
      'an unknown e-mail': 'unknown_email',
      'text that is no e-mail': 'unknown_email',
      'a wrong password': 'wrong_password',
      'the right password of an inactive user': 'user_inactive',
      'a wrong password of an inactive user': 'wrong_password',
      'a user who never chose a password': 'no_password',
    });
  });
});

describe('a flood of logins (D5)', () => {
  it('is answered 429 beyond a bounded queue, while keys go on opening the API', async () => {
    const costly = await test.another({ BCRYPT_COST: '10' });
    const { key } = await test.make.accessKey(await test.make.user());
    const logins = Array.from({ length: 100 }, () => obtain('nobody@example.com', GOOD, costly));
    const calls = Array.from({ length: 20 }, () => costly.api.as({ key }).get('/api/orgs/'));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
    const answers = await Promise.all(logins);
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401).length + refused.length).toBe(100);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('5');
    expect(refused[0]?.body).toEqual({
      detail: 'Request was throttled. Expected available in 5 seconds.',
      code: 'throttled',
    });
    expect(costly.app.get(PasswordHasher, { strict: false }).hashCalls).toBe(100 - refused.length);
    await costly.close();
  });
});

describe('a hash of another cost (D6)', () => {
  it('is renewed by the next login, and only by a good one', async () => {
    const dearer = await test.another({ BCRYPT_COST: '5' });
    const user = await test.make.user();
    await test.make.password(user, GOOD);
    const old = await hashOf(user);
    await obtain(user.email, 'not the one', dearer);
    expect(await hashOf(user)).toBe(old);
    expect(await obtain(user.email, GOOD, dearer)).toMatchObject({ status: 200 });
    expect(bcrypt.getRounds(await hashOf(user))).toBe(5);
    expect(await obtain(user.email, GOOD, dearer)).toMatchObject({ status: 200 });
    await dearer.close();
  });

  it('is not renewed over a password that was changed meanwhile: the new one wins', async () => {
    const dearer = await test.another({ BCRYPT_COST: '5' });
    const user = await test.make.user();
    await test.make.password(user, GOOD);
    const held = await hold(test.database, `SELECT FROM users WHERE id = ${user.id} FOR UPDATE`);
    const waiting = obtain(user.email, GOOD, dearer);
    await held.waitedFor();
    const changed = await hasher.hash('the newer phrase');
    await held.finish(
      `UPDATE users SET password_hash = '${changed}', auth_epoch = auth_epoch + 1 WHERE id = ${user.id}`,
    );
    expect(await waiting).toMatchObject({ status: 401, body: { code: 'no_active_account' } });
    expect(await hashOf(user)).toBe(changed);
    await dearer.close();
  });
});

describe('POST /api/auth/password/', () => {
  const change = (at: Answer | { bearer: string } | { session: string; csrf: string }, body: unknown) =>
    test.api.as(at as { bearer: string }).post('/api/auth/password/', body);

  it('204 with the current password ends every session and family of the user, the own one too (B13, D9)', async () => {
    for (const through of ['bearer', 'session'] as const) {
      const user = await test.make.user();
      const bystander = await logInForTokens(test, await test.make.user());
      const [tokens, session] = [await logInForTokens(test, user), await logInToSession(test, user)];
      const current = await test.make.password(user);
      const body = { current_password: current, new_password: GOOD };
      const answer = await change(through === 'bearer' ? tokens : session, body);
      expect(answer).toMatchObject({ status: 204, text: '' });
      for (const credential of [tokens, session]) {
        expect(await test.api.as(credential).get('/api/auth/me/')).toMatchObject({ status: 401 });
      }
      const { refresh } = tokens;
      expect(await test.api.post('/api/auth/token/refresh/', { refresh })).toMatchObject({ status: 401 });
      expect(await obtain(user.email, current)).toMatchObject({ status: 401 });
      expect(await obtain(user.email, GOOD)).toMatchObject({ status: 200 });
      expect(await test.api.as(bystander).get('/api/auth/me/')).toMatchObject({ status: 200 });
      expect(await events(user, 'password.changed')).toMatchObject([{ actor_id: user.id }]);
    }
  });

  it('400 with a wrong current password or none, and nothing changes (D9)', async () => {
    const user = await test.make.user();
    const tokens = await logInForTokens(test, user);
    const before = await hashOf(user);
    expect(await change(tokens, { current_password: 'not the one', new_password: GOOD })).toMatchObject({
      status: 400,
      body: { current_password: ['Your current password was entered incorrectly.'] },
    });
    expect(await change(tokens, { new_password: GOOD })).toMatchObject({
      status: 400,
      body: { current_password: ['This field is required.'] },
    });
    expect(await hashOf(user)).toBe(before);
    expect(await test.api.as(tokens).get('/api/auth/me/')).toMatchObject({ status: 200 });
    await test.app.get(RefusalLog, { strict: false }).settled();
    expect(await events(user, 'password.refused')).toHaveLength(1);
  });

  it('400 tells at once of a wrong current password and of a new one that breaks the rules, and nothing changes', async () => {
    const user = await test.make.user();
    const tokens = await logInForTokens(test, user);
    const current = await test.make.password(user);
    const before = await hashOf(user);
    const WRONG = { current_password: ['Your current password was entered incorrectly.'] };
    const COMMON = { new_password: ['This password is too common.'] };
    for (const [given, wanted, told] of [
      ['not the one', 'password1', { ...WRONG, ...COMMON }],
      [current, 'password1', COMMON],
      ['not the one', GOOD, WRONG],
    ] as const) {
      const { status, body } = await change(tokens, { current_password: given, new_password: wanted });
      expect({ status, body }).toEqual({ status: 400, body: told });
    }
    expect(await hashOf(user)).toBe(before);
    await test.app.get(RefusalLog, { strict: false }).settled();
    expect(await events(user, 'password.refused')).toHaveLength(2);
  });

  it('of two changes at once one wins; the other is told, or is out already', async () => {
    const user = await test.make.user();
    const tokens = await logInForTokens(test, user);
    const current = await test.make.password(user);
    const wanted = ['marmalade kettle one', 'marmalade kettle two'];
    const answers = await Promise.all(
      wanted.map((password) => change(tokens, { current_password: current, new_password: password })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(204);
    expect([400, 401, 409]).toContain(statuses[1]);
    const opened = await Promise.all(wanted.map((password) => obtain(user.email, password)));
    expect(opened.map(({ status }) => status === 200)).toEqual(answers.map(({ status }) => status === 204));
  });

  it('403 for a key: no key can change a password (A11)', async () => {
    const user = await test.make.user();
    const { key } = await test.make.accessKey(user);
    const current = await test.make.password(user);
    const answer = await test.api
      .as({ key })
      .post('/api/auth/password/', { current_password: current, new_password: GOOD });
    expect(answer).toMatchObject({ status: 403, body: { code: 'wrong_credential_kind' } });
  });
});

describe('one-time links', () => {
  const INVALID = { token: ['This link is invalid or has expired.'] };

  it('staff make one, 201: a token, the page that takes it, and when it expires (D9)', async () => {
    const staff = await logInForTokens(test, await test.make.user({ staff: true }));
    const user = await test.make.user();
    const answer = await test.api.as(staff).post(`/api/admin/users/${user.id}/password-link/`);
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.body).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
      url: `http://127.0.0.1:8000/set-password#token=${answer.body.token}`,
      expires_at: expect.stringMatching(/Z$/),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await set(answer.body.token, GOOD)).toMatchObject({ status: 204 });
    expect(await obtain(user.email, GOOD)).toMatchObject({ status: 200 });
    expect(await events(user, 'password_link.created')).toHaveLength(1);
    expect(await events(user, 'password_link.used')).toMatchObject([{ actor_id: user.id }]);
  });

  it('one that is none is told together with what any password would lack', async () => {
    const { status, body } = await set('x'.repeat(43), 'pass');
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        ...INVALID,
        new_password: [
          'This password is too short. It must contain at least 8 characters.',
          'This password is too common.',
        ],
      },
    });
    expect((await set('x'.repeat(43), GOOD)).body).toEqual(INVALID);
  });

  it('404 for everyone who is not staff, for an unknown user too; 409 for a deactivated one (D9)', async () => {
    const user = await test.make.user();
    const path = `/api/admin/users/${user.id}/password-link/`;
    const self = await logInForTokens(test, user);
    const staffUser = await test.make.user({ staff: true });
    const staff = await logInForTokens(test, staffUser);
    const plainKey = await test.make.accessKey(staffUser);
    const readOnly = await test.make.accessKey(staffUser, { level: 'read_only', admin: true });
    expect(await test.api.post(path)).toMatchObject({ status: 401 });
    expect(await test.api.as(self).post(path)).toMatchObject({ status: 404 });
    expect(await test.api.as({ key: plainKey.key }).post(path)).toMatchObject({ status: 404 });
    expect(await test.api.as({ key: readOnly.key }).post(path)).toMatchObject({ status: 403 });
    expect(await test.api.as(staff).post('/api/admin/users/2000000000/password-link/')).toMatchObject({
      status: 404,
    });
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(await test.api.as(staff).post(path)).toMatchObject({
      status: 409,
      body: { code: 'user_inactive' },
    });
  });

  it('through an admin key none for staff: it would turn the key into a session of staff (A11)', async () => {
    const [staff, user] = [await test.make.user({ staff: true }), await test.make.user()];
    const { key } = await test.make.accessKey(staff, { admin: true });
    const link = ({ id }: MadeUser): Promise<Answer> =>
      test.api.as({ key }).post(`/api/admin/users/${id}/password-link/`);
    for (const target of [staff, await test.make.user({ staff: true })]) {
      expect(await link(target)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    }
    expect(await link(user)).toMatchObject({ status: 201 });
  });

  it('works once, even when used twice at the same moment', async () => {
    const user = await test.make.user();
    const token = await newLink(user);
    const wanted = ['marmalade kettle one', 'marmalade kettle two', 'marmalade kettle three'];
    const answers = await Promise.all(wanted.map((password) => set(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400]);
    const opened = await Promise.all(wanted.map((password) => obtain(user.email, password)));
    expect(opened.map(({ status }) => status === 200)).toEqual(answers.map(({ status }) => status === 204));
    expect(await set(token, GOOD)).toMatchObject({ status: 400, body: INVALID });
  });

  it('ends after 24 hours', async () => {
    const [early, late] = [await newLink(await test.make.user()), await newLink(await test.make.user())];
    await test.database.shiftClock(24 * 3600 - 10);
    expect(await set(early, GOOD)).toMatchObject({ status: 204 });
    await test.database.shiftClock(24 * 3600 + 1);
    expect(await set(late, GOOD)).toMatchObject({ status: 400, body: INVALID });
  });

  it.each<[string, (user: MadeUser) => Promise<unknown>]>([
    ['another link was made', newLink],
    [
      'the user was deactivated and activated again',
      (user) => test.database.query('UPDATE users SET auth_epoch = auth_epoch + 1 WHERE id = $1', [user.id]),
    ],
    [
      'the user is inactive',
      (user) => test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]),
    ],
    [
      'the password was changed',
      async (user) => {
        const tokens = await logInForTokens(test, user);
        const current = await test.make.password(user);
        const body = { current_password: current, new_password: GOOD };
        return test.api.as(tokens).post('/api/auth/password/', body);
      },
    ],
  ])('ends when %s', async (_name, change) => {
    const user = await test.make.user();
    const token = await newLink(user);
    await change(user);
    expect(await set(token, 'marmalade kettle')).toMatchObject({ status: 400, body: INVALID });
  });

  it('a bad password does not use it up; a bad token costs no hash and is told first', async () => {
    const user = await test.make.user();
    const token = await newLink(user);
    expect(await set(token, 'short')).toMatchObject({ status: 400 });
    const calls = hasher.hashCalls;
    for (const bad of ['x', 'x'.repeat(43), ` ${token}`, token.toLowerCase()]) {
      expect(await set(bad, GOOD)).toMatchObject({ status: 400, body: INVALID });
    }
    expect(hasher.hashCalls).toBe(calls);
    expect(await set(token, GOOD)).toMatchObject({ status: 204 });
  });

  it('using one ends all sessions and families, whatever credential the request carries (B13)', async () => {
    const user = await test.make.user();
    const [tokens, session] = [await logInForTokens(test, user), await logInToSession(test, user)];
    const answer = await test.api
      .as(tokens)
      .post('/api/auth/password/set/', { token: await newLink(user), new_password: GOOD });
    expect(answer).toMatchObject({ status: 204 });
    for (const credential of [tokens, session]) {
      expect(await test.api.as(credential).get('/api/auth/me/')).toMatchObject({ status: 401 });
    }
  });

  it('is stored as a digest', async () => {
    const token = await newLink(await test.make.user());
    const rows = await test.database.query<{ row: string }>('SELECT l::text AS row FROM password_links l');
    expect(rows.map(({ row }) => row).join()).not.toContain(Buffer.from(token).toString('hex'));
    expect(rows.map(({ row }) => row).join()).not.toContain(token);
  });
});

it('a deactivation ends all sessions and families, and activating the user again revives none (B13)', async () => {
  const staff = await logInForTokens(test, await test.make.user({ staff: true }));
  const user = await test.make.user();
  const [tokens, session] = [await logInForTokens(test, user), await logInToSession(test, user)];
  const path = `/api/admin/users/${user.id}`;
  const statuses = async (): Promise<number[]> => [
    (await test.api.as(tokens).get('/api/auth/me/')).status,
    (await test.api.as(session).get('/api/auth/me/')).status,
    (await test.api.post('/api/auth/token/refresh/', { refresh: tokens.refresh })).status,
  ];
  expect(await test.api.as(staff).post(`${path}/deactivate/`)).toMatchObject({ status: 200 });
  expect(await statuses()).toEqual([401, 401, 401]);
  expect(await test.api.as(staff).post(`${path}/activate/`)).toMatchObject({ status: 200 });
  expect(await statuses()).toEqual([401, 401, 401]);
});
