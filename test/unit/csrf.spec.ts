import type { IncomingHttpHeaders } from 'node:http';
import { Csrf } from '../../src/auth/csrf.js';
import { hmacText, purposeKey } from '../../src/common/crypto/purpose-key.js';
import { CsrfFailed } from '../../src/common/errors.js';
import { testEnv } from '../support/env.js';

const ORIGIN = 'https://app.test';
const env = testEnv({ PUBLIC_ORIGIN: ORIGIN });
const csrf = new Csrf(env);

const MISSING = 'CSRF token missing.';
const INCORRECT = 'CSRF token incorrect.';
const NO_ORIGIN = 'Neither Origin nor Sec-Fetch-Site was sent.';
const UNTRUSTED = 'Origin checking failed: the origin is not trusted.';
const OTHER_SITE = 'Origin checking failed: the request comes from another site.';

function request(
  headers: Record<string, string | string[]>,
  cookies: Record<string, string> = {},
): IncomingHttpHeaders {
  const cookie = Object.entries(cookies).map((pair) => pair.join('='));
  return { ...headers, ...(cookie.length > 0 && { cookie: cookie.join('; ') }) };
}

/** What the check says: `ok`, or why not. */
function outcome(check: () => void): string {
  try {
    check();
    return 'ok';
  } catch (error) {
    if (error instanceof CsrfFailed) return error.message.replace(/^CSRF Failed: /, '');
    throw error;
  }
}

const check = (headers: Record<string, string | string[]>, session = 'session-1', by = csrf): string =>
  outcome(() => by.check(request(headers), session));
const sent = (token: string | string[], origin = ORIGIN) => ({ 'x-csrftoken': token, origin });

describe('A request of a session', () => {
  it('passes with the token of this very session and no other', () => {
    expect(check(sent(csrf.newToken('session-1')))).toBe('ok');
    expect(check(sent(csrf.newToken('session-2')))).toBe(INCORRECT);
    expect(check(sent(csrf.newToken()))).toBe(INCORRECT);
    expect(check(sent(new Csrf(testEnv()).newToken('session-1')))).toBe(INCORRECT);
  });

  it('is bound by an HMAC under a key of its own purpose, over session and nonce', () => {
    const token = csrf.newToken('session-1');
    const [nonce = '', ...rest] = token.split('.');
    expect(rest).toEqual([hmacText(purposeKey(env.SECRET_KEY, 'csrf'), `session-1.${nonce}`)]);
    expect(Buffer.from(nonce, 'base64url')).toHaveLength(16);
    expect(nonce).toMatch(/^[\w-]{22}$/);
    expect(csrf.newToken('session-1')).not.toBe(token);
  });

  it('is refused without a token, or with one that is altered', () => {
    const token = csrf.newToken('session-1');
    expect(check({ origin: ORIGIN })).toBe(MISSING);
    expect(check(sent(''))).toBe(MISSING);
    expect(check(sent([token, token]))).toBe(MISSING);
    for (const altered of [
      `${token}x`,
      `x${token}`,
      token.slice(0, -1),
      `${token}.x`,
      token.split('.')[0] ?? '',
      '.',
      '..',
    ]) {
      expect(check(sent(altered))).toBe(INCORRECT);
    }
  });
});

describe('Where it comes from', () => {
  const token = csrf.newToken('session-1');
  const from = (headers: Record<string, string>): string => check({ 'x-csrftoken': token, ...headers });

  it('must be told, by Origin or Sec-Fetch-Site, and be us by each that is told', () => {
    expect(from({})).toBe(NO_ORIGIN);
    expect(from({ origin: ORIGIN })).toBe('ok');
    expect(from({ 'sec-fetch-site': 'same-origin' })).toBe('ok');
    expect(from({ origin: ORIGIN, 'sec-fetch-site': 'same-origin' })).toBe('ok');
    expect(from({ origin: ORIGIN, 'sec-fetch-site': 'same-site' })).toBe(OTHER_SITE);
    expect(from({ origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' })).toBe(UNTRUSTED);
  });

  it.each([
    'https://evil.test',
    'http://app.test',
    `${ORIGIN}:444`,
    `${ORIGIN}.evil.test`,
    `${ORIGIN}/`,
    'null',
    '',
  ])('the origin %j is not ours', (origin) => {
    expect(from({ origin })).toBe(UNTRUSTED);
  });

  it.each(['same-site', 'cross-site', 'none', 'Same-Origin', ''])(
    'Sec-Fetch-Site: %j is not ours',
    (site) => {
      expect(from({ 'sec-fetch-site': site })).toBe(OTHER_SITE);
    },
  );

  it('is, where PUBLIC_ORIGIN is not set, a page of this machine at our port', () => {
    const here = new Csrf(testEnv({ PORT: '8123' }));
    const by = (origin: string): string => check(sent(here.newToken('session-1'), origin), 'session-1', here);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) expect(by(`http://${host}:8123`)).toBe('ok');
    for (const origin of ['http://localhost:8124', 'http://127.0.0.2:8123', 'http://app.test:8123'])
      expect(by(origin)).toBe(UNTRUSTED);
  });

  it('is judged before the token, for logging in as well', () => {
    expect(check({ 'x-csrftoken': token, origin: 'https://evil.test' }, 'session-2')).toBe(UNTRUSTED);
    const login = csrf.newToken();
    const foreign = request({ 'x-csrftoken': login, origin: 'https://evil.test' }, { csrftoken: login });
    expect(outcome(() => csrf.checkLogin(foreign, undefined))).toBe(UNTRUSTED);
  });
});

describe('Logging in', () => {
  const logIn = (token: string, cookie: string | undefined, session?: string): string =>
    outcome(() =>
      csrf.checkLogin(request(sent(token), cookie === undefined ? {} : { csrftoken: cookie }), session),
    );
  const MISMATCH = 'CSRF token does not match the cookie.';

  it('passes with a token that no session owns, which the cookie repeats', () => {
    const token = csrf.newToken();
    expect(logIn(token, token)).toBe('ok');
    expect(logIn(token, undefined)).toBe(MISMATCH);
    expect(logIn(token, csrf.newToken())).toBe(MISMATCH);
    expect(logIn('made-up.token', 'made-up.token')).toBe(INCORRECT);
    expect(logIn('', '')).toBe(MISSING);
  });

  it('has tokens of a purpose of their own, that no session id is', () => {
    const [nonce = '', signature] = csrf.newToken().split('.');
    expect(signature).toBe(hmacText(purposeKey(env.SECRET_KEY, 'csrf'), `login.${nonce}`));
  });

  it('also passes with the token of the session that the browser still holds, and of no other', () => {
    const token = csrf.newToken('session-1');
    expect(logIn(token, token, 'session-1')).toBe('ok');
    expect(logIn(token, token, 'session-2')).toBe(INCORRECT);
    expect(logIn(token, token)).toBe(INCORRECT);
    const plain = csrf.newToken();
    expect(logIn(plain, plain, 'session-1')).toBe('ok');
  });
});
