import { PassThrough, Readable } from 'node:stream';
import { answerBody } from '../../src/provider-calls/outbound/answer-body.js';
import { Deadline } from '../../src/provider-calls/outbound/deadline.js';
import type { ProviderAnswer } from '../../src/provider-calls/outbound/provider-call.js';
import { passedText, freshProviderBench, streamOf, textOf } from '../support/provider-calls.js';

const bench = freshProviderBench();

const post = (body: Readable | Buffer) => ({
  method: 'POST',
  target: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  body,
});

test('an event arrives while the stream is still open', async () => {
  bench.fakes.A.next('open_stream');
  const answer = await bench.send('A', post(Buffer.from('{"stream":true}')), { limits: { idleMs: 20_000 } });
  expect(answer).toMatchObject({ headers: { 'content-type': 'text/event-stream' } });
  for await (const chunk of streamOf(answer)) {
    expect(String(chunk)).toBe('data: {"n":0}\n\n'); // the provider has not ended: nothing waited for the rest
    break;
  }
  await bench.fakes.A.idle();
});

test('callers who all cut off their streams at once leave the calls after them alone', async () => {
  const body = () => Buffer.from('{"stream":true}');
  for (let round = 0; round < 10; round += 1) {
    for (let n = 0; n < 8; n += 1) bench.fakes.A.next('open_stream');
    const streams = await Promise.all(Array.from({ length: 8 }, () => bench.send('A', post(body()))));
    const meanwhile: Promise<ProviderAnswer>[] = [];
    for (const answer of streams) {
      streamOf(answer).destroy();
      meanwhile.push(bench.send('A', post(body())));
      if (meanwhile.length % 2) await new Promise((resolve) => setImmediate(resolve));
    }
    const after: string[] = [];
    for (const answer of await Promise.all(meanwhile)) after.push(await passedText(answer));
    for (let n = 0; n < 4; n += 1) after.push(await passedText(await bench.send('A', post(body()))));
    expect(after.filter((text) => text.length > 0)).toHaveLength(12);
  }
});

test('a stream of events arrives whole and in order', async () => {
  bench.fakes.P.next('event_stream');
  const call = bench.call('P', { ...post(Buffer.from('{}')), target: '/v1/sonar' });
  const text = await passedText(await bench.transport.send(call));
  expect(text.match(/data: .*/g)).toEqual([0, 1, 2, 3].map((n) => `data: {"n":${n}}`).concat('data: [DONE]'));
  expect((await call.hooks.settled()).outcomes).toEqual(['ok']);
});

describe('silence', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  test('a slow reader is not mistaken for a silent provider, and a silent provider is noticed after that', async () => {
    const provider = new PassThrough();
    const deadline = new Deadline(600_000);
    const ends: unknown[] = [];
    const body = answerBody(provider, { idleMs: 50, maxAnswerBytes: 1e9 }, deadline, (problem) =>
      ends.push(problem),
    );
    provider.write(Buffer.alloc(256 * 1024));
    await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(10_000);
    expect(body.destroyed).toBe(false);
    body.resume();
    await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(100);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toEqual(['timeout']);
    deadline.clear();
  });
});

test('a request body streams through, byte for byte', async () => {
  const parts = ['{"messages":"', 'é'.repeat(100_000), '"}'];
  const answer = await bench.send('A', post(Readable.from(parts.map((part) => Buffer.from(part)))));
  await passedText(answer);
  expect(bench.fakes.A.received[0]?.body).toBe(parts.join(''));
});

test('a request body past the limit ends the call; the provider never has it whole', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024, 'a'));
    },
  });
  const call = bench.call('A', post(endless), { limits: { maxRequestBytes: 300_000 } });
  await expect(bench.transport.send(call)).rejects.toMatchObject({ code: 'body_too_large' });
  expect((await call.hooks.settled()).outcomes).toEqual(['unknown']);
  endless.destroy();
  const signed = bench.call(
    'W',
    { ...post(Readable.from([Buffer.alloc(400_000)])), target: '/v2/cases' },
    { limits: { maxRequestBytes: 300_000 } },
  );
  await expect(bench.transport.send(signed)).rejects.toMatchObject({ code: 'body_too_large' });
  expect(signed.hooks.sent).toBe(0);
  const whole = bench.call('A', post(Buffer.alloc(300_001)), { limits: { maxRequestBytes: 300_000 } });
  await expect(bench.transport.send(whole)).rejects.toMatchObject({ code: 'body_too_large' });
});

test('a caller who breaks off in the middle of an upload ends the call', async () => {
  for (const target of ['/v1/chat/completions', '/v2/cases']) {
    const upload = new PassThrough();
    upload.write('{"a":');
    const keyType = target === '/v2/cases' ? 'W' : 'A';
    const call = bench.call(
      keyType,
      { ...post(upload), target },
      { limits: { totalMs: 20_000, headersMs: 20_000 } },
    );
    const sent = expect(bench.transport.send(call)).rejects.toMatchObject({ code: 'aborted' });
    await new Promise((resolve) => setImmediate(resolve));
    upload.destroy();
    await sent;
    await call.hooks.settled();
    await bench.fakes.byType[keyType].idle();
  }
});

describe('a short request body whose length is told', () => {
  const short = (body: Readable, target = '/v1/chat/completions') => ({
    ...post(body),
    target,
    headers: { 'content-type': 'application/json', 'content-length': '8' },
  });

  test('goes out whole and with its length, byte for byte', async () => {
    await passedText(await bench.send('A', short(Readable.from([Buffer.from('{"a":'), Buffer.from('12}')]))));
    expect(bench.fakes.A.received).toMatchObject([{ headers: { 'content-length': '8' }, body: '{"a":12}' }]);
  });

  test('is sent again where the call only asks', async () => {
    bench.fakes.O.next('unavailable');
    await passedText(
      await bench.send('O', short(Readable.from([Buffer.from('{"a":12}')]), '/match/default')),
    );
    expect(bench.fakes.O.received.map(({ body }) => body)).toEqual(['{"a":12}', '{"a":12}']);
  });

  test('that breaks off, or is too slow, is not sent at all', async () => {
    const upload = new PassThrough();
    upload.write('{"a":');
    const call = bench.call('A', short(upload));
    const sent = expect(bench.transport.send(call)).rejects.toMatchObject({ code: 'aborted' });
    await new Promise((resolve) => setImmediate(resolve));
    upload.destroy();
    await sent;
    const slow = bench.call('A', short(new PassThrough()), { limits: { totalMs: 300 } });
    await expect(bench.transport.send(slow)).rejects.toMatchObject({ code: 'timeout' });
    expect([call.hooks.sent, slow.hooks.sent, bench.fakes.A.received]).toEqual([0, 0, []]);
  });
});

test('a body of a signing provider is signed whole, also when it streams', async () => {
  const body = Readable.from([Buffer.from('{"name":'), Buffer.from('"王"}')]);
  const answer = await bench.send('W', { ...post(body), target: '/v2/cases' });
  expect(answer.outcome).toBe('ok');
  await (answer.passed && textOf(answer.body));
});
