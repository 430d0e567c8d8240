import { CALL_LIMITS, type CallLimits } from '../../src/provider-calls/outbound/limits.js';
import { ProviderCallError } from '../../src/provider-calls/outbound/provider-call-error.js';
import { json, passedText, ProviderBench, streamOf } from '../support/provider-calls.js';
import { until } from '../support/until.js';

const bench = new ProviderBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());
beforeEach(() => {
  bench.fakes.reset();
  bench.renew({ limits: { retries: 0, maxAnswerBytes: 1024 * 1024 } });
});

/** After a fault no request is left open, and once the transport is closed no connection either. */
async function expectBaseline(): Promise<void> {
  await bench.fakes.A.idle();
  await bench.transport.close();
  await bench.fakes.A.disconnected();
  expect(bench.fakes.A.openSockets).toBe(0);
}

const REFUSED: [string, Partial<CallLimits>, object][] = [
  ['slow_headers', { headersMs: 300 }, { outcome: 'provider_down', reason: 'timeout', status: null }],
  ['reset_before_read', {}, { outcome: 'provider_down', reason: 'unreachable', status: null }],
  ['reset_after_read', {}, { outcome: 'provider_down', reason: 'unreachable', status: null }],
  ['server_error', {}, { outcome: 'provider_down', reason: 'status', status: 500 }],
  ['unavailable', {}, { outcome: 'provider_down', reason: 'status', status: 503 }],
  ['rate_limited_bare', {}, { outcome: 'rate_limited', reason: 'status', status: 429 }],
  ['html_forbidden', {}, { outcome: 'unknown', hint: 'edge_block', status: 403 }],
  ['wrong_content_type', {}, { outcome: 'unknown', reason: 'content_type', status: 200 }],
  ['huge_body', {}, { outcome: 'unknown', reason: 'answer_too_large', status: 200 }],
  ['redirect_elsewhere', {}, { outcome: 'unknown', reason: 'redirect', status: 302 }],
  ['slow_error', { idleMs: 300 }, { outcome: 'unknown', reason: 'status', status: 401 }],
];

test.each(REFUSED)(
  '%s ends within its deadline %j with a classified outcome (J5, J7)',
  async (fault, limits, expected) => {
    bench.fakes.A.next(fault);
    const call = bench.call('A', { method: 'POST', target: '/v1/embeddings', ...json({}) }, { limits });
    await expect(bench.transport.send(call)).resolves.toMatchObject({ passed: false, ...expected });
    await call.hooks.settled();
    expect(call.hooks.reports).toHaveLength(1);
    await expectBaseline();
  },
);

const BROKEN: [string, Partial<CallLimits>, string, string][] = [
  ['slow_body', { idleMs: 300 }, 'timeout', 'provider_down'],
  ['dripping_body', { totalMs: 1_500 }, 'timeout', 'provider_down'],
  ['endless_body', {}, 'answer_too_large', 'unknown'],
  ['truncated_body', {}, 'cut_off', 'provider_down'],
  ['truncated_short_body', {}, 'cut_off', 'provider_down'],
  ['silent_short_body', { idleMs: 300 }, 'timeout', 'provider_down'],
  ['silent_short_body', { totalMs: 1_500 }, 'timeout', 'provider_down'],
];

test.each(BROKEN)(
  '%s breaks off within its deadline %j as %s, and counts as %s (J5, J7)',
  async (fault, limits, code, outcome) => {
    bench.fakes.A.next(fault);
    const call = bench.call('A', {}, { limits });
    const answer = await bench.transport.send(call);
    await expect(passedText(answer)).rejects.toEqual(new ProviderCallError(code as 'timeout'));
    await call.hooks.settled();
    expect(call.hooks.reports).toMatchObject([{ outcome, status: 200 }]);
    await expectBaseline();
  },
);

test('a body with invalid JSON passes byte for byte', async () => {
  bench.fakes.A.next('invalid_json');
  await expect(passedText(await bench.send('A'))).resolves.toBe('{"identifications": [');
  await expectBaseline();
});

test('an answer keeps its rate-limit headers and loses its cookies', async () => {
  bench.fakes.A.next('set_cookie', 'ok');
  const cookie = await bench.send('A');
  expect(Object.keys(cookie.passed ? cookie.headers : {}).sort()).toEqual(['content-length', 'content-type']);
  await passedText(cookie);
  const plain = await bench.send('A');
  expect(plain.passed && plain.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '99' });
  await passedText(plain);
});

test('a host that refuses connections is down', async () => {
  bench.renew({ baseUrls: { A: 'http://127.0.0.1:9' }, limits: { retries: 0 } });
  await expect(bench.send('A')).resolves.toMatchObject({ outcome: 'provider_down', reason: 'unreachable' });
});

test('a name that leads to a private address is not called (J4)', async () => {
  bench.renew({ baseUrls: {}, limits: { retries: 0 } });
  const call = bench.call('A');
  const rebound = { ...call.adapter, origin: bench.fakes.A.baseUrl.replace('127.0.0.1', 'localhost') };
  await expect(bench.transport.send({ ...call, adapter: rebound })).resolves.toMatchObject({
    outcome: 'provider_down',
    reason: 'unreachable',
  });
  expect(bench.fakes.A.received).toEqual([]);
});

test('a name that the operator has pointed elsewhere is called, wherever it leads', async () => {
  bench.renew({ baseUrls: { A: bench.fakes.A.baseUrl.replace('127.0.0.1', 'localhost') } });
  const answer = await bench.send('A');
  expect(answer.outcome).toBe('ok');
  await passedText(answer);
});

test('a caller who leaves before the headers ends the request and counts as unknown', async () => {
  bench.fakes.A.next('slow_headers');
  const gone = new AbortController();
  const call = bench.call('A', {}, { signal: gone.signal });
  const sent = bench.transport.send(call);
  const refused = expect(sent).rejects.toEqual(new ProviderCallError('aborted'));
  await until(() => bench.fakes.A.received.length > 0);
  gone.abort();
  await refused;
  await call.hooks.settled();
  expect(call.hooks.outcomes).toEqual(['unknown']);
  await expectBaseline();
});

test('a caller who leaves in the middle of a body closes the connection to the provider', async () => {
  bench.fakes.A.next('dripping_body');
  const call = bench.call('A');
  for await (const chunk of streamOf(await bench.transport.send(call))) {
    expect(String(chunk)).toBe(' ');
    break;
  }
  await call.hooks.settled();
  expect(call.hooks.reports).toMatchObject([{ outcome: 'unknown', status: 200 }]);
  await bench.fakes.A.idle();
});

test('the standing limits are bounded', () => {
  for (const [name, value] of Object.entries(CALL_LIMITS)) {
    expect([name, Number.isSafeInteger(value)]).toEqual([name, true]);
  }
  expect(CALL_LIMITS.retries).toBeLessThanOrEqual(2);
  expect(CALL_LIMITS.headersMs + CALL_LIMITS.idleMs).toBeLessThan(CALL_LIMITS.totalMs);
});
