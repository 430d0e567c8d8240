import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import { type RawAnswer, sendRaw } from '../support/raw.js';

let test: TestApp;
let authorization: string;
let members: string;

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  const owner = await test.make.member(org, 'Owner');
  await test.make.member(org, 'Viewer');
  authorization = `Authorization: Api-Key ${(await test.make.accessKey(owner)).key}`;
  members = `/api/orgs/${org.id}/members/`;
});
afterAll(() => test.close());

/** Sends these lines as they are; the connection ends with the answer. */
const send = (...lines: string[]): Promise<RawAnswer> =>
  sendRaw(test.url, Buffer.from([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1'));

/** That the answer is one of ours: JSON with a code, and an id to find it by in the log. */
function expectRefusal(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, (JSON.parse(answer.body) as { code?: string }).code]).toEqual([status, code]);
  expect(answer.head).toMatch(/^X-Request-Id: [\w-]+\r?$/im);
  expect(answer.head).toMatch(/^Content-Type: application\/json\r?$/im);
}

/** As `expectRefusal`, of malformed requests, which have no code (contract §1). */
function expectUnread(answer: RawAnswer, detail: string): void {
  expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { detail }]);
  expect(answer.head).toMatch(/^X-Request-Id: [\w-]+\r?$/im);
}

describe('The target of a request', () => {
  it.each(['http://other.example', 'HTTP://other.example:1234', 'https://user@other.example'])(
    'in absolute form (%s) is its path: links are made of that and of our own origin',
    async (origin) => {
      const answer = await send(
        `GET ${origin}${members}?page_size=1&ordering=id HTTP/1.1`,
        'Host: other.example',
        authorization,
      );
      const body = JSON.parse(answer.body) as Record<string, unknown>;
      expect([answer.status, body['next']]).toEqual([
        200,
        `${TEST_ORIGIN}${members}?page_size=1&ordering=id&page=2`,
      ]);
    },
  );

  it.each([
    ['a word in UTF-8', `/api/orgs/?search=${Buffer.from('Müller').toString('latin1')}`],
    ['a byte that is none of UTF-8', '/api/orgs/\xff/'],
    ['a control character', '/api/orgs/\x01/'],
    ['a host beyond ASCII', 'http://\xe4.example/api/orgs/'],
    ['no path', 'api/orgs/'],
  ])('with %s is 400, and told how a URL is written', async (_what, target) => {
    expectUnread(
      await send(`GET ${target} HTTP/1.1`, 'Host: x', authorization),
      'The URL could not be read. What is not ASCII in it must be percent-encoded.',
    );
  });

  it('in absolute form opens nothing that its path does not', async () => {
    expectRefusal(
      await send(`GET http://other.example${members} HTTP/1.1`, 'Host: x'),
      401,
      'not_authenticated',
    );
    for (const target of ['http://other.example/api/nowhere/', 'ftp://other.example/api/orgs/'])
      expectRefusal(await send(`GET ${target} HTTP/1.1`, 'Host: x', authorization), 404, 'not_found');
  });

  it.each(['OPTIONS', 'GET', 'POST'])(
    '`*` (%s) is no path: 404, with or without a credential',
    async (method) => {
      for (const more of [
        [],
        [authorization],
        ['Origin: https://a.example', 'Access-Control-Request-Method: POST'],
      ])
        expectRefusal(await send(`${method} * HTTP/1.1`, 'Host: x', ...more), 404, 'not_found');
    },
  );

  it('`next` keeps what the query had, but for the page, and takes no host from a path', async () => {
    const ask = async (target: string) =>
      JSON.parse((await send(`GET ${target} HTTP/1.1`, 'Host: evil.example', authorization)).body) as {
        next: string;
        previous: string | null;
      };
    const { next } = await ask(`${members}?page_size=1&search=%40&status=active&page=1&x=a%26b`);
    const link = new URL(next);
    expect(`${link.origin}${link.pathname}`).toBe(TEST_ORIGIN + members);
    expect(Object.fromEntries(link.searchParams)).toEqual({
      page_size: '1',
      search: '@',
      status: 'active',
      page: '2',
      x: 'a&b',
    });
    const { previous } = await ask(`${members}?page=2&page_size=1`);
    expect(previous).toBe(`${TEST_ORIGIN}${members}?page_size=1`);
    expect((await ask(members.slice(0, -1) + '?page_size=1')).next).toBe(
      `${TEST_ORIGIN}${members.slice(0, -1)}?page_size=1&page=2`,
    );
  });

  it.each([
    '/api/docs/../../package.json',
    '/api/docs/..%2f..%2fpackage.json',
    '/api/docs/%2e%2e/%2e%2e/package.json',
    '/api/docs/..\\..\\package.json',
    '/api/docs/./../docs/../../package.json',
    '/api/docs/static/../../../package.json',
    '/api/docs/%00',
    'http://other.example/api/docs/../../package.json',
  ])('%s is 404, and nothing is told to the log as an error', async (target) => {
    expectRefusal(await send(`GET ${target} HTTP/1.1`, 'Host: x'), 404, 'not_found');
    const errors = test
      .logs()
      .split('\n')
      .filter((line) => line !== '' && (JSON.parse(line) as { level: number }).level >= 50);
    expect(errors).toEqual([]);
  });
});

describe('The host of a request (RFC 9112 §3.2)', () => {
  const ONCE = 'The request must name its host, once.';

  it.each([
    [['Host: a', 'Host: b']],
    [['Host: a', 'Host: a']],
    [['Host: a', 'hOST: b']],
    [['Host: a', 'Accept: */*', 'Host: a']],
    [[]],
    ...[
      'a b',
      'a, b',
      'a/b',
      'http://a',
      'user@a',
      'a:b',
      'a:1:2',
      '::1',
      '[::1',
      '[g]',
      'ä',
      'a?b',
      'a\\b',
      '"a"',
    ].map((host) => [[`Host: ${host}`]]),
  ])('400 with %j, with a credential or without', async (hosts) => {
    expectUnread(await send(`GET ${members} HTTP/1.1`, ...hosts), ONCE);
    expectUnread(await send(`GET ${members} HTTP/1.1`, ...hosts, authorization), ONCE);
  });

  it.each([
    'a',
    'A.example.',
    'auth_api:8000',
    '192.0.2.1',
    '[2001:db8::1]:8000',
    'a:',
    'xn--bcher-kva.example',
    'a%2db',
    '',
  ])('is none of our business where it is one: %j', async (host) => {
    const answer = await send(`GET ${members} HTTP/1.1`, `Host: ${host}`, authorization);
    expect(answer.status).toBe(200);
  });

  it('HTTP/1.0 may leave it out', async () => {
    const answer = await send(`GET ${members} HTTP/1.0`, authorization);
    expect(answer.status).toBe(200);
  });
});

describe('What a request expects (RFC 9110 §10.1.1)', () => {
  it.each(['a-miracle', '200-ok', '100 continue'])('417 for %j', async (expectation) => {
    expectRefusal(
      await send(`GET ${members} HTTP/1.1`, 'Host: x', authorization, `Expect: ${expectation}`),
      417,
      'expectation_failed',
    );
  });

  it('100-continue is met, and then the request is answered', async () => {
    const body = '{"token": "x"}';
    const { head, body: rest } = await sendRaw(
      test.url,
      [
        'POST /api/auth/token/verify/ HTTP/1.1',
        'Host: x',
        'Connection: close',
        'Expect: 100-Continue',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
    expect(head).toBe('HTTP/1.1 100 Continue');
    expect(rest).toMatch(/^HTTP\/1\.1 401 /);
    expect(rest).toContain('"code":"token_not_valid"');
  });
});

describe('Methods that are no requests of ours', () => {
  it('CONNECT opens no tunnel: 405 with `Allow`, and the connection ends', async () => {
    for (const lines of [
      ['CONNECT 127.0.0.1:5432 HTTP/1.1', 'Host: 127.0.0.1:5432'],
      ['CONNECT 127.0.0.1:5432 HTTP/1.1', 'Host: x', authorization],
    ]) {
      const answer = await send(...lines);
      expectRefusal(answer, 405, 'method_not_allowed');
      expect(answer.head).toMatch(/^Allow: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS\r?$/im);
    }
  });

  it('an upgrade to another protocol is not made: the request is answered as it is', async () => {
    const answer = await send(
      `GET ${members} HTTP/1.1`,
      'Host: x',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      authorization,
    );
    expect(answer.status).toBe(200);
  });
});

describe('How a body is transferred (RFC 9112 §6.1)', () => {
  const sent = (target: string, coding: string, chunks = ['2', '{}']): Promise<RawAnswer> => {
    const head = ['Host: x', authorization, 'Content-Type: application/json', 'Connection: close'];
    const lines = [
      `POST ${target} HTTP/1.1`,
      ...head,
      `Transfer-Encoding: ${coding}`,
      '',
      ...chunks,
      '0',
      '',
      '',
    ];
    return sendRaw(test.url, Buffer.from(lines.join('\r\n')));
  };

  it.each(['gzip, chunked', 'deflate, chunked', 'x, chunked'])(
    'compressed on the way (%s) it is 415 as any compressed body, and goes to no provider',
    async (coding) => {
      for (const target of ['/api/auth/token/', members.replace('members/', 'providers/A/v1/embeddings')])
        expectRefusal(await sent(target, coding), 415, 'unsupported_media_type');
    },
  );

  const post = (body: string, ...headers: string[]): Promise<RawAnswer> => {
    const head = ['Host: x', 'Connection: close', 'Transfer-Encoding: chunked', ...headers];
    return sendRaw(test.url, ['POST /api/auth/token/ HTTP/1.1', ...head, '', body].join('\r\n'));
  };
  const NOTHING = '0\r\n\r\n';

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json'])(
    'of no chunk at all, and of that or of no type, it is an empty one: %s',
    async (type) => {
      for (const headers of [[], [`Content-Type: ${type}`]]) {
        const { status, body } = await post(NOTHING, ...headers);
        expect([status, JSON.parse(body)]).toEqual([
          400,
          { email: ['This field is required.'], password: ['This field is required.'] },
        ]);
      }
    },
  );

  it('of no chunk at all it is 415 all the same, as multipart', async () => {
    expectRefusal(
      await post(NOTHING, 'Content-Type: multipart/form-data; boundary=x'),
      415,
      'unsupported_media_type',
    );
  });

  it.each(['text/plain', 'application/xml', ''])('in chunks it is 415 of the type %j', async (type) => {
    const headers = type === '' ? [] : [`Content-Type: ${type}`];
    const answer = await post(`2\r\n{}\r\n${NOTHING}`, ...headers);
    expectRefusal(answer, 415, 'unsupported_media_type');
    expect(answer.body).toContain(JSON.stringify(`Unsupported media type "${type}" in request.`));
  });

  it.each(['chunked', 'Chunked'])('in chunks (%s) it is read', async (coding) => {
    const { status, body } = await sent('/api/auth/token/', coding);
    expect([status, body]).toEqual([400, expect.stringContaining('This field is required.')]);
  });

  it('in no chunk at all it is none', async () => {
    const { status, body } = await sent('/api/auth/token/', 'chunked', []);
    expect([status, body]).toEqual([400, expect.stringContaining('This field is required.')]);
  });
});
