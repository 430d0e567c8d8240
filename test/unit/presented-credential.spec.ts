import type { IncomingMessage } from 'node:http';
import { cookieOf } from '../../src/auth/own-cookies.js';
import { presentedCredential } from '../../src/auth/presented-credential.js';

type Sent = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** A request as Node hands it on: the first Authorization header by name, all of them in the raw list. */
function request(headers: [string, string][], cookies: Record<string, string> = {}): Sent {
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const).reverse();
  const cookie = Object.entries(cookies).map((pair) => pair.join('='));
  return {
    headers: { ...Object.fromEntries(named), ...(cookie.length > 0 && { cookie: cookie.join('; ') }) },
    rawHeaders: headers.flat(),
  };
}

const presented = (authorization: string, cookies = {}) =>
  presentedCredential(request([['Authorization', authorization]], cookies));

describe('The one credential of a request, by its form (A7, A8, F4)', () => {
  it.each([
    ['Api-Key abc.def', 'access_key', 'abc.def'],
    ['aPI-kEY abc.def', 'access_key', 'abc.def'],
    ['Bearer a.b.c', 'jwt', 'a.b.c'],
    ['bearer a.b.c', 'jwt', 'a.b.c'],
    ['Api-Key  two spaces ', 'access_key', ' two spaces '],
    ['Api-Key', 'access_key', ''],
    ['Bearer', 'jwt', ''],
    ['Bearer ', 'jwt', ''],
  ])('%j is of scheme %s with the value %j, never trimmed', (header, scheme, value) => {
    expect(presented(header)).toEqual({ scheme, value });
  });

  it.each([
    '',
    ' ',
    ' Api-Key x',
    'Api-Keys x',
    'Api_Key x',
    'Basic x',
    'constructor x',
    '__proto__ x',
    'toString',
    'Api-Key:x',
    'x Api-Key y',
  ])('%j is none', (header) => {
    expect(presented(header)).toEqual({ scheme: 'none' });
  });

  it('a header is looked at before a cookie, and instead of it', () => {
    expect(presented('Bearer x', { sessionid: 'abc' })).toEqual({ scheme: 'jwt', value: 'x' });
    expect(presented('Nonsense', { sessionid: 'abc' })).toEqual({ scheme: 'none' });
    expect(presented('', { sessionid: 'abc' })).toEqual({ scheme: 'none' });
  });

  it('without a header the session cookie counts, and no other cookie', () => {
    expect(presentedCredential(request([], { sessionid: 'abc' }))).toEqual({
      scheme: 'session',
      value: 'abc',
    });
    expect(presentedCredential(request([], { sessionid: '' }))).toEqual({ scheme: 'session', value: '' });
    expect(presentedCredential(request([], { api_key: 'abc' }))).toEqual({ scheme: 'none' });
  });

  it('two Authorization headers are ambiguous, however they are spelled and wherever they stand', () => {
    const one: [string, string] = ['Authorization', 'Bearer x'];
    const other: [string, string] = ['aUTHORIZATION', 'Bearer x'];
    const host: [string, string] = ['Host', 'authorization'];
    for (const headers of [
      [one, other],
      [other, one, host],
      [host, one, host, other],
      [one, one, one],
    ]) {
      expect(presentedCredential(request(headers))).toEqual({ scheme: 'ambiguous', of: 'header' });
    }
  });

  it('a header whose value, or whose name nearly, is "authorization" is no second one', () => {
    const nearly: [string, string][] = [
      ['Host', 'authorization'],
      ['X-Authorization', 'x'],
      ['Authorizations', 'x'],
      ['Authorizatiom', 'x'],
      ['Authorization', 'Bearer x'],
      ['Accept', 'authorization'],
    ];
    expect(presentedCredential(request(nearly))).toEqual({ scheme: 'jwt', value: 'x' });
  });
});

describe('A cookie of ours, whoever else sets cookies of that name', () => {
  const ONE = 'aB3'.repeat(14) + 'x';
  const OTHER = 'aB3'.repeat(14) + 'y';
  const TOKEN = `${'n'.repeat(22)}.${'s-_9'.repeat(10)}abc`;
  const session = (cookie: string) => cookieOf({ cookie }, 'sessionid');
  const csrf = (cookie: string) => cookieOf({ cookie }, 'csrftoken');
  const ours = (value: string) => ({ value, ours: true });

  it('is the one that has our form, wherever it stands', () => {
    for (const cookie of [
      `sessionid=${ONE}`,
      `a=b; sessionid=${ONE}; c=d`,
      `sessionid=stale; sessionid=${ONE}`,
      `sessionid=${ONE};sessionid=stale`,
      `sessionid=; sessionid=${ONE}; sessionid`,
      `  sessionid = ${ONE} `,
      `sessionid="${OTHER}"; sessionid=${ONE}`,
      `sessionid=%61${OTHER.slice(1)}; sessionid=${ONE}`,
      `SessionId=${OTHER}; xsessionid=${OTHER}; sessionid=${ONE}; sessionid2=${OTHER}`,
    ]) {
      expect(session(cookie)).toEqual(ours(ONE));
    }
    expect(csrf(`csrftoken=x; csrftoken=${TOKEN}; sessionid=${ONE}`)).toEqual(ours(TOKEN));
  });

  it('counts once, however often it is sent', () => {
    expect(session(`sessionid=${ONE}; sessionid=${ONE}; sessionid=${ONE}`)).toEqual(ours(ONE));
    expect(csrf(`csrftoken=${TOKEN}; csrftoken=${TOKEN}`)).toEqual(ours(TOKEN));
  });

  it('is ambiguous when two different ones have our form', () => {
    for (const cookie of [
      `sessionid=${ONE}; sessionid=${OTHER}`,
      `sessionid=${OTHER}; x=y; sessionid=${ONE}; sessionid=${OTHER}`,
    ]) {
      expect(session(cookie)).toBe('ambiguous');
    }
    expect(csrf(`csrftoken=${TOKEN}; csrftoken=x${TOKEN.slice(1)}`)).toBe('ambiguous');
    expect(presentedCredential(request([['Cookie', `sessionid=${ONE}; sessionid=${OTHER}`]]))).toEqual({
      scheme: 'ambiguous',
      of: 'cookie',
    });
  });

  it.each(['', ONE.slice(1), `${ONE}x`, `-${ONE.slice(1)}`, `${ONE.slice(1)}-`, `${ONE}\u00a0`, `"${ONE}"`])(
    '%j was never made here',
    (value) => {
      expect(session(`sessionid=${value}`)).toMatchObject({ ours: false });
    },
  );

  it.each(['', 'x', TOKEN.slice(1), `${TOKEN}x`, TOKEN.replace('.', '-'), `${TOKEN.slice(1)}.`])(
    '%j is no CSRF token of ours',
    (value) => {
      expect(csrf(`csrftoken=${value}`)).toMatchObject({ ours: false });
    },
  );

  it('is nothing without the cookie', () => {
    expect(session(`csrftoken=${TOKEN}; sessionid2=${ONE}; sessionid`)).toBeUndefined();
    expect(cookieOf({}, 'sessionid')).toBeUndefined();
  });

  it('an Authorization header keeps the cookies from being looked at, two different ones as well', () => {
    const cookies: [string, string] = ['Cookie', `sessionid=${ONE}; sessionid=${OTHER}`];
    expect(presentedCredential(request([['Authorization', 'Bearer x'], cookies]))).toEqual({
      scheme: 'jwt',
      value: 'x',
    });
  });
});
