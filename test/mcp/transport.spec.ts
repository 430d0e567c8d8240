import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';
import { sendRaw } from '../support/raw.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let api: Client;
let key: string;
beforeAll(async () => {
  test = await startTestApp({ CORS_ORIGINS: 'https://dashboard.example' });
  ({ key } = await test.make.accessKey(await test.make.member(await test.make.org(), 'Owner')));
  api = test.api.as({ key }).with({ accept: 'application/json, text/event-stream' });
});
afterAll(() => test.close());

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

it('without a credential, and with a bad one, the answer is 401 with a challenge', async () => {
  const none = await test.api.post('/mcp', LIST);
  const bad = await test.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` }).post('/mcp', LIST);

  expect([none.status, none.body.code]).toEqual([401, 'not_authenticated']);
  expect([bad.status, bad.body]).toEqual([
    401,
    { detail: 'Invalid API key.', code: 'authentication_failed' },
  ]);
  for (const { headers } of [none, bad]) {
    expect(headers.get('www-authenticate')).toBe('Api-Key realm="api", Bearer realm="api"');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

it('what it is stands where clients look for it: no authorization server, and the guide where that is served', async () => {
  const path = '/.well-known/oauth-protected-resource/mcp';
  const { status, body, headers } = await test.api.get(path);
  expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
  expect(body).toEqual({
    resource: `${TEST_ORIGIN}/mcp`,
    resource_name: 'CryptoComply access and provider keys',
    bearer_methods_supported: ['header'],
    resource_documentation: `${TEST_ORIGIN}/docs/mcp/`,
  });
  const closed = await test.another({ API_DOCS: 'off' });
  expect((await closed.api.get(path)).body).not.toHaveProperty('resource_documentation');
  await closed.close();
});

it('no cookie is read: a live session opens nothing, and beside a key it is not looked at', async () => {
  const user = await test.make.member(await test.make.org(), 'Owner');
  const session = test.api.as(await sessionOf(test, user));

  const alone = await session.post('/mcp', LIST);
  const beside = await api.with({ cookie: 'sessionid=nonsense; sessionid=other' }).post('/mcp', LIST);

  expect([alone.status, alone.body.code]).toEqual([401, 'not_authenticated']);
  expect(beside.status).toBe(200);
});

it.each([
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page without an origin', { origin: 'null' }],
  ['another port', { origin: 'http://127.0.0.1:8001' }],
])('%s is 403', async (_what, headers) => {
  const { status, body } = await api.with(headers).post('/mcp', LIST);

  expect([status, body.code]).toEqual([403, 'foreign_origin']);
});

it.each([[TEST_ORIGIN], ['https://dashboard.example']])('a page of %s is let in', async (origin) => {
  expect((await api.with({ origin }).post('/mcp', LIST)).status).toBe(200);
});

it.each([
  ['evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['evil.example@127.0.0.1', 400], // no host at all
  ['127.0.0.1:99999', 403],
  ['127.0.0.1', 200],
  ['127.0.0.1:9', 200],
])('a request to the host %s is %i', async (host, status) => {
  const body = JSON.stringify(LIST);
  const request = [
    'POST /mcp HTTP/1.1',
    `Host: ${host}`,
    'Connection: close',
    `Authorization: Api-Key ${key}`,
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

  expect((await sendRaw(test.url, request)).status).toBe(status);
});

it.each([
  ['a form', 'application/x-www-form-urlencoded', 'jsonrpc=2.0'],
  ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
  ['plain text, as a page of any site may send', 'text/plain', JSON.stringify(LIST)],
  ['JSON in another charset', 'application/json; charset=latin1', JSON.stringify(LIST)],
])('%s is 415', async (_what, type, body) => {
  const answer = await api.with({ 'content-type': type }).post('/mcp', body);

  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
});

it.each([
  ['nothing', undefined],
  ['a batch', [LIST, LIST]],
  ['a text', JSON.stringify('tools/list')],
  ['broken JSON', '{"jsonrpc"'],
  ['JSON that nests too deeply', `${'['.repeat(40)}${']'.repeat(40)}`],
])('a body that is %s is 400', async (_what, body) => {
  const answer = await api.post('/mcp', body);

  expect([answer.status, typeof answer.body.detail]).toEqual([400, 'string']);
});

it('a body that is no UTF-8 is 400, and one that is too long 413', async () => {
  const head = (length: number): string =>
    [
      'POST /mcp HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: close',
      `Authorization: Api-Key ${key}`,
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n');
  const broken = Buffer.concat([Buffer.from(head(3)), Buffer.from([0x22, 0xff, 0x22])]);

  expect((await sendRaw(test.url, broken)).status).toBe(400);
  expect((await api.post('/mcp', { ...LIST, params: { text: 'x'.repeat(70_000) } })).status).toBe(413);
});

it.each(['*/*', 'application/json', 'text/event-stream', 'text/html'])(
  'a client that accepts %s is answered all the same',
  async (accept) => {
    const answer = await api.with({ accept }).post('/mcp', LIST);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.text).toContain('"organization_list"');
  },
);

it('no notice of another list of tools is announced, for there is no way to give it', async () => {
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const { text } = await api.post('/mcp', { jsonrpc: '2.0', id: 1, method: 'initialize', params });

  expect(text).toContain('"capabilities":{"tools":{"listChanged":false}}');
});

it('GET and DELETE, which sessions would need, are 405; OPTIONS tells of the path', async () => {
  const [get, remove] = [await api.get('/mcp'), await api.delete('/mcp')];
  const options = await api.send('OPTIONS', '/mcp');

  expect([get.status, remove.status]).toEqual([405, 405]);
  expect(get.headers.get('allow')).toBe('POST, OPTIONS');
  expect(options.body).toMatchObject({ name: 'MCP', parses: ['application/json'] });
});

it('no session is opened, and no stream stays open: a subscription is refused', async () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const { status, headers, text } = await api.post('/mcp', initialize);

  expect(status).toBe(200);
  expect(headers.get('mcp-session-id')).toBeNull();
  expect(text).toContain('"protocolVersion":"2025-11-25"');
  const listen = await api
    .with({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' })
    .post('/mcp', {
      jsonrpc: '2.0',
      id: 2,
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
  expect(listen.body.error.message).toBe('Subscription limit reached');
});

it('a key that ends soon and one that was rotated are warned of in the answers here as well', async () => {
  const user = await test.make.member(await test.make.org(), 'Owner');
  const { key: ending } = await test.make.accessKey(user, { expiresInSeconds: 3600 });
  const { headers } = await api.as({ key: ending }).post('/mcp', LIST);

  expect(headers.get('cryptocomply-key-expires-at')).toMatch(/Z$/);
  expect(headers.get('cryptocomply-key-superseded-by')).toBeNull();

  const old = api.as({ key: (await test.make.accessKey(user)).key });
  const { status, body } = await old.post('/api/auth/access-keys/current/rotate/', {});
  const answer = await old.post('/mcp', LIST);

  expect([status, answer.status]).toEqual([201, 200]);
  expect(answer.headers.get('cryptocomply-key-superseded-by')).toBe(body.prefix);
});
