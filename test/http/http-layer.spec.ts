import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { routesOf } from '../contract/routes.js';

let test: TestApp;
let key: string;
let orgId: number;

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  orgId = org.id;
  const owner = await test.make.member(org, 'Owner');
  ({ key } = await test.make.accessKey(owner));
});
afterAll(() => test.close());

describe('Paths (H1, H2)', () => {
  it('the form without the slash is served by the same handler, without a redirect', async () => {
    const [with_, without] = await Promise.all(
      ['/api/orgs/', '/api/orgs'].map((path) => test.api.as({ key }).get(path)),
    );
    expect(without?.status).toBe(200);
    expect(without?.text).toBe(with_?.text);
  });

  it.each([
    ['/api/orgs', 401],
    ['/api/orgs?', 401],
    ['/api/orgs/?', 401],
    ['/api/orgs/?x=%', 401],
    ['/%61pi/orgs/', 401],
    ['http://other.example/api/orgs/', 401],
    ['/api/admin/users', 401],
    ['/api/orgs;x/', 404],
    ['/api/orgs/;x', 401],
    ['/api/orgs/%2e', 401],
    ['/api/orgs/%00', 401],
    ['//api/orgs/', 404],
    ['/api//orgs/', 404],
    ['/api/./orgs/', 404],
    ['/api/x/../orgs/', 404],
    ['/api%2Forgs/', 404],
    ['/API/ORGS/', 404],
    ['/api/orgs//', 404],
    ['/api/orgs/%', 401],
    ['/api/orgs/%ff', 401],
    ['/api/%ff/', 404],
    ['/%', 404],
  ])('without a credential, %s is %i, as bytes on the wire', async (path, status) => {
    const answer = await sendRaw(test.url, rawRequest(path, []));
    expect(answer.status).toBe(status);
  });

  it('HEAD is guarded as its GET is, TRACE and unknown methods are refused (H3, H4)', async () => {
    expect((await test.api.send('HEAD', '/api/orgs/')).status).toBe(401);
    expect((await test.api.as({ key }).send('HEAD', '/api/orgs/')).status).toBe(200);
    for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
      const answer = await sendRaw(test.url, rawRequest('/api/orgs/', [], method));
      expect({ method, status: answer.status }).toEqual({ method, status: 405 });
      expect(answer.head.toLowerCase()).toContain('allow: get, head, options');
    }
  });

  it('a method that no provider is called by is 405, whatever path of the provider follows', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
      for (const path of ['x', 'api/v1/address/0x1/']) {
        const answer = await sendRaw(
          test.url,
          rawRequest(`/api/orgs/${orgId}/providers/H/${path}`, [], method),
        );
        expect({ method, path, status: answer.status }).toEqual({ method, path, status: 405 });
        expect(answer.head).toMatch(/^allow: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS\r?$/im);
      }
    }
  });

  it('a method that a fixed path does not declare is 405, though a path with an id beside it does', async () => {
    for (const path of ['diagnose', 'report-leak']) {
      for (const spelling of [path, `${path}/`, `${path}/?x=1`, path.replace('a', '%61')]) {
        const answer = await test.api.get(`/api/auth/access-keys/${spelling}`);
        expect({ spelling, status: answer.status }).toEqual({ spelling, status: 405 });
        expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
      }
    }
    expect(await test.api.get('/api/auth/access-keys/1/')).toMatchObject({ status: 401 });
  });

  it('nothing stands below a path by the path’s own name: 404 for OPTIONS and for GET', async () => {
    const paths = routesOf(test.app).map((route) => route.replace(/^[A-Z]+ /, '').replace(/\/$/, ''));
    const taken = /\/check\/|\/providers(?:\/|$)/; // what follows these is somebody else's path
    const own = [...new Set(paths)].filter((path) => !taken.test(path));
    expect(own).toEqual(
      expect.arrayContaining(['/mcp', '/metrics', '/api/orgs', '/api/orgs/{org_pk}/members']),
    );
    for (const path of own) {
      const doubled = `${path}${path}/`.replace(/\{\w+\}/g, String(orgId));
      for (const method of ['OPTIONS', 'GET']) {
        const { status, body } = await test.api.as({ key }).send(method, doubled);
        expect([method, doubled, status, body.code]).toEqual([method, doubled, 404, 'not_found']);
      }
    }
  });
});

describe('Pages and files, which are nobody’s', () => {
  it.each(['/api/schema/', '/api/schema', '/api/docs/', '/api/docs/page.js'])(
    '%s tells by OPTIONS what it takes, and by 405 as well',
    async (path) => {
      const told = await test.api.send('OPTIONS', path);
      expect([told.status, told.headers.get('allow')]).toEqual([200, 'GET, HEAD, OPTIONS']);
      expect(Object.keys(told.body)).toEqual(['name', 'description', 'renders', 'parses']);
      for (const method of ['POST', 'DELETE']) {
        const refused = await test.api.send(method, path);
        expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      }
    },
  );
});

describe('A percent sign that encodes nothing', () => {
  it('stands for itself, and the answer is as any other: plain JSON, private, logged', async () => {
    const logging = await test.another({ LOG_LEVEL: 'info' });
    const targets = [
      ['/api/%ff/', 404, null],
      ['/api/auth/access-keys/%', 401, '/api/auth/access-keys/:id'],
      [`/api/orgs/${orgId}/members/%zz/?page=1`, 404, '/api/orgs/:org_pk/members/:id'],
      [`/api/orgs/${orgId}/%c3%a9%c3/`, 404, null],
    ] as const;
    for (const [index, [target, status, route]] of targets.entries()) {
      const credential = status === 404 ? [`Authorization: Api-Key ${key}`] : [];
      const cookie = 'Cookie: sessionid=x';
      const request = rawRequest(target, [...credential, cookie, `X-Request-Id: at${index}`]);
      const answer = await sendRaw(logging.url, request);
      expect([target, answer.status]).toEqual([target, status]);
      expect(answer.head).toMatch(/^content-type: application\/json\r?$/im);
      expect(answer.head).toMatch(/^cache-control: no-store\r?$/im);
      expect(answer.head).toMatch(/^vary: .*cookie\r?$/im);
      const lines = logging.logs().trim().split('\n');
      const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(logged).toContainEqual(expect.objectContaining({ request_id: `at${index}`, route, status }));
    }
    await logging.close();
  });
});

it('a part of a path of any length has the methods of its route: another one is 405', async () => {
  const answer = await sendRaw(test.url, rawRequest(`/api/orgs/${'9'.repeat(600)}/`, [], 'DELETE'));
  expect(answer.status).toBe(405);
  expect(answer.head).toMatch(/^allow: GET, PATCH, HEAD, OPTIONS\r?$/im);
});

describe('Bodies (C6, H5, H6)', () => {
  it.each(['application/json; charset=latin1', 'text/plain', 'application/x-www-form-urlencoded; charset=x'])(
    'none at all has no type and no charset, whatever is said of it: %s',
    async (type) => {
      const headers = [`Authorization: Api-Key ${key}`, `Content-Type: ${type}`];
      expect((await sendRaw(test.url, rawRequest('/api/orgs/', headers))).status).toBe(200);
      const absent = rawRequest(`/api/orgs/${orgId}/roles/999999/`, headers, 'DELETE');
      expect((await sendRaw(test.url, absent)).status).toBe(404);
      const empty = await sendRaw(
        test.url,
        rawRequest('/api/auth/token/', [...headers, 'Content-Length: 0'], 'POST'),
      );
      expect([empty.status, empty.body]).toEqual([400, expect.stringContaining('This field is required.')]);
    },
  );

  // Any route that takes a body will do: the HTTP layer judges before anybody asks who is calling.
  const post = (body: string, contentType: string) =>
    test.api.with({ 'content-type': contentType }).post('/api/auth/token/', body);

  it.each(['c3', 'e282', 'f09f98'])(
    'one that ends within a letter of UTF-8 (%s) is told so',
    async (bytes) => {
      const letter = Buffer.from(bytes, 'hex');
      const head = rawRequest(
        '/api/auth/token/',
        ['Content-Type: application/json', `Content-Length: ${letter.length}`],
        'POST',
      );
      const { status, body } = await sendRaw(test.url, Buffer.concat([head, letter]));
      expect([status, body]).toEqual([400, expect.stringContaining('unexpected end of data')]);
    },
  );

  it.each([
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json, x',
    'application/xml',
  ])('415 for %s', async (contentType) => {
    const answer = await post('{"email":', contentType);
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  it.each([
    ['application/json', 400],
    ['application/json; charset=utf-8', 400],
    ['Application/JSON', 400],
    ['application/json ;', 400],
    ['application/json;charset', 400],
    ['application/json\ta', 415],
    ['application/json; charset=utf-16', 415],
  ])(
    'a body sent as %j is read as JSON, or refused, but never let through unread: %i',
    async (type, status) => {
      expect((await post('{"email":', type)).status).toBe(status);
      const answer = await post('{"email": true}', type);
      expect(answer.status).toBe(status);
      if (status === 400) {
        expect(answer.body).toEqual({
          email: ['Not a valid string.'],
          password: ['This field is required.'],
        });
      }
    },
  );

  it('400 with a detail for JSON that is none, nests too deeply, or reaches for the prototype', async () => {
    for (const body of [
      '{',
      'nul',
      '\uFEFF{}x',
      '[',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      '{"__proto__":{"x":1}}',
    ]) {
      const answer = await post(body, 'application/json');
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ detail: expect.stringContaining('JSON parse error') as string });
    }
  });

  it('takes JSON that nests 32 deep and no deeper, whatever stands beside that or in its texts', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}"\\"[[{"${']'.repeat(depth)}`;
    const wide = Array.from({ length: 100 }, () => '[{}]').join();
    const brackets = JSON.stringify('[{"'.repeat(50));
    const taken = { status: 400, body: { email: ['Not a valid string.'] } };
    for (const email of [nested(31), `[${wide}]`, `[${brackets}, []]`])
      expect(await post(`{"email": ${email}}`, 'application/json')).toMatchObject(taken);
    expect((await post(`{"email": ${nested(32)}}`, 'application/json')).body).toEqual({
      detail: 'JSON parse error - nested too deeply.',
    });
  });

  it('a form of tens of thousands of fields of one name is read as any other', async () => {
    const answer = await post(`${'x&'.repeat(30_000)}email=a`, 'application/x-www-form-urlencoded');
    expect(answer).toMatchObject({ status: 400, body: { password: ['This field is required.'] } });
  });

  it('413 for a body that is larger than any request needs', async () => {
    const answer = await post(JSON.stringify({ email: 'x'.repeat(70_000) }), 'application/json');
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });
});

const MINE = ['X-Request-Id: job-7:run.3'];
const SECURITY_HEADERS = Object.entries({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

describe('Every answer', () => {
  it('carries the request id: the caller’s when it is well-formed, else one of ours', async () => {
    const mine = await test.api.with({ 'x-request-id': 'job-7:run.3' }).get('/api/orgs/');
    expect(mine.headers.get('x-request-id')).toBe('job-7:run.3');
    for (const bad of ['a b', 'x'.repeat(129), '<script>', '{"a":1}']) {
      const answer = await test.api.with({ 'x-request-id': bad }).get('/api/nowhere/');
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it('carries the security headers and names no product (M1)', async () => {
    for (const path of ['/api/orgs/', '/api/nowhere/', '/healthz']) {
      const { headers } = await test.api.get(path);
      for (const [name, value] of SECURITY_HEADERS) expect(headers.get(name)).toBe(value);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  it.each([
    ['a path that no router reads', rawRequest('/api/orgs/%', MINE), /^job-7:run\.3$/],
    ['a part of a path that is too long', rawRequest(`/api/orgs/${'x'.repeat(501)}`, MINE), /^job-7:run\.3$/],
    ['what is no HTTP', Buffer.from('who goes there\r\n\r\n'), /^[\da-f-]{36}$/],
    [
      'headers that are too large',
      rawRequest('/api/orgs/', [`X-Long: ${'x'.repeat(20_000)}`]),
      /^[\da-f-]{36}$/,
    ],
  ])('carries both for %s, too', async (_what, request, id) => {
    const { head } = await sendRaw(test.url, request);
    expect(/^X-Request-Id: (.+)$/im.exec(head)?.[1]).toMatch(id);
    for (const [name, value] of SECURITY_HEADERS)
      expect(head.toLowerCase()).toContain(`${name}: ${value}`.toLowerCase());
  });

  it('reflects no origin: other sites read nothing (C8)', async () => {
    for (const origin of ['https://evil.example', 'null', `${TEST_ORIGIN}.evil.example`]) {
      const { headers } = await test.api.as({ key }).with({ origin }).get('/api/orgs/');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('No method override of any kind (A10)', () => {
  it('a read-only key that asks for PATCH as GET in a header, the query or the body writes nothing', async () => {
    const org = await test.make.org();
    const reader = await test.make.accessKey(await test.make.member(org, 'Owner'), { level: 'read_only' });
    const overriding = test.api
      .as({ key: reader.key })
      .with({ 'x-http-method-override': 'GET', 'x-method-override': 'GET' });
    const answer = await overriding.patch(`/api/orgs/${org.id}/?_method=GET`, {
      name: 'Taken over',
      _method: 'GET',
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'read_only_key' } });
    expect((await test.api.as(reader).get(`/api/orgs/${org.id}/`)).body.name).toBe(org.name);
  });

  it('a GET that asks to be a DELETE runs as GET', async () => {
    const answer = await test.api
      .as({ key })
      .with({ 'x-http-method-override': 'DELETE' })
      .get(`/api/orgs/${orgId}/`);
    expect(answer).toMatchObject({ status: 200, body: { id: orgId } });
  });
});
