import type { FastifyRequest } from 'fastify';
import { presentedCredential, sessionIdOf } from '../../src/auth/presented-credential.js';

/** A request as Fastify hands it on: the first Authorization header by name, all of them in the raw list. */
function request(headers: [string, string][], cookies: Record<string, string> = {}): FastifyRequest {
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const).reverse();
  return {
    headers: Object.fromEntries(named),
    cookies,
    raw: { rawHeaders: headers.flat() },
  } as unknown as FastifyRequest;
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
      expect(presentedCredential(request(headers))).toEqual({ scheme: 'ambiguous' });
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

describe('The session id for logging in', () => {
  const ID = 'aB3'.repeat(14) + 'x';

  it('is that of the cookie, whatever else the request carries', () => {
    expect(sessionIdOf(request([['Authorization', 'Bearer x']], { sessionid: ID }))).toBe(ID);
  });

  it.each(['', ID.slice(1), `${ID}x`, `-${ID.slice(1)}`, `${ID.slice(1)}-`, `${ID}\n`])(
    '%j was never made here',
    (sessionid) => {
      expect(sessionIdOf(request([], { sessionid }))).toBeUndefined();
    },
  );

  it('is nothing without the cookie', () => {
    expect(sessionIdOf(request([], { csrftoken: ID }))).toBeUndefined();
  });
});
