import { gzipSync } from 'node:zlib';
import type { KeyType } from '../../src/access/key-types.js';
import { drop, KEYS, passedText, freshProviderBench } from '../support/provider-calls.js';

const bench = freshProviderBench();

/** With every character in it that some encoding changes. */
const KEY = 'canary/+"\\%41<&>=?5f1c1d0e7a4b4c0b9d2e';

const unicode = (text: string): string =>
  Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const percent = (text: string): string =>
  Array.from(text, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).join('');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const FORMS: [string, (key: string) => string][] = [
  ['as it is', (key) => key],
  ['in JSON', (key) => JSON.stringify({ message: `Bad key: ${key}` })],
  ['in JSON within JSON', (key) => JSON.stringify({ message: JSON.stringify({ key }) })],
  ['in JSON with escaped slashes', (key) => JSON.stringify(key).replaceAll('/', '\\/')],
  ['in \\u escapes', (key) => `{"message":"${unicode(key)}"}`],
  [
    'in \\u escapes here and there',
    (key) => `{"m":"${unicode(key.slice(0, 3))}${JSON.stringify(key.slice(3)).slice(1)}}`,
  ],
  ['as a query', (key) => JSON.stringify({ url: `https://api.example/?key=${encodeURIComponent(key)}` })],
  ['in percent escapes throughout', (key) => JSON.stringify({ key: percent(key) })],
  ['in base64', (key) => JSON.stringify({ key: base64(key) })],
  ['in base64 without padding, for URLs', (key) => Buffer.from(key).toString('base64url')],
  ['as Basic credentials', (key) => JSON.stringify({ authorization: `Basic ${base64(`${key}:${key}`)}` })],
  ['in base64 behind one byte', (key) => base64(`:${key}`)],
  ['in base64 behind two bytes', (key) => base64(`a:${key}:b`)],
  ['in base64 broken over lines', (key) => base64(`x: ${key}`).replace(/.{16}/g, '$&\r\n')],
  ['in hexadecimal', (key) => Buffer.from(key).toString('hex').toUpperCase()],
  ['in HTML', (key) => key.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)],
  [
    'in HTML with names',
    (key) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  ],
  ['in HTML with noughts in front', (key) => key.replace(/./g, (c) => `&#0000${c.charCodeAt(0)};`)],
  [
    'in HTML with hexadecimal numbers',
    (key) => key.replace(/./g, (c) => `&#x0000${c.charCodeAt(0).toString(16)};`),
  ],
  ['in HTML without semicolons', (key) => key.replace(/[/+"<&]/g, (c) => `&#${c.charCodeAt(0)}`)],
  ['in percent escapes twice', (key) => percent(percent(key))],
  ['as JavaScript escapes it', (key) => percent(key).replaceAll('%', '%u00')],
  ['in \\u escapes with doubled backslashes', (key) => JSON.stringify(unicode(key).replaceAll('\\', '\\\\'))],
  ['in \\u{} escapes', (key) => unicode(key).replace(/u(....)/g, 'u{$1}')],
  ['in \\u escapes of UTF-16', (key) => JSON.stringify(Buffer.from(key, 'utf16le').toString('latin1'))],
  ['with unseen characters in between', (key) => key.replace(/./g, '$&\u00ad\u200b')],
  ['in base64 of UTF-16', (key) => Buffer.from(`: ${key}`, 'utf16le').toString('base64')],
  ['in UTF-7 throughout', (key) => `+${Buffer.from(key, 'utf16le').swap16().toString('base64')}-`],
  ['in upper case', (key) => key.toUpperCase()],
];

const echo = async (body: string | Buffer, status = 400, key = KEY, headers = {}) => {
  bench.fakes.A.answerNext({ status, body, headers });
  return bench.send('A', {}, { key });
};

describe.each(FORMS)('a secret %s', (_form, written) => {
  test.each([400, 404, 409, 422])('does not come back in an error %i', async (status) => {
    await expect(echo(written(KEY), status).then(passedText)).rejects.toMatchObject({
      code: 'secret_echoed',
    });
  });

  test('nor compressed, nor byte by byte', async () => {
    const coded = gzipSync(written(KEY));
    const whole = echo(coded, 400, KEY, { 'content-encoding': 'gzip' }).then(passedText);
    await expect(whole).rejects.toMatchObject({ code: 'secret_echoed' });
    bench.fakes.A.answerNext({
      status: 400,
      body: Array.from(Buffer.from(written(KEY)), (byte) => Buffer.of(byte)),
    });
    const pieces = bench.send('A', {}, { key: KEY }).then(passedText);
    await expect(pieces).rejects.toMatchObject({ code: 'secret_echoed' });
  });
});

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf32 = (text: string): Buffer => Buffer.from(Array.from(text, (c) => `${c}\0\0\0`).join(''));

describe.each([
  ['UTF-16', utf16],
  ['UTF-16, its other order', (text: string) => utf16(text).swap16()],
  ['UTF-16 with a mark', (text: string) => Buffer.concat([Buffer.of(0xff, 0xfe), utf16(text)])],
  ['UTF-32', utf32],
])('a body in %s', (_name, encoded) => {
  const body = encoded(JSON.stringify({ message: `Bad key: ${KEY}` }));

  test.each([200, 400, 422])(
    'does not pass with a %i, whether its charset is told or not',
    async (status) => {
      await expect(echo(body, status).then(passedText)).rejects.toMatchObject({ code: 'not_utf8' });
      const told = { 'content-type': 'application/json; charset=utf-16le' };
      expect(await echo(body, status, KEY, told)).toMatchObject({ passed: false, status });
    },
  );
});

test('an error with bytes that are no UTF-8 does not pass', async () => {
  await expect(echo(Buffer.of(0x22, 0xe9, 0x22)).then(passedText)).rejects.toMatchObject({
    code: 'not_utf8',
  });
});

test.each(['utf-7', '"UTF-16"', 'ebcdic-us', 'utf-8; charset=utf-7', 'utf-80'])(
  'an answer does not pass that says its charset is %s',
  async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    for (const status of [200, 409])
      expect(await echo('{}', status, KEY, headers)).toMatchObject({ passed: false });
  },
);

test.each(['utf-8', 'UTF8', '"utf-8"', 'us-ascii; q=1'])(
  'an answer passes whose charset is %s',
  async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    for (const status of [200, 409])
      expect(await echo('{}', status, KEY, headers).then(passedText)).toBe('{}');
  },
);

test('an error that says something else passes as it is', async () => {
  const body = JSON.stringify({
    message: `Unknown model "${base64('some-other-text-altogether')}" %41 \\u0041`,
  });
  expect(await echo(body).then(passedText)).toBe(body);
  expect(await echo(JSON.stringify({ key: 'canary…9d2e' })).then(passedText)).toContain('9d2e'); // a mask
});

test('an error that is too long to be searched does not pass', async () => {
  await expect(echo('x'.repeat(1024 * 1024 + 1)).then(passedText)).rejects.toMatchObject({
    code: 'answer_too_large',
  });
});

test('the halves of a pair are secrets too, and so is an access token', async () => {
  const [id = '', secret = ''] = KEYS.W.split(':');
  for (const half of [id, secret]) {
    bench.fakes.W.answerNext({ status: 404, body: { message: `unknown: ${half}` } });
    await expect(bench.send('W').then(passedText)).rejects.toMatchObject({ code: 'secret_echoed' });
  }
  bench.fakes.W.answerNext({
    status: 200,
    body: { access_token: 'canary-token-0123456789', expires_in: 300 },
  });
  bench.fakes.W.answerNext({ status: 400, body: { message: 'token canary-token-0123456789' } });
  const onDemand = bench.send(
    'W',
    { target: '/data/world-check/v1/schemes' },
    { settings: { product: 'on_demand' } },
  );
  await expect(onDemand.then(passedText)).rejects.toMatchObject({ code: 'secret_echoed' });
});

test('a header that repeats a secret is left out, of a good answer as of an error', async () => {
  for (const status of [200, 409]) {
    bench.fakes.A.answerNext({
      status,
      headers: { 'openai-version': `v1 ${KEYS.A}`, 'openai-processing-ms': '7' },
      body: {},
    });
    const answer = await bench.send('A');
    if (!answer.passed) throw new Error('refused');
    drop(answer);
    expect(answer.headers).not.toHaveProperty('openai-version');
    expect(answer.headers).toMatchObject({ 'openai-processing-ms': '7' });
  }
});

test('a type that repeats a secret is told without what repeats it: a body always has one', async () => {
  for (const type of ['application/json', 'text/event-stream']) {
    bench.fakes.A.answerNext({
      status: 200,
      headers: { 'content-type': `${type}; key="${KEYS.A}"` },
      body: {},
    });
    const answer = await bench.send('A');
    if (!answer.passed) throw new Error('refused');
    drop(answer);
    expect(answer.headers['content-type']).toBe(type);
  }
});

test('the call of an echo is counted like any other error of the caller', async () => {
  const type: KeyType = 'A';
  bench.fakes.A.answerNext({ status: 400, body: { message: KEYS[type] } });
  const call = bench.call(type);
  await expect(bench.transport.send(call).then(passedText)).rejects.toMatchObject({ code: 'secret_echoed' });
  expect((await call.hooks.settled()).outcomes).toEqual(['our_fault']);
});
