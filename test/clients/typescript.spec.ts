import { inspect } from 'node:util';
import * as errors from '../../clients/typescript/src/error-classes.js';
import {
  AlreadyIssuedError,
  ApiError,
  ApiKey,
  AuthenticationFailedError,
  NoAnswerError,
  CryptoComply,
  InvalidError,
  InvalidPageError,
  Jwt,
  type KeyWarning,
  NoActiveAccountError,
  type Options,
  ParseError,
  ReadOnlyKeyError,
  Session,
  ThrottledError,
  type Tokens,
  TokenNotValidError,
} from '../../clients/typescript/src/index.js';
import { pauseAfter } from '../../clients/typescript/src/retry.js';
import { errorOf } from '../../clients/typescript/src/refusal.js';
import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';
import { UnreliableWay } from '../support/unreliable-way.js';

const DAY = 86_400;
let test: TestApp;
let way: UnreliableWay;
let org: { id: number; name: string };
let owner: MadeUser;
let key: MadeKey;
beforeAll(async () => {
  test = await startTestApp();
  way = await UnreliableWay.to(test.url);
  org = await test.make.org();
  owner = await test.make.member(org, 'Owner');
  key = await test.make.accessKey(owner);
});
beforeEach(() => way.next());
afterAll(async () => {
  await way.close();
  await test.close();
});

const connect = (options: Options = {}): CryptoComply =>
  new CryptoComply({ baseUrl: way.url, credential: new ApiKey(key.key), ...options });
const requests = (): string[] => way.seen.map(({ request }) => request);

function fail(): never {
  throw new NoAnswerError('The pager does not answer.');
}

const PROXY = { 'content-type': 'text/html' };
const UNAVAILABLE = {
  status: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '0' },
  body: '{"detail": "Temporarily unavailable.", "code": "service_unavailable"}',
};
const THROTTLED = {
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '0' },
  body: '{"detail": "Request was throttled. Expected available in 0 seconds.", "code": "throttled"}',
};

describe('Three schemes', () => {
  const mine = () => [{ id: org.id, name: org.name, role: 'Owner' }];
  const renamed = (client: CryptoComply, name: string) =>
    client.patch('/api/orgs/{org_pk}/', { params: { path: { org_pk: org.id } }, body: { name } });

  it('an access key reads and writes, and is in nothing that is printed', async () => {
    const client = connect();
    expect(await client.get('/api/orgs/')).toEqual(mine());
    expect((await renamed(client, org.name)).name).toBe(org.name);
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(key.key.split('.')[1]);
  });

  it('a key with white space about it is refused before anything is sent, and not repeated', () => {
    const careless = () => new ApiKey(`${key.key}\n`);
    expect(careless).toThrow(TypeError);
    // An error to compare with: its message is compared whole.
    const told = 'An access key is `prefix.secret`, letters and digits, without white space.';
    expect(careless).toThrow(new TypeError(told));
    expect(requests()).toEqual([]);
  });

  it('e-mail and password are exchanged for tokens once, and the tokens renewed when they have expired', async () => {
    const password = await test.make.password(owner);
    const kept: Tokens[] = [];
    const credential = new Jwt(
      { email: owner.email, password },
      { onTokens: (pair) => void kept.push(pair) },
    );
    const client = connect({ credential });
    const both = await Promise.all([client.get('/api/orgs/'), client.get('/api/orgs/')]);
    expect(both).toEqual([mine(), mine()]);
    expect(requests().filter((request) => request.includes('token'))).toEqual(['POST /api/auth/token/']);

    await test.database.shiftClock(400); // beyond the five minutes of an access token
    try {
      way.next();
      expect(await Promise.all([client.get('/api/orgs/'), renamed(client, org.name)])).toMatchObject([
        mine(),
        { name: org.name },
      ]);
      expect(requests().filter((request) => request.includes('token'))).toEqual([
        'POST /api/auth/token/refresh/',
      ]);
    } finally {
      await test.database.shiftClock(0);
    }
    expect(kept).toHaveLength(2);
    const later = connect({ credential: new Jwt(kept[1] as Tokens) });
    expect(await later.get('/api/orgs/')).toEqual(mine());
  });

  it('tokens that are of no use any more, and a password that is wrong, are told as what they are', async () => {
    const dead = new Jwt({ access: 'a.b.c', refresh: 'a.b.c' });
    await expect(connect({ credential: dead }).get('/api/orgs/')).rejects.toThrow(TokenNotValidError);
    const wrong = new Jwt({ email: owner.email, password: 'not the password' });
    await expect(connect({ credential: wrong }).get('/api/orgs/')).rejects.toThrow(NoActiveAccountError);
  });

  it('a session is opened once, writes with the proof that its page sends, and is opened anew when it has ended', async () => {
    const password = await test.make.password(owner);
    const credential = new Session({ email: owner.email, password }, { origin: TEST_ORIGIN });
    const client = connect({ credential });
    expect(await client.get('/api/orgs/')).toEqual(mine());
    expect((await renamed(client, org.name)).name).toBe(org.name);
    expect(requests().filter((request) => request.includes('login'))).toHaveLength(1);
    await test.database.query('DELETE FROM sessions WHERE user_id = $1', [owner.id]);
    expect(await client.get('/api/orgs/')).toEqual(mine());

    const { session: sessionId, csrf: csrfToken } = await sessionOf(test, owner);
    const open = connect({ credential: new Session({ sessionId, csrfToken }, { origin: TEST_ORIGIN }) });
    expect((await renamed(open, org.name)).name).toBe(org.name);
  });

  it('a credential goes nowhere in clear but to this machine, unless told', () => {
    for (const baseUrl of [
      'http://auth.internal:8000',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'http://localhost@evil.example',
    ]) {
      expect(() => new CryptoComply({ baseUrl })).toThrow('Credentials go over https');
    }
    for (const baseUrl of [
      'http://localhost:8000',
      'http://127.0.0.2',
      'http://[::1]:8000',
      'https://auth',
    ]) {
      expect(() => new CryptoComply({ baseUrl })).not.toThrow();
    }
    expect(() => new CryptoComply({ baseUrl: 'http://auth.internal:8000', allowHttp: true })).not.toThrow();
  });

  it.each(['ftp://localhost', 'file://localhost/etc', 'localhost:8000'])(
    'a credential goes over HTTP and HTTPS and nothing else: not to %s',
    (baseUrl) => {
      expect(() => new CryptoComply({ baseUrl, allowHttp: true })).toThrow('Credentials go over https');
    },
  );

  it('a path leads nowhere but to the service', async () => {
    const sent: string[] = [];
    const client = connect({
      baseUrl: 'https://auth.internal',
      fetch: async ({ url }) => {
        sent.push(url);
        return Response.json([]);
      },
    });
    for (const path of ['@evil.example/', '.evil.example/', ':8443/']) {
      await expect(client.get(path as '/api/orgs/')).rejects.toMatchObject({ name: 'TypeError' });
    }
    const elsewhere = client.api.GET('/api/orgs/', { baseUrl: 'https://evil.example' });
    await expect(elsewhere).rejects.toThrow('The credential goes to https://auth.internal/ alone.');
    const call = (path: string) =>
      client.get('/api/orgs/{org_pk}/providers/{key_type}/{path}', {
        params: { path: { org_pk: 1, key_type: 'H', path } },
      });
    for (const path of [
      ...['..', '../../members/', 'a/../../../me/', 'a/%2E%2e/b', './a', 'a/.?b=c', '.%2e\\a'],
      ...['a\\..\\b', 'a\\b', '.\t./b', 'a\nb', 'a?b=c#d'],
    ]) {
      await expect(call(path)).rejects.toThrow('A path has no dot segments, and is percent-encoded');
    }
    const named = client.get('/api/choices/{name}/', { params: { path: { name: '..' as 'roles' } } });
    await expect(named).rejects.toThrow('A path has no dot segments');
    expect(sent).toEqual([]);
    await client.get('/api/orgs/');
    await call('a..b/.c/...?d=../e\\f&g=h%23');
    expect(sent).toEqual([
      'https://auth.internal/api/orgs/',
      'https://auth.internal/api/orgs/1/providers/H/a..b/.c/...?d=../e\\f&g=h%23',
    ]);
  });

  it.each(['https://auth.internal/?x=1', 'https://auth.internal/#x'])(
    'no path can follow a query or a fragment: %s is no base URL',
    (baseUrl) => {
      expect(() => new CryptoComply({ baseUrl })).toThrow('A base URL has neither a query nor a fragment');
    },
  );
});

describe('Retries', () => {
  it.each([
    ['the service is unavailable', UNAVAILABLE],
    ['the caller is throttled', THROTTLED],
    ['a proxy has nobody behind it', { status: 502, headers: PROXY, body: '<h1>Bad Gateway</h1>' }],
    ['the connection breaks', 'cut'],
    ['the answer is lost', 'lost'],
  ] as const)('a read is repeated when %s', async (_what, mishap) => {
    way.next(mishap, mishap);
    expect(await connect().get('/api/orgs/')).toHaveLength(1);
    expect(requests()).toEqual(Array(3).fill('GET /api/orgs/'));
  });

  it('and given up after as many attempts as allowed, with the last error', async () => {
    way.next(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE);
    await expect(connect().get('/api/orgs/')).rejects.toMatchObject({ status: 503, retryAfterSeconds: 0 });
    way.next('cut', 'cut');
    await expect(connect({ attempts: 2 }).get('/api/orgs/')).rejects.toThrow(NoAnswerError);
    expect(requests()).toHaveLength(2);
  });

  it.each([UNAVAILABLE, THROTTLED, 'cut', 'lost'] as const)(
    'a write is never repeated unless told: %j',
    async (mishap) => {
      way.next(mishap);
      const invited = {
        params: { path: { org_pk: org.id } },
        body: { email: 'b@example.com', role: 'Viewer' },
      };
      await expect(connect().post('/api/orgs/{org_pk}/members/', invited)).rejects.toThrow();
      expect(requests()).toHaveLength(1);
    },
  );

  it('a write that is told to is repeated, and so is one with an Idempotency-Key, which is done once', async () => {
    const path = { org_pk: org.id };
    way.next(UNAVAILABLE);
    const named = { params: { path }, body: { name: org.name }, retry: true };
    expect((await connect().patch('/api/orgs/{org_pk}/', named)).name).toBe(org.name);
    expect(requests()).toHaveLength(2);

    way.next('lost');
    const role = await connect().post('/api/orgs/{org_pk}/roles/', {
      params: { path, header: { 'Idempotency-Key': 'role-1' } },
      body: { name: 'Reader of members', permissions: ['member.view'] },
    });
    expect(requests()).toHaveLength(2);
    const names: string[] = [];
    for await (const { name } of connect().list('/api/orgs/{org_pk}/roles/', { params: { path } }))
      names.push(name);
    expect(names.filter((name) => name === role.name)).toHaveLength(1);
  });

  it('an answer with a secret that is lost is not repeated: the error names what was issued', async () => {
    const staff = await test.make.user({ staff: true });
    const admin = new ApiKey((await test.make.accessKey(staff, { admin: true })).key);
    way.next('lost');
    const issued = connect({ credential: admin }).post('/api/admin/access-keys/', {
      params: { header: { 'Idempotency-Key': 'key-1' } },
      body: { user: owner.id, organization: org.id, access_level: 'read_only', name: 'Reports' },
    });
    const error = await issued.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AlreadyIssuedError);
    const [row] = await test.database.query<{ id: number }>(`SELECT max(id) AS id FROM access_keys`);
    expect((error as AlreadyIssuedError).body['id']).toBe(row?.id);
  });

  it('Retry-After is how long it waits; who would wait for longer than allowed gets the error at once', async () => {
    const told = (retryAfter: string) =>
      errorOf(new Response(THROTTLED.body, { status: 429, headers: { 'retry-after': retryAfter } }));
    const rules = { attempts: 3, longestWaitSeconds: 60 };
    expect(pauseAfter(await told('7'), 1, rules)).toBe(7);
    expect(pauseAfter(await told('61'), 1, rules)).toBeUndefined();

    way.next({ ...THROTTLED, headers: { ...THROTTLED.headers, 'retry-after': '61' } });
    const error = await connect()
      .get('/api/orgs/')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ status: 429, code: 'throttled', retryAfterSeconds: 61 });
    expect(requests()).toHaveLength(1);
  });

  it('what a repeat can not mend is not repeated', async () => {
    const refused = async (status: number, code: string) =>
      errorOf(new Response(JSON.stringify({ detail: 'No.', code }), { status }));
    const rules = { attempts: 3, longestWaitSeconds: 60 };
    for (const [status, code] of [
      [400, 'bad_path'],
      [401, 'authentication_failed'],
      [403, 'read_only_key'],
      [404, 'not_found'],
      [409, 'edit_conflict'],
      [429, 'provider_quota'],
      [500, 'error'],
      [502, 'provider_refused'],
      [504, 'provider_timeout'],
    ] as const) {
      expect([code, pauseAfter(await refused(status, code), 1, rules)]).toEqual([code, undefined]);
    }
    expect(pauseAfter(await refused(409, 'idempotency_in_progress'), 1, rules)).toBeGreaterThanOrEqual(0);
  });

  it('an answer that takes too long is given up, and so is a call that its caller gives up', async () => {
    const never = (request: Request) =>
      new Promise<Response>((_resolve, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error));
      });
    const slow = connect({ fetch: never, timeoutSeconds: 0.01, attempts: 1 });
    const error = await slow.get('/api/orgs/').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoAnswerError);
    expect((error as NoAnswerError).cause).toEqual(new Error('It took longer than 0.01 s.'));

    const caller = new AbortController();
    const given = connect({ fetch: never }).get('/api/orgs/', { signal: caller.signal });
    caller.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('Lists', () => {
  it('all entries come one by one, page by page, by the filters that were given, from where the client sends its requests', async () => {
    const many = await test.make.org();
    const manager = await test.make.member(many, 'Owner');
    const viewers: MadeUser[] = [];
    for (let n = 0; n < 4; n += 1) viewers.push(await test.make.member(many, 'Viewer'));
    const { key: text } = await test.make.accessKey(manager);
    const client = connect({ credential: new ApiKey(text) });
    const list = client.list('/api/orgs/{org_pk}/members/', {
      params: { path: { org_pk: many.id }, query: { status: 'active', page_size: 2, ordering: 'id' } },
    });
    await client.post('/api/orgs/{org_pk}/members/', {
      params: { path: { org_pk: many.id } },
      body: { email: owner.email, role: 'Viewer' }, // invited: the filter leaves it out
    });
    way.next();
    const emails: string[] = [];
    for await (const { user } of list) emails.push(user.email);
    expect(emails).toEqual([manager, ...viewers].map(({ email }) => email));
    expect(requests()).toHaveLength(3);
    const sizes: number[] = [];
    for await (const { results, count } of list.pages()) sizes.push(results.length, count);
    expect(sizes).toEqual([2, 5, 2, 5, 1, 5]);
  });
});

describe('Errors', () => {
  it('are of the class of their code, with all that the service said', async () => {
    const readOnly = new ApiKey((await test.make.accessKey(owner, { level: 'read_only' })).key);
    const path = { org_pk: org.id };
    const refused = connect({ credential: readOnly }).patch('/api/orgs/{org_pk}/', {
      params: { path },
      body: { name: 'New' },
      headers: { 'x-request-id': 'my-own-request' },
    });
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReadOnlyKeyError);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      name: 'ReadOnlyKeyError',
      status: 403,
      code: 'read_only_key',
      detail: 'This API key is read-only. Use a full-access key for write requests.',
      requestId: 'my-own-request',
      fields: {},
    });
  });

  it('bad input is told by field', async () => {
    const bad = connect().post('/api/orgs/{org_pk}/members/', {
      params: { path: { org_pk: org.id } },
      body: { email: 'nobody' } as { email: string; role: string },
    });
    const error = await bad.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidError);
    expect((error as InvalidError).fields).toMatchObject({ email: ['Enter a valid email address.'] });
    expect(Object.keys((error as InvalidError).fields)).toEqual(['email', 'role']);
  });

  it('the two refusals without a code are known by their form, and what is no answer of the service by its status', async () => {
    const query = { page: '99' };
    const list = connect().get('/api/orgs/{org_pk}/members/', {
      params: { path: { org_pk: org.id }, query },
    });
    await expect(list).rejects.toThrow(InvalidPageError);
    const unreadable = await fetch(`${test.url}/api/auth/token/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(await errorOf(unreadable)).toBeInstanceOf(ParseError);

    way.next({ status: 413, headers: PROXY, body: '<h1>Too large</h1>' });
    const error = await connect()
      .get('/api/orgs/')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ApiError', status: 413, code: '413', body: {} });
  });

  it('every class is of a code, and every code has a class', () => {
    const { ERRORS, ...classes } = errors;
    expect(Object.values(classes).length).toBeGreaterThan(50);
    expect(new Set(Object.values(ERRORS))).toEqual(new Set(Object.values(classes)));
  });
});

describe('Access keys that end', () => {
  it('a key that expires soon and one that was rotated are warned about, once each', async () => {
    const ending = await test.make.accessKey(owner, { organization: org, expiresInSeconds: 3 * DAY });
    const told: KeyWarning[] = [];
    const client = connect({
      credential: new ApiKey(ending.key),
      onWarning: (warning) => void told.push(warning),
    });
    await client.get('/api/orgs/');
    const { expires_at } = await client.get('/api/auth/access-keys/current/');
    expect(told).toEqual([
      {
        kind: 'expiring',
        expiresAt: new Date(expires_at ?? ''),
        message: `The access key expires at ${told[0]?.kind === 'expiring' ? told[0].expiresAt.toISOString() : ''}: rotate it.`,
      },
    ]);
    const successor = await connect({
      credential: new ApiKey(ending.key),
      onWarning: () => undefined,
    }).rotate();
    await client.get('/api/orgs/');
    await client.get('/api/orgs/');
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ kind: 'superseded', supersededBy: successor.prefix });
  });

  it('a refusal warns as well as what succeeds', async () => {
    const ending = await test.make.accessKey(owner, { organization: org, expiresInSeconds: 3 * DAY });
    const told: KeyWarning[] = [];
    const onWarning = (warning: KeyWarning): void => void told.push(warning);
    const client = connect({ credential: new ApiKey(ending.key), onWarning });
    const nowhere = { params: { path: { org_pk: 2_147_483_647 } } };
    await expect(client.get('/api/orgs/{org_pk}/', nowhere)).rejects.toThrow(errors.NotFoundError);
    expect(told).toMatchObject([{ kind: 'expiring' }]);
  });

  it('who is warned may rotate, and wait for it: also of a rotation that is under way, which is not made twice', async () => {
    const rotate = 'POST /api/auth/access-keys/current/rotate/';
    for (const [first, expected] of [
      ['get', ['GET /api/orgs/', rotate]],
      ['rotate', [rotate]],
    ] as const) {
      const ending = await test.make.accessKey(owner, { organization: org, expiresInSeconds: 3 * DAY });
      let done: (successor: string) => void = () => undefined;
      const successor = new Promise<string>((resolve) => (done = resolve));
      const credential = new ApiKey(ending.key);
      const client = connect({
        credential,
        onWarning: async () => done((await client.rotate()).prefix),
      });
      way.next();
      await (first === 'get' ? client.get('/api/orgs/') : client.rotate());
      expect([await successor, requests()]).toEqual([credential.prefix, expected]);
    }
  });

  it.each([
    ['throws', () => fail()],
    ['fails later', async () => fail()],
  ])(
    'an onWarning that %s is no failure of what was done: it is told in the console',
    async (_how, onWarning) => {
      const ending = await test.make.accessKey(owner, { organization: org, expiresInSeconds: 3 * DAY });
      const client = connect({ credential: new ApiKey(ending.key), onWarning });
      const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
      try {
        const issued = await client.rotate();
        expect(requests()).toEqual(['POST /api/auth/access-keys/current/rotate/']);
        expect(await client.get('/api/auth/access-keys/current/')).toMatchObject({ id: issued.id });
        expect(told.mock.calls).toEqual([
          [
            expect.stringContaining('The access key expires at '),
            new NoAnswerError('The pager does not answer.'),
          ],
        ]);
      } finally {
        told.mockRestore();
      }
    },
  );

  it('rotate() keeps the successor first, then goes on with it; the old key works for its grace', async () => {
    const old = await test.make.accessKey(owner, { organization: org });
    const credential = new ApiKey(old.key);
    const client = connect({ credential, onWarning: () => undefined });
    let stored = '';
    const store = ({ key: successor }: { key: string }): void => {
      expect(credential.prefix).toBe(old.prefix);
      stored = successor;
    };
    const [issued, same] = await Promise.all([client.rotate({ grace_seconds: 60 }, store), client.rotate()]);
    expect(same).toBe(issued);
    expect(stored).toBe(issued.key);
    expect(credential.prefix).toBe(issued.prefix);
    way.next();
    const current = await client.get('/api/auth/access-keys/current/');
    expect(current).toMatchObject({ id: issued.id, replaces: old.id });
    expect(way.seen.map(({ authorization }) => authorization)).toEqual([`Api-Key ${stored}`]);
    expect(
      (await connect({ credential: new ApiKey(old.key), onWarning: () => undefined }).get('/api/orgs/'))
        .length,
    ).toBe(1);
  });

  it('what could not be kept is not used: the client goes on with the old key, and rotates again', async () => {
    const credential = new ApiKey((await test.make.accessKey(owner, { organization: org })).key);
    const before = credential.prefix;
    const client = connect({ credential, onWarning: () => undefined });
    const disk = () => {
      throw new Error('The disk is full.');
    };
    await expect(client.rotate({}, disk)).rejects.toThrow('The disk is full.');
    expect(credential.prefix).toBe(before);
    way.next('lost');
    const issued = await client.rotate();
    expect(requests()).toHaveLength(2);
    expect(await client.get('/api/auth/access-keys/current/')).toMatchObject({ id: issued.id });
  });

  it('a request that was under way with a key that ended meanwhile is sent again with its successor', async () => {
    const old = await test.make.accessKey(owner, { organization: org });
    const credential = new ApiKey(old.key);
    let arrived: () => void = () => undefined;
    const atTheDoor = new Promise<void>((resolve) => (arrived = resolve));
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let first = true;
    const client = connect({
      credential,
      onWarning: () => undefined,
      fetch: async (request) => {
        if (first) {
          first = false;
          arrived();
          await gate;
        }
        return fetch(request);
      },
    });
    const underWay = client.get('/api/orgs/');
    await atTheDoor;
    await client.rotate({ grace_seconds: 0 });
    await client.get('/api/orgs/');
    open();
    expect(await underWay).toHaveLength(1);
    await expect(connect({ credential: new ApiKey(old.key) }).get('/api/orgs/')).rejects.toThrow(
      AuthenticationFailedError,
    );
  });
});

describe('A body of several forms', () => {
  it('goes in each of them: a report of leaked keys as a list of keys, and as scanners write it', async () => {
    const [one, two, three] = [
      await test.make.accessKey(owner),
      await test.make.accessKey(owner),
      await test.make.accessKey(owner),
    ];
    const client = new CryptoComply({ baseUrl: way.url });
    const path = '/api/auth/access-keys/report-leak/';
    const outcomes = [{ index: 0, outcome: 'revoked' }];
    expect((await client.post(path, { body: { keys: [one.key] } })).results).toEqual(outcomes);
    expect((await client.post(path, { body: [{ token: two.key }] })).results).toEqual(outcomes);
    expect((await client.post(path, { body: [{ Secret: three.key }] })).results).toEqual(outcomes);
  });
});

describe('Bodies that are no JSON', () => {
  it('come as text, or piece by piece', async () => {
    const path = { org_pk: org.id };
    await connect().patch('/api/orgs/{org_pk}/', { params: { path }, body: { name: 'Renamed' } });
    await connect().patch('/api/orgs/{org_pk}/', { params: { path }, body: { name: org.name } });
    const events = await connect().get('/api/orgs/{org_pk}/audit-events/', {
      params: { path, query: { format: 'ndjson' } },
      parseAs: 'stream',
    });
    const pieces: string[] = [];
    for await (const piece of events ?? []) pieces.push(Buffer.from(piece as Uint8Array).toString('utf8'));
    const lines = pieces.join('').trim().split('\n');
    const actions = lines.map((line) => (JSON.parse(line) as { action: string }).action);
    expect(actions.slice(0, 2)).toEqual(['organization.changed', 'organization.changed']);
    expect(await connect().get('/metrics', { parseAs: 'text' })).toContain('# HELP');
  });
});
