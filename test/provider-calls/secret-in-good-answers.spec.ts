import { PassThrough } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { answerBody } from '../../src/provider-calls/outbound/answer-body.js';
import { Deadline } from '../../src/provider-calls/outbound/deadline.js';
import { checkKey } from '../../src/provider-calls/outbound/provider-check.js';
import { SecretForms, StreamScreen } from '../../src/provider-calls/outbound/secret-echo.js';
import { KEYS, passedText, freshProviderBench, textOf } from '../support/provider-calls.js';

/** With characters that writers of JSON escape. */
const KEY = 'canary/+"\\\'<&=>5f1c1d0eKJO';
const json = JSON.stringify(KEY).slice(1, -1);

/** Each character as JSON may write any (RFC 8259 §7): as most do, and by its number, in either case of the digits. */
const WRITTEN = Array.from(KEY, (character) => {
  const digits = character.charCodeAt(0).toString(16);
  return [JSON.stringify(character).slice(1, -1), `\\u00${digits}`, `\\u00${digits.toUpperCase()}`] as const;
});

const FORMS: [string, string][] = [
  ['as it is', KEY],
  ['in JSON', json],
  ['in JSON with escaped slashes', json.replaceAll('/', '\\/')],
  ['in JSON that is safe in HTML', String.raw`canary/+\"\\'\u003c\u0026=\u003e5f1c1d0eKJO`],
  [
    'in JSON that is safe in HTML, in upper case',
    String.raw`canary/\u002B\u0022\\\u0027\u003C\u0026=\u003E5f1c1d0eKJO`,
  ],
  ['as Gson writes it', String.raw`canary/+\"\\\u0027\u003c\u0026\u003d\u003e5f1c1d0eKJO`],
  [
    'as PHP writes it with JSON_HEX_TAG, and slashes as ever',
    String.raw`canary\/+\"\\'\u003C&=\u003E5f1c1d0eKJO`,
  ],
  ['escaped throughout', WRITTEN.map(([, lower]) => lower).join('')],
  ['escaped throughout, in upper case', WRITTEN.map(([, , upper]) => upper).join('')],
  ...[0, 1, 2].map((first): [string, string] => [
    `escaped here and there, from the character ${first} on`,
    WRITTEN.map((ways, at) => ways[(at + first) % 3]).join(''),
  ]),
];

/** The text of a body that comes in these pieces, one after the other. */
async function passedOf(pieces: readonly Buffer[], key = KEY): Promise<string> {
  const source = new PassThrough();
  const deadline = new Deadline(60_000);
  const limits = { idleMs: 60_000, maxAnswerBytes: 1e6 };
  const body = answerBody(source, limits, deadline, () => deadline.clear(), screenOf(key));
  for (const piece of pieces) source.write(piece);
  source.end();
  return textOf(body);
}

const screenOf = (key: string): StreamScreen => new StreamScreen(new SecretForms([key]));

describe.each(FORMS)('a secret %s in a good answer', (_form, written) => {
  test.each([
    ['JSON', `{"m":"${written}"}`],
    ['an event stream', `data: {"n":0}\n\ndata: ${written}\n\ndata: [DONE]\n\n`],
  ])('is found at whatever byte %s is cut', async (_type, text) => {
    const bytes = Buffer.from(text);
    for (const at of bytes.keys()) {
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
      await expect(passedOf(pieces)).rejects.toMatchObject({ code: 'secret_echoed' });
    }
    const single = Array.from(bytes, (byte) => Buffer.of(byte));
    await expect(passedOf(single)).rejects.toMatchObject({ code: 'secret_echoed' });
  });
});

test('not a byte of the secret goes by before it is found', () => {
  const screen = screenOf('canary-secret');
  expect(String(screen.pass(Buffer.from('data: canary-canary-s')))).toBe('data: canary-');
  expect(screen.pass(Buffer.from('ecret'))).toBe('secret_echoed');
});

test.each([
  'data: canary-canary-secre\n\ndata: canary-secre',
  String.raw`{"m":"canary-\u0063anary-s\u0065cr\u0065\u0077","n":"canary\u002dsecre`,
  String.raw`{"m":"\\u0063anary-secre\t","path":"C:\\canary-secre","n":"canary-secre\u007`,
])('what only begins like the secret passes, whole and in order: %s', async (text) => {
  for (const at of Buffer.from(text).keys()) {
    const pieces = [text.slice(0, at), text.slice(at)].map((piece) => Buffer.from(piece));
    expect(await passedOf(pieces, 'canary-secret')).toBe(text);
  }
});

test('an event passes at once, though it ends like the secret begins', () => {
  expect(String(screenOf('canary-secret').pass(Buffer.from('data: canary-secre\n\n')))).toBe(
    'data: canary-secre\n\n',
  );
});

describe('a call whose good answer repeats the secret', () => {
  const bench = freshProviderBench();

  const body = JSON.stringify({ m: KEYS.A });
  test.each([
    ['plain', 'identity', Buffer.from(body)],
    ['in gzip', 'gzip', gzipSync(body)],
    ['in brotli', 'br', brotliCompressSync(body)],
  ])('%s ends before the first byte, and is no success', async (_name, coding, bytes) => {
    bench.fakes.A.answerNext({ status: 200, headers: { 'content-encoding': coding }, body: bytes });
    const call = bench.call('A');
    await expect(bench.transport.send(call).then(passedText)).rejects.toMatchObject({
      code: 'secret_echoed',
    });
    const [report] = (await call.hooks.settled()).reports;
    expect(report).toMatchObject({ outcome: 'unknown', status: 200, problem: 'secret_echoed' });
  });

  test('each half of a pair counts, and so does an access token', async () => {
    for (const half of KEYS.W.split(':')) {
      bench.fakes.W.answerNext({ status: 200, body: { m: half } });
      await expect(bench.send('W').then(passedText)).rejects.toMatchObject({ code: 'secret_echoed' });
    }
    bench.fakes.W.answerNext({
      status: 200,
      body: { access_token: 'canary-token-0123456789', expires_in: 300 },
    });
    bench.fakes.W.answerNext({ status: 200, body: { message: 'token canary-token-0123456789' } });
    const request = { target: '/data/world-check/v1/schemes' };
    const onDemand = bench.send('W', request, { settings: { product: 'on_demand' } });
    await expect(onDemand.then(passedText)).rejects.toMatchObject({ code: 'secret_echoed' });
  });

  test('tells nothing of the key when it is a check', async () => {
    bench.fakes.A.answerNext({ status: 200, body: { data: [KEYS.A] } });
    expect(await checkKey(bench.transport, bench.call('A'))).toEqual({ outcome: 'unknown', status: 200 });
    bench.fakes.A.answerNext({ status: 400, body: { message: KEYS.A } });
    expect(await checkKey(bench.transport, bench.call('A'))).toEqual({ outcome: 'our_fault', status: 400 });
  });
});
