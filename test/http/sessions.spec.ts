import { SessionActivity } from '../../src/auth/sessions/session-activity.js';
import { AuthCleanup } from '../../src/auth/cleanup.js';
import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { cookiesOf, logInForTokens, logInToSession, loginHeaders } from '../support/log-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
afterEach(() => test.database.shiftClock(0));

interface LoggedIn extends MadeUser {
  readonly session: string;
  readonly csrf: string;
  readonly api: Client;
}

async function loggedIn(): Promise<LoggedIn> {
  const user = await test.make.user();
  const credential = await logInToSession(test, user);
  return { ...user, ...credential, api: test.api.as(credential) };
}

const me = (session: string): Promise<Answer> => test.api.as({ session }).get('/api/auth/me/');
const logOut = (credential: { session: string; csrf?: string }, headers = {}): Promise<Answer> =>
  test.api.as(credential).with(headers).post('/api/auth/logout/');

const sessionRows = (user: MadeUser): Promise<{ ended_at: Date | null; digest: Buffer }[]> =>
  test.database.query('SELECT * FROM sessions WHERE user_id = $1 ORDER BY id', [user.id]);

describe('POST /api/auth/login/', () => {
  it('200 answers as me/ does', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const answer = await test.api
      .with(await loginHeaders(test))
      .post('/api/auth/login/', { email: user.email, password });
    expect(answer).toMatchObject({ status: 200 });
    const { sessionid: session = '' } = cookiesOf(answer.headers);
    expect(answer.body).toEqual((await me(session)).body);
    expect(answer.body).toMatchObject({ user: { id: user.id }, credential: { scheme: 'session' } });
  });

  it('sets an opaque sessionid of over 128 bits and a readable csrftoken, with exactly these attributes (C1, C2)', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const answer = await test.api
      .with(await loginHeaders(test))
      .post('/api/auth/login/', { email: user.email, password });
    const [sessionid, csrftoken, ...others] = answer.headers.getSetCookie();
    expect(sessionid).toMatch(/^sessionid=[A-Za-z0-9]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(csrftoken).toMatch(/^csrftoken=[\w.-]{60,}; Path=\/; SameSite=Lax$/);
    expect(others).toEqual([]);
  });

  it.each(['https://api.example.com', 'http://api.example.com', 'https://127.0.0.1'])(
    'both cookies are Secure when the service is reached at %s (C2)',
    async (origin) => {
      const elsewhere = await startTestApp({ PUBLIC_ORIGIN: origin });
      const user = await elsewhere.make.user();
      const password = await elsewhere.make.password(user);
      const headers = { ...(await loginHeaders(elsewhere)), origin };
      const answer = await elsewhere.api
        .with(headers)
        .post('/api/auth/login/', { email: user.email, password });
      expect(answer.status).toBe(200);
      const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split('; '));
      expect(cookies).toEqual([expect.arrayContaining(['Secure']), expect.arrayContaining(['Secure'])]);
      await elsewhere.close();
    },
  );

  it('keeps a digest of the id, not the id (C1)', async () => {
    const user = await loggedIn();
    const rows = await test.database.query<{ row: string }>('SELECT s::text AS row FROM sessions s');
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).not.toContain(user.session);
    expect(stored).not.toContain(Buffer.from(user.session).toString('hex'));
    expect((await sessionRows(user))[0]?.digest).toHaveLength(32);
  });

  it('gives a new id, and ends the session that the browser had before, whoever was in it (C3)', async () => {
    const [first, next] = [await loggedIn(), await test.make.user()];
    const password = await test.make.password(next);
    const { cookie, ...headers } = await loginHeaders(test);
    const browser = test.api.with({ ...headers, cookie: `${cookie}; sessionid=${first.session}` });
    const answer = await browser.post('/api/auth/login/', { email: next.email, password });
    expect(answer).toMatchObject({ status: 200, body: { user: { id: next.id } } });
    expect(cookiesOf(answer.headers).sessionid).not.toBe(first.session);
    expect(await me(first.session)).toMatchObject({ status: 401 });
  });

  it('never takes over an id that somebody else chose (C3)', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const chosen = 'c'.repeat(43);
    const { cookie, ...headers } = await loginHeaders(test);
    const browser = test.api.with({ ...headers, cookie: `${cookie}; sessionid=${chosen}` });
    const answer = await browser.post('/api/auth/login/', { email: user.email, password });
    expect(answer.status).toBe(200);
    expect(cookiesOf(answer.headers).sessionid).not.toBe(chosen);
    expect(await me(chosen)).toMatchObject({ status: 401 });
  });

  it('a failed login leaves the session of before alone and sets no cookie', async () => {
    const first = await loggedIn();
    const { cookie, ...headers } = await loginHeaders(test);
    const answer = await test.api
      .with({ ...headers, cookie: `${cookie}; sessionid=${first.session}` })
      .post('/api/auth/login/', { email: first.email, password: 'not the one' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'no_active_account' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await me(first.session)).toMatchObject({ status: 200 });
  });

  it('works with the CSRF token of a session that has died since', async () => {
    const user = await loggedIn();
    await test.database.query('UPDATE sessions SET ended_at = app_now() WHERE user_id = $1', [user.id]);
    const stale = test.api.with({ cookie: `sessionid=${user.session}` });
    const { csrftoken: csrf = '' } = cookiesOf((await stale.get('/api/auth/csrf/')).headers);
    const answer = await test.api
      .with({
        cookie: `sessionid=${user.session}; csrftoken=${csrf}`,
        'x-csrftoken': csrf,
        origin: TEST_ORIGIN,
      })
      .post('/api/auth/login/', { email: user.email, password: await test.make.password(user) });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('is told by the audit log, with where it came from', async () => {
    const user = await loggedIn();
    const [event] = await test.database.query(
      `SELECT * FROM audit_events WHERE user_id = $1 AND action = 'login.succeeded'`,
      [user.id],
    );
    expect(event).toMatchObject({ actor_id: user.id, subject_type: 'session', ip: '127.0.0.1' });
  });
});

describe('logging in is protected too (C7)', () => {
  const ORIGINS: [string, Record<string, string | undefined>][] = [
    ['no CSRF header', { 'x-csrftoken': undefined }],
    ['an empty CSRF header', { 'x-csrftoken': '' }],
    ['a made-up CSRF token', { 'x-csrftoken': 'a.b', cookie: 'csrftoken=a.b' }],
    ['no CSRF cookie', { cookie: undefined }],
    ['neither Origin nor Sec-Fetch-Site', { origin: undefined }],
    ['an Origin of elsewhere', { origin: 'https://evil.example' }],
    ['Origin: null', { origin: 'null' }],
    ['Sec-Fetch-Site: cross-site', { origin: undefined, 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { origin: undefined, 'sec-fetch-site': 'same-site' }],
    ['a good Origin and a bad Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ];
  it.each(ORIGINS)('403 with %s, before the password is looked at', async (_name, changed) => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const all = { ...(await loginHeaders(test)), ...changed };
    const headers = Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const answer = await test.api.with(headers).post('/api/auth/login/', { email: user.email, password });
    expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    expect(answer.body.detail).toMatch(/^CSRF Failed: /);
    expect(await sessionRows(user)).toEqual([]);
  });

  it('200 with Sec-Fetch-Site: same-origin in the place of Origin', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const { cookie = '', 'x-csrftoken': csrf = '' } = await loginHeaders(test);
    const answer = await test.api
      .with({ cookie, 'x-csrftoken': csrf, 'sec-fetch-site': 'same-origin' })
      .post('/api/auth/login/', { email: user.email, password });
    expect(answer).toMatchObject({ status: 200 });
  });

  it("403 with another browser's CSRF token in the header", async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const mine = await loginHeaders(test);
    const theirs = await loginHeaders(test);
    const answer = await test.api
      .with({ ...mine, 'x-csrftoken': theirs['x-csrftoken'] ?? '' })
      .post('/api/auth/login/', { email: user.email, password });
    expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
  });

  it('405 for logging out by GET, which any link of another site could do', async () => {
    const user = await loggedIn();
    expect(await user.api.get('/api/auth/logout/')).toMatchObject({ status: 405 });
    expect(await me(user.session)).toMatchObject({ status: 200 });
  });
});

describe('unsafe methods with a session cookie (C5)', () => {
  it('403 without a CSRF token, with one of another session, and with one from before the login', async () => {
    const [user, other] = [await loggedIn(), await loggedIn()];
    const before = (await loginHeaders(test))['x-csrftoken'];
    for (const csrf of [undefined, other.csrf, before, '', 'x', `${user.csrf}x`, `${user.csrf}.x`]) {
      const answer = await logOut({ session: user.session, ...(csrf !== undefined && { csrf }) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    }
    expect(await me(user.session)).toMatchObject({ status: 200 });
  });

  it.each([
    'https://evil.example',
    'null',
    `${TEST_ORIGIN}.evil.example`,
    'http://evil.127.0.0.1:8000',
    'http://127.0.0.1:8001',
    'https://127.0.0.1:8000',
    'http://127.0.0.1:8000/',
    'http://127.0.0.1',
  ])('403 with Origin %s', async (origin) => {
    const user = await loggedIn();
    expect(await logOut(user, { origin })).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
  });

  it('403 with a good token but neither Origin nor Sec-Fetch-Site', async () => {
    const user = await loggedIn();
    const bare = test.api.with({ cookie: `sessionid=${user.session}`, 'x-csrftoken': user.csrf });
    expect(await bare.post('/api/auth/logout/')).toMatchObject({ status: 403 });
    const sameOrigin = bare.with({ 'sec-fetch-site': 'same-origin' });
    expect(await sameOrigin.post('/api/auth/logout/')).toMatchObject({ status: 204 });
  });

  it('reads need no token; requests that a bearer or a key authenticated need none either', async () => {
    const user = await loggedIn();
    expect(await me(user.session)).toMatchObject({ status: 200 });
    const { bearer } = await logInForTokens(test, user);
    const [live] = (await test.api.as({ bearer }).get('/api/auth/sessions/')).body.results;
    const byBearer = await test.api
      .with({ cookie: `sessionid=${user.session}`, authorization: `Bearer ${bearer}` })
      .delete(`/api/auth/sessions/${live.id}/`);
    expect(byBearer).toMatchObject({ status: 204 });
  });

  it('401 with a good cookie beside a bad key or bearer: the cookie is not fallen back to', async () => {
    const user = await loggedIn();
    for (const authorization of ['Api-Key abcdefgh.nonsense', 'Bearer nonsense', 'Basic eDp5']) {
      const answer = await user.api.with({ authorization }).get('/api/auth/me/');
      expect(answer).toMatchObject({ status: 401 });
    }
  });

  it('csrf/ gives a session a token that works, in the cookie and in the body', async () => {
    const user = await loggedIn();
    const answer = await test.api.as({ session: user.session }).get('/api/auth/csrf/');
    expect(answer).toMatchObject({ status: 200, body: { csrf_token: cookiesOf(answer.headers).csrftoken } });
    const csrf: string = answer.body.csrf_token;
    expect(await logOut({ session: user.session, csrf })).toMatchObject({ status: 204 });
  });
});

describe('Two cookies of one name: of a sibling application on the parent domain, or of an attacker on a subdomain', () => {
  const STALE = 'sessionid=k3v9x1; sessionid=""; sessionid=%22; sessionid';
  const AMBIGUOUS = { status: 401, body: { code: 'ambiguous' } };
  const cleared = (answer: Answer) => cookiesOf(answer.headers);

  it('200 with values beside ours that were never made here, before it or after it', async () => {
    const user = await loggedIn();
    for (const cookie of [`${STALE}; sessionid=${user.session}`, `sessionid=${user.session}; ${STALE}`]) {
      const answer = await test.api.with({ cookie }).get('/api/auth/me/');
      expect(answer).toMatchObject({ status: 200, body: { user: { id: user.id } } });
    }
  });

  it('200 with ours twice, for a write too', async () => {
    const user = await loggedIn();
    const twice = `sessionid=${user.session}; csrftoken=${user.csrf}; `.repeat(2);
    const browser = test.api.with({ cookie: twice, 'x-csrftoken': user.csrf, origin: TEST_ORIGIN });
    expect(await browser.get('/api/auth/me/')).toMatchObject({ status: 200 });
    expect(await browser.post('/api/auth/logout/')).toMatchObject({ status: 204 });
  });

  it('401 ambiguous for two that could be ours, alive or not, in either order; takes our own two away', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    for (const [first, second] of [
      [one.session, other.session],
      [other.session, one.session],
      [one.session, 'x'.repeat(43)],
      ['x'.repeat(43), 'y'.repeat(43)],
    ] as const) {
      const cookie = `sessionid=${first}; csrftoken=${one.csrf}; sessionid=${second}; csrftoken=${one.csrf}`;
      const browser = test.api.with({ cookie, 'x-csrftoken': one.csrf, origin: TEST_ORIGIN });
      for (const answer of [await browser.get('/api/auth/me/'), await browser.post('/api/auth/logout/')]) {
        expect(answer).toMatchObject(AMBIGUOUS);
        expect(cleared(answer)).toEqual({ sessionid: '', csrftoken: '' });
        for (const line of answer.headers.getSetCookie()) expect(line).toContain('Expires=Thu, 01 Jan 1970');
        expect(answer.headers.get('www-authenticate')).toContain('Api-Key');
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
    }
    for (const { session } of [one, other]) expect(await me(session)).toMatchObject({ status: 200 });
  });

  it('two of them beside a key or a token are not looked at', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    const cookie = `sessionid=${one.session}; sessionid=${other.session}`;
    const { bearer } = await logInForTokens(test, one);
    expect(await test.api.as({ bearer }).with({ cookie }).get('/api/auth/me/')).toMatchObject({
      status: 200,
    });
  });

  it('logging in: 401 ambiguous for two session ids, 403 for two CSRF cookies, and foreign values harm nobody', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const { cookie = '', ...headers } = await loginHeaders(test);
    const [foreign] = [(await loginHeaders(test)).cookie ?? ''];
    const logIn = (cookies: string) =>
      test.api
        .with({ ...headers, cookie: cookies })
        .post('/api/auth/login/', { email: user.email, password });
    const sessions = `sessionid=${'x'.repeat(43)}; sessionid=${'y'.repeat(43)}`;
    const ambiguous = await logIn(`${cookie}; ${sessions}`);
    expect(ambiguous).toMatchObject(AMBIGUOUS);
    expect(cleared(ambiguous)).toEqual({ sessionid: '', csrftoken: '' });
    for (const cookies of [`${cookie}; ${foreign}`, `${foreign}; ${cookie}`]) {
      const refused = await logIn(cookies);
      expect(refused).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
      expect(refused.body.detail).toMatch(/^CSRF Failed: /);
    }
    expect(await sessionRows(user)).toEqual([]);
    expect(await logIn(`csrftoken=abc; ${cookie}; ${cookie}; csrftoken=; ${STALE}`)).toMatchObject({
      status: 200,
    });
  });

  it('403 for a write of a session with two CSRF cookies that could be ours', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    const cookie = `sessionid=${one.session}; csrftoken=${one.csrf}; csrftoken=${other.csrf}`;
    const browser = test.api.with({ cookie, 'x-csrftoken': one.csrf, origin: TEST_ORIGIN });
    expect(await browser.get('/api/auth/me/')).toMatchObject({ status: 200 });
    expect(await browser.post('/api/auth/logout/')).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
  });
});

describe('simple content types reach no handler (C6)', () => {
  const PASSWORDS = '{"current_password":"a","new_password":"b"}';

  it.each(['text/plain', 'multipart/form-data; boundary=x'])(
    '415 for %s, with a valid cookie and token',
    async (type) => {
      const user = await loggedIn();
      const answer = await user.api.with({ 'content-type': type }).post('/api/auth/password/', PASSWORDS);
      expect(answer).toMatchObject({ status: 415 });
    },
  );

  it('a form, which a page of any site can send, needs the token in the header: in the form itself it proves nothing', async () => {
    const user = await loggedIn();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (api: Client, body: string) => api.with(form).post('/api/auth/password/', body);
    const token = encodeURIComponent(user.csrf);
    const cookie = `sessionid=${user.session}; csrftoken=${user.csrf}`;
    const withoutHeader = test.api.with({ cookie, origin: TEST_ORIGIN });
    const fields = 'current_password=a&new_password=b';
    for (const name of ['csrftoken', 'csrfmiddlewaretoken', 'X-CSRFToken', '_csrf']) {
      expect(await send(withoutHeader, `${fields}&${name}=${token}`)).toMatchObject({
        status: 403,
        body: { code: 'csrf_failed' },
      });
    }
    const read = await send(user.api, fields);
    expect(read.status).toBe(400);
    expect(read.body).toEqual({
      current_password: [expect.any(String)],
      new_password: [expect.any(String)],
    });
  });
});

describe('other origins (C8)', () => {
  it.each(['https://evil.example', 'null', `${TEST_ORIGIN}.evil.example`, 'http://localhost:3000'])(
    'are never allowed to read an answer: %s',
    async (origin) => {
      const user = await loggedIn();
      const read = await user.api.with({ origin }).get('/api/auth/me/');
      const preflight = await test.api
        .with({ origin, 'access-control-request-method': 'POST' })
        .send('OPTIONS', '/api/auth/login/');
      for (const { headers } of [read, preflight]) {
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    },
  );
});

describe('the end of a session (C4)', () => {
  it('logging out is 204, ends it on the server at once and takes both cookies away', async () => {
    const user = await loggedIn();
    const answer = await logOut(user);
    expect(answer).toMatchObject({ status: 204, text: '' });
    const gone = 'Thu, 01 Jan 1970 00:00:00 GMT';
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain(`Expires=${gone}`);
    expect(cookiesOf(answer.headers)).toEqual({ sessionid: '', csrftoken: '' });
    expect(await me(user.session)).toMatchObject({ status: 401 });
    expect((await sessionRows(user))[0]?.ended_at).not.toBeNull();
    const second = await test.another();
    expect(await second.api.as({ session: user.session }).get('/api/auth/me/')).toMatchObject({
      status: 401,
    });
    await second.close();
  });

  it('logging out is for sessions alone', async () => {
    const user = await loggedIn();
    const { bearer } = await logInForTokens(test, user);
    const { key } = await test.make.accessKey(user);
    for (const credential of [{ bearer }, { key }]) {
      const answer = await test.api.as(credential).post('/api/auth/logout/');
      expect(answer).toMatchObject({ status: 403, body: { code: 'wrong_credential_kind' } });
    }
  });

  it('idle: 12 hours after the last use, judged on the server', async () => {
    const idle = await loggedIn();
    await test.database.shiftClock(12 * 3600 - 5);
    expect(await me((await loggedIn()).session)).toMatchObject({ status: 200 });
    await test.database.shiftClock(12 * 3600 + 1);
    expect(await me(idle.session)).toMatchObject({ status: 401 });
    await test.database.shiftClock(0);
  });

  it('idle: every use moves the limit, behind the answer', async () => {
    const user = await loggedIn();
    for (const hours of [11, 22, 33]) {
      await test.database.shiftClock(hours * 3600);
      expect(await me(user.session)).toMatchObject({ status: 200 });
      await test.app.get(SessionActivity, { strict: false }).flush();
    }
    await test.database.shiftClock((33 + 12) * 3600 + 5);
    expect(await me(user.session)).toMatchObject({ status: 401 });
  });

  it('absolute: 14 days after the login, however busy it was', async () => {
    const user = await loggedIn();
    for (let hours = 10; hours < 14 * 24; hours += 10) {
      await test.database.shiftClock(hours * 3600);
      expect(await me(user.session)).toMatchObject({ status: 200 });
      await test.app.get(SessionActivity, { strict: false }).flush();
    }
    await test.database.shiftClock(14 * 86_400 + 1);
    expect(await me(user.session)).toMatchObject({ status: 401 });
  });

  it('200 uses at once write the row once, and a use never revives a session that ended', async () => {
    const user = await loggedIn();
    const activity = test.app.get(SessionActivity, { strict: false });
    await test.database.query(
      `CREATE TABLE session_writes (id integer); GRANT INSERT ON session_writes TO PUBLIC;
       CREATE FUNCTION count_session_writes() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO session_writes VALUES (new.id); RETURN new; END $$;
       CREATE TRIGGER count_session_writes AFTER UPDATE ON sessions FOR EACH ROW
       EXECUTE FUNCTION count_session_writes()`,
    );
    await test.database.shiftClock(61);
    await Promise.all(Array.from({ length: 200 }, () => me(user.session)));
    await activity.flush();
    expect(await test.database.query('SELECT id FROM session_writes')).toHaveLength(1);
    await test.database.query('UPDATE sessions SET ended_at = app_now() WHERE user_id = $1', [user.id]);
    const [row] = await test.database.query<{ id: number }>('SELECT id FROM sessions WHERE user_id = $1', [
      user.id,
    ]);
    await test.database.shiftClock(200);
    activity.note(row?.id ?? 0);
    await activity.flush();
    expect(await test.database.query('SELECT id FROM session_writes')).toHaveLength(2);
    expect(await me(user.session)).toMatchObject({ status: 401 });
  });

  it('ended and expired rows are deleted later; live ones stay', async () => {
    const [live, ended] = [await loggedIn(), await loggedIn()];
    const [expired, idle] = [await loggedIn(), await loggedIn()];
    await logOut(ended);
    for (const [user, column] of [
      [expired, 'expires_at'],
      [idle, 'idle_expires_at'],
    ] as const)
      await test.database.query(`UPDATE sessions SET ${column} = app_now() WHERE user_id = $1`, [user.id]);
    await test.app.get(AuthCleanup, { strict: false }).run();
    for (const dead of [ended, expired, idle]) expect(await sessionRows(dead)).toEqual([]);
    expect(await me(live.session)).toMatchObject({ status: 200 });
  });

  it('a dead, an unknown and a malformed session are answered alike, and so is that of an inactive user (F8)', async () => {
    const [ended, inactive] = [await loggedIn(), await loggedIn()];
    await logOut(ended);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
    const bodies = new Set<string>();
    for (const session of [
      ended.session,
      inactive.session,
      'x'.repeat(43),
      'x',
      '"',
      '%00',
      'a'.repeat(4000),
    ]) {
      const answer = await me(session);
      expect(answer.status).toBe(401);
      bodies.add(answer.text);
    }
    expect([...bodies]).toEqual(['{"detail":"Invalid session.","code":"authentication_failed"}']);
  });
});

describe('GET and DELETE /api/auth/sessions/', () => {
  it("lists the caller's live sessions alone, the one in use marked, without any id that opens something", async () => {
    const user = await loggedIn();
    const second = await logInToSession(test, user);
    const ended = await logInToSession(test, user);
    await logOut(ended);
    await loggedIn();
    const answer = await user.api
      .with({ 'user-agent': 'Test/1' })
      .get('/api/auth/sessions/?ordering=created_at');
    expect(answer.body).toMatchObject({ count: 2, next: null, previous: null });
    expect(answer.body.results).toEqual(
      [true, false].map((current) => ({
        id: expect.any(Number),
        current,
        created_at: expect.stringMatching(/Z$/),
        last_seen_at: expect.any(String),
        expires_at: expect.any(String),
        ip: '127.0.0.1',
        user_agent: expect.any(String),
      })),
    );
    for (const secret of [user.session, second.session]) expect(answer.text).not.toContain(secret);
  });

  it('marks none as current for a bearer; 403 for a key, which is no person', async () => {
    const user = await loggedIn();
    const { bearer } = await logInForTokens(test, user);
    const { body } = await test.api.as({ bearer }).get('/api/auth/sessions/');
    expect(body.results).toMatchObject([{ current: false }]);
    const { key } = await test.make.accessKey(user);
    expect(await test.api.as({ key }).get('/api/auth/sessions/')).toMatchObject({ status: 403 });
  });

  it('204 ends one of them at once; 404 for it again, for an unknown one and for somebody else’s', async () => {
    const [user, other] = [await loggedIn(), await loggedIn()];
    const second = await logInToSession(test, user);
    const list = (await user.api.get('/api/auth/sessions/')).body.results;
    const { id } = list.find(({ current }: { current: boolean }) => !current);
    expect(await user.api.delete(`/api/auth/sessions/${id}/`)).toMatchObject({ status: 204, text: '' });
    expect(await me(second.session)).toMatchObject({ status: 401 });
    const [theirs] = (await other.api.get('/api/auth/sessions/')).body.results;
    for (const nobody of [id, theirs.id, 2_000_000_000, 'x', '0', '1e3']) {
      const answer = await user.api.delete(`/api/auth/sessions/${nobody}/`);
      expect(answer).toMatchObject({ status: 404, text: '{"detail":"Not found.","code":"not_found"}' });
    }
    expect(await me(other.session)).toMatchObject({ status: 200 });
    const events = await test.database.query(
      `SELECT actor_id FROM audit_events WHERE action = 'session.ended' AND subject_id = $1`,
      [id],
    );
    expect(events).toEqual([{ actor_id: user.id }]);
  });
});

describe('DELETE /api/auth/sessions/', () => {
  const PATH = '/api/auth/sessions/';

  it('204 ends all sessions of the caller but the one that asks, at once, each told by the audit log', async () => {
    const [user, other] = [await loggedIn(), await loggedIn()];
    const others = [await logInToSession(test, user), await logInToSession(test, user)];
    expect(await user.api.delete(PATH)).toMatchObject({ status: 204, text: '' });
    expect((await user.api.get(PATH)).body).toMatchObject({ count: 1, results: [{ current: true }] });
    for (const { session } of others) expect(await me(session)).toMatchObject({ status: 401 });
    expect(await me(other.session)).toMatchObject({ status: 200 });
    const events = await test.database.query(
      `SELECT actor_id FROM audit_events WHERE action = 'session.ended' AND user_id = $1`,
      [user.id],
    );
    expect(events).toEqual([{ actor_id: user.id }, { actor_id: user.id }]);
  });

  it('204 where there is no other', async () => {
    const user = await loggedIn();
    expect((await user.api.delete(PATH)).status).toBe(204);
    expect(await me(user.session)).toMatchObject({ status: 200 });
  });

  it('by a token, which is no session, ends all of them; 403 for a key, 401 for nobody', async () => {
    const user = await loggedIn();
    const { key } = await test.make.accessKey(user);
    expect(await test.api.as({ key }).delete(PATH)).toMatchObject({
      status: 403,
      body: { code: 'wrong_credential_kind' },
    });
    expect((await test.api.delete(PATH)).status).toBe(401);
    expect(await me(user.session)).toMatchObject({ status: 200 });
    const { bearer } = await logInForTokens(test, user);
    expect((await test.api.as({ bearer }).delete(PATH)).status).toBe(204);
    expect(await me(user.session)).toMatchObject({ status: 401 });
  });

  it('needs the CSRF token of the session', async () => {
    const user = await loggedIn();
    const second = await logInToSession(test, user);
    expect(await test.api.as({ session: user.session }).delete(PATH)).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
    expect(await me(second.session)).toMatchObject({ status: 200 });
  });

  it('of two sessions that end all others at the same moment one is left', async () => {
    const first = await loggedIn();
    const second = await logInToSession(test, first);
    const statuses = await Promise.all(
      [first.api, test.api.as(second)].map(async (api) => (await api.delete(PATH)).status),
    );
    expect(statuses.sort()).toEqual([204, 401]);
    const alive = await Promise.all([first, second].map(async ({ session }) => (await me(session)).status));
    expect(alive.sort()).toEqual([200, 401]);
  });
});

describe('caches (C9)', () => {
  it('every answer to a session is no-store and varies by cookie, good or bad, and so are login and csrf', async () => {
    const user = await loggedIn();
    const org = await test.make.org();
    const answers = [
      await user.api.get('/api/auth/me/'),
      await user.api.get('/api/orgs/'),
      await user.api.get(`/api/orgs/${org.id}/`),
      await user.api.get('/api/nowhere/'),
      await user.api.get('/api/auth/sessions/'),
      await me('x'.repeat(43)),
      await logOut({ session: user.session }),
      await test.api.get('/api/auth/csrf/'),
      await test.api.post('/api/auth/login/', {}),
      await test.api.with(await loginHeaders(test)).post('/api/auth/login/', {}),
      await logOut(user),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('vary')).toMatch(/\bCookie\b/);
    }
  });
});
