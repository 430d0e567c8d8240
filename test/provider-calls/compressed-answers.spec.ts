import * as zlib from 'node:zlib';
import { checkKey } from '../../src/provider-calls/outbound/provider-check.js';
import { passedText, freshProviderBench, streamOf } from '../support/provider-calls.js';

const bench = freshProviderBench();

const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: Buffer) => Buffer };

const CODINGS: [string, (data: Buffer) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['x-gzip', zlib.gzipSync],
  ['GZIP', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ['gzip, br', (data) => zlib.brotliCompressSync(zlib.gzipSync(data))],
  ['identity', (data) => data],
  ...(zstdCompressSync ? [['zstd', zstdCompressSync] as [string, (data: Buffer) => Buffer]] : []),
];

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const bytesOf = (data: Buffer): Buffer[] => Array.from(data, (byte) => Buffer.of(byte));

describe.each(CODINGS)('an answer in %s (%#)', (coding, encode) => {
  const headers = { 'content-encoding': coding };

  test('is classified by what it says', async () => {
    const error = { error: { message: 'You exceeded your current quota.', code: 'insufficient_quota' } };
    bench.fakes.A.answerNext({ status: 429, headers, body: encode(jsonOf(error)) });
    expect(await bench.send('A')).toMatchObject({ outcome: 'quota', hint: 'no_credit', status: 429 });
    expect(bench.fakes.A.received).toHaveLength(1);
  });

  test('arrives plain, whatever pieces it came in', async () => {
    const value = { data: 'x'.repeat(3_000), name: '王' };
    bench.fakes.A.answerNext({ status: 200, headers, body: bytesOf(encode(jsonOf(value))) });
    const answer = await bench.send('A');
    expect(JSON.parse(await passedText(answer))).toEqual(value);
    expect(answer).toMatchObject({ passed: true, outcome: 'ok' });
    expect(answer.passed && answer.headers).not.toHaveProperty('content-encoding');
  });

  test('passes as an error of the caller too', async () => {
    bench.fakes.A.answerNext({ status: 422, headers, body: encode(jsonOf({ message: 'no such model' })) });
    expect(JSON.parse(await passedText(await bench.send('A')))).toEqual({ message: 'no such model' });
  });

  test('proves a key at a check', async () => {
    bench.fakes.A.answerNext({ status: 200, headers, body: encode(jsonOf({ data: [] })) });
    expect(await checkKey(bench.transport, bench.call('A'))).toMatchObject({ outcome: 'ok', status: 200 });
  });
});

test('events in gzip arrive while the stream is still open', async () => {
  const start = zlib.gzipSync('data: {"n":0}\n\n', { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  bench.fakes.A.openNext({ 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }, start);
  for await (const chunk of streamOf(await bench.send('A'))) {
    expect(String(chunk)).toBe('data: {"n":0}\n\n');
    break;
  }
  await bench.fakes.A.idle(); // leaving early ended it at the provider
});

describe('a bomb', () => {
  const bomb = zlib.gzipSync(Buffer.alloc(50_000_000, ' '));

  test('is cut at the limit of what it unfolds to, as an answer', async () => {
    expect(bomb.length).toBeLessThan(100_000);
    bench.fakes.A.answerNext({ status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb });
    const call = bench.call('A', {}, { limits: { maxAnswerBytes: 1_000_000 } });
    const answer = await bench.transport.send(call);
    await expect(passedText(answer)).rejects.toMatchObject({ code: 'answer_too_large' });
    expect((await call.hooks.settled()).outcomes).toEqual(['unknown']);
  });

  test.each([
    [401, { error: { code: 'invalid_api_key' } }, 'bad_key', 'unknown'],
    [429, { error: { code: 'insufficient_quota' } }, 'quota', 'rate_limited'],
  ])(
    'with status %i is not unfolded further than an error is read: %j decides in a short one alone',
    async (status, error, short, long) => {
      for (const [blanks, outcome] of [
        [1_000, short],
        [2_000_000, long],
      ] as const) {
        const body = zlib.gzipSync(Buffer.concat([Buffer.alloc(blanks, ' '), jsonOf(error)]));
        bench.fakes.A.answerNext({ status, headers: { 'content-encoding': 'gzip' }, body });
        const answer = await bench.send('A', {}, { limits: { retries: 0 } });
        expect(answer).toMatchObject({ passed: false, status, outcome });
      }
    },
  );

  test('with status 422, which passes, is cut where an error is too long', async () => {
    bench.fakes.A.answerNext({ status: 422, headers: { 'content-encoding': 'gzip' }, body: bomb });
    const answer = await bench.send('A');
    await expect(passedText(answer)).rejects.toMatchObject({ code: 'answer_too_large' });
  });

  test('of several codings on top of each other is not touched', async () => {
    const nested = zlib.gzipSync(zlib.gzipSync(zlib.gzipSync(Buffer.from('{}'))));
    bench.fakes.A.answerNext({
      status: 200,
      headers: { 'content-encoding': 'gzip, gzip, gzip' },
      body: nested,
    });
    expect(await bench.send('A')).toMatchObject({ passed: false, reason: 'content_type' });
  });
});

describe('what can not be decoded', () => {
  test('a coding that nobody knows: the answer is refused, an error is read by its status', async () => {
    const headers = { 'content-encoding': 'compress' };
    const quota = jsonOf({ error: { code: 'insufficient_quota' } });
    for (const status of [200, 400]) {
      bench.fakes.A.answerNext({ status, headers, body: quota });
      expect(await bench.send('A')).toMatchObject({ passed: false, status });
    }
    bench.fakes.T.answerNext({ status: 401, headers, body: quota });
    expect(await bench.send('T')).toMatchObject({ outcome: 'bad_key' });
  });

  test('bytes that are not what the header says, or not all of them, are a broken answer and never the rest', async () => {
    const whole = zlib.gzipSync(jsonOf({ data: 'x'.repeat(5_000) }));
    for (const body of [Buffer.from('{"data":[]}'), whole.subarray(0, -9)]) {
      bench.fakes.A.answerNext({ status: 200, headers: { 'content-encoding': 'gzip' }, body });
      const call = bench.call('A', {}, { limits: { retries: 0 } });
      await expect(bench.transport.send(call).then(passedText)).rejects.toMatchObject({ code: 'cut_off' });
      expect((await call.hooks.settled()).outcomes).toEqual(['provider_down']);
    }
  });

  test.each(['gzip', 'deflate', 'br'])(
    'nothing at all under the header %s is an empty answer',
    async (coding) => {
      bench.fakes.A.answerNext({ status: 400, headers: { 'content-encoding': coding }, body: '' });
      expect(await passedText(await bench.send('A'))).toBe('');
    },
  );
});
