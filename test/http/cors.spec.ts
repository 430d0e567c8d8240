import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { sessionOf } from '../support/sign-in.js';

const ALLOWED = 'https://dashboard.example';
const SECOND = 'http://tools.example:8080';
/** Near misses: of the browser's own, look-alikes, another scheme or port, another case, two at once. */
const OTHERS = [
  'https://evil.example',
  'null',
  '*',
  `${ALLOWED}.evil.example`,
  'https://evil-dashboard.example',
  'http://dashboard.example',
  `${ALLOWED}:8443`,
  `${ALLOWED}/`,
  'HTTPS://DASHBOARD.EXAMPLE',
  `${ALLOWED}, ${SECOND}`,
  TEST_ORIGIN,
];

let test: TestApp;
let key: { key: string };
let session: { session: string; csrf: string };
let members: string;

beforeAll(async () => {
  test = await startTestApp({
    CORS_ORIGINS: `${ALLOWED}, ${SECOND}`,
    TRUSTED_PROXIES: '127.0.0.1',
  });
  const org = await test.make.org();
  const owner = await test.make.member(org, 'Owner');
  key = await test.make.accessKey(owner);
  session = await sessionOf(test, owner);
  members = `/api/orgs/${org.id}/members/`;
});
afterAll(() => test.close());

const from = (origin: string, client: Client = test.api): Client => client.with({ origin });
const preflight = (origin: string, path: string, method = 'POST', more: Record<string, string> = {}) =>
  from(origin)
    .with({ 'access-control-request-method': method, ...more })
    .send('OPTIONS', path);
/** What an answer tells browsers about other sites. */
const told = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
const varies = ({ headers }: Answer): string[] =>
  (headers.get('vary') ?? '').split(',').map((name) => name.trim().toLowerCase());

describe('A page of an origin in `CORS_ORIGINS`', () => {
  it.each([ALLOWED, SECOND])(
    'reads what is answered, refusals too, with every header of ours by name: %s',
    async (origin) => {
      const answers = [
        await from(origin, test.api.as(key)).get(members),
        await from(origin).get(members),
        await from(origin, test.api.as(key)).get('/api/nowhere/'),
        await from(origin, test.api.as(key)).delete(members),
        await from(origin, test.api.as(key)).post(members, '{'),
        await from(origin).get('/healthz'),
        await from(origin).get('/api/%ff/'),
        await from(origin).get('/api/schema/'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 405, 400, 200, 404, 200]);
      for (const answer of answers) {
        expect(told(answer)).toEqual({
          'access-control-allow-origin': origin,
          'access-control-expose-headers':
            'ETag, Retry-After, X-Request-Id, WWW-Authenticate, CryptoComply-Ignored-Parameters, ' +
            'CryptoComply-Key-Expires-At, CryptoComply-Key-Superseded-By, CryptoComply-Provider-Status',
        });
      }
    },
  );

  it.each([
    ['/api/orgs/', 'GET', 'GET, HEAD, OPTIONS'],
    ['/api/auth/token/', 'POST', 'POST, OPTIONS'],
    ['/api/auth/token', 'POST', 'POST, OPTIONS'],
    ['/api/orgs/1/', 'PATCH', 'GET, PATCH, HEAD, OPTIONS'],
  ])(
    'asks beforehand, without a credential, and is told what it may send: %s',
    async (path, method, methods) => {
      const answer = await preflight(ALLOWED, path, method, {
        'access-control-request-headers': 'authorization,x-other',
      });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(told(answer)).toMatchObject({
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-methods': methods,
        'access-control-allow-headers':
          'Authorization, Content-Type, If-Match, Idempotency-Key, X-Request-Id, CryptoComply-Provider-Key',
        'access-control-max-age': '7200',
      });
    },
  );

  it('asks about a path that there is not: 404', async () => {
    expect(await preflight(ALLOWED, '/api/nowhere/')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('sends `OPTIONS` by itself and is no preflight: the guards judge it', async () => {
    expect((await from(ALLOWED).send('OPTIONS', members)).status).toBe(401);
    const answer = await from(ALLOWED, test.api.as(key)).send('OPTIONS', members);
    expect([answer.status, answer.body.name]).toEqual([200, 'Members']);
    expect(told(answer)['access-control-allow-origin']).toBe(ALLOWED);
  });

  it('is never allowed to use cookies, nor to write by them: the CSRF check knows our own origin alone', async () => {
    const { session: id, csrf } = session;
    const byCookie = test.api.with({ cookie: `sessionid=${id}; csrftoken=${csrf}`, 'x-csrftoken': csrf });
    const [read, asked] = [await from(ALLOWED, byCookie).get(members), await preflight(ALLOWED, members)];
    expect([read.status, asked.status]).toEqual([200, 200]);
    for (const answer of [read, asked])
      expect(told(answer)).not.toHaveProperty('access-control-allow-credentials');
    const body = { email: 'guest@example.com', role: 'Viewer' };
    const refused = await from(ALLOWED, byCookie).post(members, body);
    expect([refused.status, refused.body.code]).toEqual([403, 'csrf_failed']);
    expect((await from(TEST_ORIGIN, byCookie).post(members, body)).status).toBe(201);
  });
});

describe('A page of any other origin', () => {
  it.each(OTHERS)('is told nothing: %s (C8)', async (origin) => {
    const answers = [
      await from(origin, test.api.as(key)).get(members),
      await from(origin).get(members),
      await preflight(origin, members),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
    for (const answer of answers) expect(told(answer)).toEqual({});
  });
});

it('every answer says that it depends on the origin, so that no cache gives one page’s to another', async () => {
  const client = test.api.as(key);
  for (const answer of [
    await client.get(members),
    await from(ALLOWED, client).get(members),
    await from('https://evil.example', client).get(members),
    await from(ALLOWED).get(members),
    await from(ALLOWED).get('/api/nowhere/'),
    await preflight(ALLOWED, members),
    await preflight('https://evil.example', members),
  ]) {
    expect(varies(answer)).toContain('origin');
  }
});

it.each(['nginx/', 'forward/', 'envoy/api/orgs/', 'nginx/require/any/any/'])(
  'a gateway’s check (%s) lets no preflight of an allowed origin through, and tells pages nothing',
  async (check) => {
    const path = `/api/auth/check/${check}`;
    const answer = await from(ALLOWED)
      .with({
        'access-control-request-method': 'POST',
        ...{ 'x-original-method': 'OPTIONS', 'x-original-uri': '/api/orgs/' },
        ...{ 'x-forwarded-method': 'OPTIONS', 'x-forwarded-uri': '/api/orgs/' },
      })
      .send('OPTIONS', path);
    expect([answer.status, answer.body.code, told(answer)]).toEqual([401, 'not_authenticated', {}]);
  },
);
