import fc from 'fast-check';
import { startTestApp, type TestApp } from '../support/app.js';
import type { MadeKey } from '../support/factory.js';
import { Figures } from '../support/metrics.js';
import { rawRequest, sendRaw } from '../support/raw.js';

let test: TestApp;
let good: MadeKey;
let other: MadeKey;

const CHALLENGE = 'Api-Key realm="api", Bearer realm="api"';
const INVALID_KEY = { detail: 'Invalid API key.', code: 'authentication_failed' };
const NO_CREDENTIALS = { detail: 'Authentication credentials were not provided.', code: 'not_authenticated' };

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  good = await test.make.accessKey(await test.make.member(org, 'Owner'));
  other = await test.make.accessKey(await test.make.member(org, 'Viewer'));
});
afterAll(() => test.close());

const withHeader = (authorization: string) => test.api.with({ authorization }).get('/api/orgs/');
const secretOf = ({ key }: MadeKey): string => key.slice(9);

describe('A key that is not exactly right is refused, always with the same bytes (A3, A4, A6, A7, F8)', () => {
  const manglers: [string, () => string][] = [
    ['nothing after the scheme', () => 'Api-Key'],
    ['a secret alone', () => `Api-Key .${secretOf(good)}`],
    ['a prefix alone', () => `Api-Key ${good.prefix}.`],
    ['no dot', () => `Api-Key ${good.prefix}${secretOf(good)}`],
    ['two dots', () => `Api-Key ${good.key}.x`],
    ['a dot too early', () => `Api-Key ${good.key.slice(0, 4)}.${good.key.slice(4)}`],
    ['another case of the prefix', () => `Api-Key ${swapCase(good.prefix)}.${secretOf(good)}`],
    ['another case of the secret', () => `Api-Key ${good.prefix}.${swapCase(secretOf(good))}`],
    ['the secret of another key', () => `Api-Key ${good.prefix}.${secretOf(other)}`],
    ['an unknown prefix', () => `Api-Key AAAAAAAA.${secretOf(good)}`],
    ['two spaces', () => `Api-Key  ${good.key}`],
    ['a space inside', () => `Api-Key ${good.prefix}. ${secretOf(good)}`],
    ['a comma-joined second credential (A8)', () => `Api-Key ${good.key}, Bearer x`],
    ['quotes', () => `Api-Key "${good.key}"`],
    ['percent signs', () => `Api-Key ${good.prefix}%2E${secretOf(good)}`],
    ['a percent sign alone', () => 'Api-Key %'],
    ...[0, 1, 31, 33, 10_000].map((length): [string, () => string] => [
      `a secret of ${length} characters`,
      () => `Api-Key ${good.prefix}.${secretOf(good).repeat(400).slice(0, length)}`,
    ]),
  ];

  it.each(manglers)('401 for %s', async (_name, header) => {
    const answer = await withHeader(header());
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual(INVALID_KEY);
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
  });

  it('the unmangled key is accepted, with any case of the scheme word', async () => {
    for (const scheme of ['Api-Key', 'api-key', 'API-KEY', 'aPi-kEy']) {
      expect((await withHeader(`${scheme} ${good.key}`)).status).toBe(200);
    }
  });
});

const HINT = 'Send an access key as `Authorization: Api-Key <key>`.';
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('A key without its scheme word counts as no credential, and the answer says how to send it (§2)', () => {
  const forms: [string, () => Record<string, string>][] = [
    ['a bare key', () => ({ authorization: good.key })],
    ['an unknown scheme', () => ({ authorization: `Token ${good.key}` })],
    ['a scheme that looks like ours', () => ({ authorization: `Api-Keys ${good.key}` })],
    ['a colon in place of the space', () => ({ authorization: `Api-Key:${good.key}` })],
    ['a property of every object', () => ({ authorization: `constructor ${good.key}` })],
    ['X-Api-Key', () => ({ 'x-api-key': good.key })],
    ['Basic, as the user', () => ({ authorization: basic(`${good.key}:`) })],
    ['Basic, as the password', () => ({ authorization: basic(`api:${good.key}`) })],
    ['Basic, as both', () => ({ authorization: basic(`${good.prefix}:${secretOf(good)}`) })],
  ];

  it.each(forms)('%s', async (_name, headers) => {
    const answer = await test.api.with(headers()).get('/api/orgs/');
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: `${NO_CREDENTIALS.detail} ${HINT}`, code: 'not_authenticated' },
    });
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
  });

  it('as a bearer it is a bad token, with code and messages as ever', async () => {
    const { status, body } = await withHeader(`Bearer ${good.key}`);
    expect([status, body]).toEqual([
      401,
      {
        detail: `Given token not valid for any token type. ${HINT}`,
        code: 'token_not_valid',
        messages: [
          { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
        ],
      },
    ]);
  });

  it.each([
    ['a session that is over', `sessionid=${'a'.repeat(43)}`, 'Invalid session.', 'authentication_failed'],
    ['no session id at all', 'sessionid=stale', 'Invalid session.', 'authentication_failed'],
    [
      'two sessions',
      `sessionid=${'a'.repeat(43)}; sessionid=${'b'.repeat(43)}`,
      'Several session cookies were sent. Log in again.',
      'ambiguous',
    ],
  ])(
    'X-Api-Key beside the cookie of %s: that is still what is refused',
    async (_name, cookie, detail, code) => {
      const beside = (headers: object) => test.api.with({ cookie, ...headers }).get('/api/orgs/');
      expect(await beside({})).toMatchObject({ status: 401, body: { detail, code } });
      const answer = await beside({ 'x-api-key': good.key });
      expect(answer).toMatchObject({ status: 401, body: { detail: `${detail} ${HINT}`, code } });
      expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    },
  );

  it('beside two Authorization headers, but not where those have the word', async () => {
    const detailOf = async (...headers: string[]): Promise<unknown> => {
      const { status, body } = await sendRaw(test.url, rawRequest('/api/orgs/', headers));
      expect(status).toBe(401);
      return JSON.parse(body).detail;
    };
    const line = `Authorization: Api-Key ${good.key}`;
    expect(await detailOf(line, line)).toBe('Send one Authorization header.');
    const bare = `Authorization: ${good.key}`;
    expect(await detailOf(bare, bare)).toBe(`Send one Authorization header. ${HINT}`);
  });

  it('not beside a key that has the word and opens nothing: its answer has the same bytes always', async () => {
    const dead = test.api.with({ authorization: 'Api-Key nonsense', 'x-api-key': good.key });
    expect(await dead.get('/api/orgs/')).toMatchObject({ status: 401, body: INVALID_KEY });
  });

  it('of a key that never was, the answer is the same: nothing is looked up', async () => {
    const unknown = `${'A'.repeat(8)}.${'b'.repeat(32)}`;
    const lookUps = async () => (await Figures.of(test.api)).value('lookup_group_size_count');
    const before = await lookUps();
    for (const form of ['', 'Token ', 'Bearer ']) {
      const [real, made] = await Promise.all([good.key, unknown].map((key) => withHeader(form + key)));
      expect(real?.text).toBe(made?.text);
    }
    expect(await lookUps()).toBe(before);
    await withHeader(`Api-Key ${unknown}`);
    expect(await lookUps()).toBe(Number(before) + 1);
  });
});

describe('What is no credential counts as none (A8, F2)', () => {
  it.each([
    ['Basic', () => 'Basic dXNlcjpwYXNz'],
    ['an unknown scheme', () => 'Token abc'],
    ['half a key', () => secretOf(good)],
    ['a property of every object', () => 'constructor x'],
  ])('401 not_authenticated for %s', async (_name, header) => {
    const answer = await withHeader(header());
    expect(answer).toMatchObject({ status: 401, body: NO_CREDENTIALS });
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
  });

  it('401 not_authenticated for an empty header', async () => {
    const answer = await sendRaw(test.url, rawRequest('/api/orgs/', ['Authorization:']));
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toEqual(NO_CREDENTIALS);
  });

  it('401 for a key in the query, a cookie or the body: it is looked for in the header alone (A20)', async () => {
    expect(await test.api.get(`/api/orgs/?api_key=${good.key}`)).toMatchObject({
      status: 401,
      body: NO_CREDENTIALS,
    });
    const cookie = await test.api.with({ cookie: `api_key=${good.key}` }).get('/api/orgs/');
    expect(cookie).toMatchObject({ status: 401, body: NO_CREDENTIALS });
    const fields = { api_key: good.key, key: good.key, authorization: `Api-Key ${good.key}` };
    for (const path of ['/api/auth/access-keys/current/revoke/', '/api/auth/access-keys/']) {
      expect(await test.api.post(path, fields)).toMatchObject({ status: 401, body: NO_CREDENTIALS });
    }
    expect((await test.api.as(good).get('/api/orgs/')).status).toBe(200);
  });
});

describe('One request, one credential (A8, F4)', () => {
  it('401 for two Authorization headers, even two good ones', async () => {
    const line = `Authorization: Api-Key ${good.key}`;
    const answer = await sendRaw(test.url, rawRequest('/api/orgs/', [line, line]));
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'authentication_failed' });
  });

  it('401 for a bad header beside any cookie: the cookie is not looked at', async () => {
    const cookie = `sessionid=${'a'.repeat(43)}`;
    const bad = await test.api.with({ authorization: 'Api-Key nonsense', cookie }).get('/api/orgs/');
    expect(bad).toMatchObject({ status: 401, body: INVALID_KEY });
    const unknown = await test.api.with({ authorization: 'Nonsense', cookie }).get('/api/orgs/');
    expect(unknown).toMatchObject({ status: 401, body: NO_CREDENTIALS });
  });
});

describe('A malformed bearer (F3)', () => {
  it.each(['Bearer', 'Bearer a b', 'Bearer  a', 'bearer a\tb'])(
    '401 bad_authorization_header for %j',
    async (header) => {
      const answer = await withHeader(header);
      expect(answer).toMatchObject({
        status: 401,
        body: {
          detail: 'Authorization header must contain two space-delimited values',
          code: 'bad_authorization_header',
        },
      });
      expect(answer.headers.get('www-authenticate')).toBe(`${CHALLENGE}, error="invalid_token"`);
    },
  );

  it.each([
    'Bearer x',
    'Bearer a.b',
    'Bearer a.b.c',
    'Bearer e30.e30.',
    'Bearer ....',
    `Bearer ${'a'.repeat(5000)}`,
  ])('401 token_not_valid for %j', async (header) => {
    const answer = await withHeader(header);
    expect(answer).toMatchObject({
      status: 401,
      body: {
        detail: 'Given token not valid for any token type',
        code: 'token_not_valid',
        messages: [{ token_class: 'AccessToken', token_type: 'access' }],
      },
    });
    expect(answer.headers.get('www-authenticate')).toBe(`${CHALLENGE}, error="invalid_token"`);
  });
});

describe('Whatever the header holds, the answer is a refusal and never a failure (F6, F7)', () => {
  it('every single byte, in every scheme: 400 for what no header may hold, 401 for the rest', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
    for (const scheme of ['Api-Key ', 'Bearer ', '']) {
      const answers = await Promise.all(
        bytes.map((byte) =>
          sendRaw(test.url, rawRequest('/api/orgs/', [`Authorization: ${scheme}${byte}x`])),
        ),
      );
      // 400 is Node's own parser refusing control characters but the tab (RFC 9110 §5.5) before any of our code runs
      const refused = (byte: number): boolean => (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
      expect(answers.map(({ status }) => status)).toEqual(
        bytes.map((_, byte) => (refused(byte) ? 400 : 401)),
      );
    }
  });

  it('any text after a scheme is 401, and only the exact key opens', async () => {
    const credential = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((n) => String.fromCharCode(n)),
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Api-Key', 'Bearer', 'Foo'), credential, async (scheme, text) => {
        expect((await withHeader(`${scheme} ${text}`)).status).toBe(401);
      }),
      { numRuns: 300 },
    );
  });
});

function swapCase(text: string): string {
  const swapped = text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return swapped === text ? `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}` : swapped;
}
