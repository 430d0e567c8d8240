import { Readable } from 'node:stream';
import type { KeyType } from '../../src/access/key-types.js';
import { CircuitBreaker } from '../../src/provider-calls/outbound/circuit-breaker.js';
import { CALL_LIMITS } from '../../src/provider-calls/outbound/limits.js';
import { nextWaitMs } from '../../src/provider-calls/outbound/retry-policy.js';
import { drop, json, passedText, freshProviderBench, RecordingHooks } from '../support/provider-calls.js';
import { until } from '../support/until.js';

const bench = freshProviderBench();

describe('retries (J6)', () => {
  test('a GET is tried three times at most, and every try has its ticket and its report (K1)', async () => {
    bench.fakes.A.next('unavailable', 'reset_after_read', 'server_error');
    const call = bench.call('A');
    await expect(bench.transport.send(call)).resolves.toMatchObject({
      outcome: 'provider_down',
      status: 500,
    });
    await call.hooks.settled();
    expect(call.hooks.reports).toEqual([
      { ticket: 1, outcome: 'provider_down', status: 503 },
      { ticket: 2, outcome: 'provider_down', status: null },
      { ticket: 3, outcome: 'provider_down', status: 500 },
    ]);
    expect(bench.fakes.A.received).toHaveLength(3);
  });

  test('a try that succeeds ends the series', async () => {
    bench.fakes.A.next('rate_limited', 'unavailable', 'ok');
    const call = bench.call('A');
    await passedText(await bench.transport.send(call));
    await call.hooks.settled();
    expect(call.hooks.outcomes).toEqual(['rate_limited', 'provider_down', 'ok']);
  });

  test.each(['rate_limited_long', 'quota', 'missing_scopes', 'region', 'bad_request', 'redirect_elsewhere'])(
    '%s is not tried again',
    async (fault) => {
      bench.fakes.A.next(fault);
      const answer = await bench.send('A');
      drop(answer);
      expect(bench.fakes.A.received).toHaveLength(1);
    },
  );

  test('a POST that does something is never sent twice, one that only asks is', async () => {
    bench.fakes.A.next('unavailable');
    await bench.send('A', { method: 'POST', target: '/v1/embeddings', ...json({}) });
    expect(bench.fakes.A.received).toHaveLength(1);
    bench.fakes.O.next('unavailable');
    const match = await bench.send('O', {
      method: 'POST',
      target: '/match/default',
      ...json({ queries: {} }),
    });
    await passedText(match);
    expect(bench.fakes.O.received.map(({ body }) => body)).toEqual(['{"queries":{}}', '{"queries":{}}']);
  });

  test('the pauses double, are random below that, and honour Retry-After up to the limit', () => {
    const limits = { ...CALL_LIMITS, firstWaitMs: 100, longestWaitMs: 5_000, retries: 2 };
    const drawn = (attempt: number): number[] =>
      Array.from({ length: 200 }, () => nextWaitMs({ outcome: 'provider_down' }, attempt, limits) ?? -1);
    for (const [attempt, longest] of [100, 200].entries()) {
      const waits = drawn(attempt);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...waits)).toBeLessThanOrEqual(longest);
      expect(Math.max(...waits)).toBeGreaterThan(longest / 2); // of 200, all below it: once in 2^200
      expect(Math.min(...waits)).toBeLessThan(longest / 2);
    }
    for (let n = 0; n < 200; n++) {
      expect(nextWaitMs({ outcome: 'rate_limited', retryAfterSeconds: 5 }, 0, limits)).toBeGreaterThanOrEqual(
        5_000,
      );
    }
    expect(nextWaitMs({ outcome: 'rate_limited', retryAfterSeconds: 6 }, 0, limits)).toBeUndefined();
    expect(nextWaitMs({ outcome: 'provider_down' }, 2, limits)).toBeUndefined();
    for (const outcome of ['ok', 'bad_key', 'restricted', 'quota', 'our_fault', 'unknown'] as const) {
      expect(nextWaitMs({ outcome }, 0, limits)).toBeUndefined();
    }
  });
});

describe('hooks', () => {
  test('nothing is sent when the intent can not be written, and the error comes through as it is', async () => {
    const failure = new Error('the ledger is out of reach');
    const hooks = {
      ...new RecordingHooks(),
      beforeSend: () => Promise.reject(failure),
      afterOutcome: () => undefined,
    };
    const call = { ...bench.call('A'), hooks };
    await expect(bench.transport.send(call)).rejects.toBe(failure);
    expect(bench.fakes.A.received).toEqual([]);
  });

  test('a caller who leaves while the intent is written: nothing is sent, the ticket is closed as unknown', async () => {
    const gone = new AbortController();
    const call = bench.call('A', {}, { signal: gone.signal });
    const { hooks } = call;
    const beforeSend = () => {
      gone.abort();
      return RecordingHooks.prototype.beforeSend.call(hooks);
    };
    Object.assign(hooks, { beforeSend });
    await expect(bench.transport.send(call)).rejects.toMatchObject({ code: 'aborted' });
    expect((await hooks.settled()).outcomes).toEqual(['unknown']);
    expect(bench.fakes.A.received).toEqual([]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('an outcome hook that %s does not fail the call', async (_how, afterOutcome) => {
    const call = { ...bench.call('A'), hooks: { beforeSend: () => Promise.resolve(1), afterOutcome } };
    await expect(bench.transport.send(call).then(passedText)).resolves.toContain('list');
  });

  test.each<[string, KeyType, object, string]>([
    ['a path that is not in the list', 'A', { target: '/v1/organization/admin_api_keys' }, 'not_allowed'],
    ['a method that is not in the list', 'A', { method: 'DELETE', target: '/v1/models/m' }, 'not_allowed'],
    ['a dot segment', 'A', { target: '/v1/models/%2e%2e/files' }, 'bad_path'],
    [
      'a body that is not JSON',
      'A',
      {
        method: 'POST',
        target: '/v1/embeddings',
        headers: { 'content-type': 'multipart/form-data' },
        body: Buffer.from('x'),
      },
      'unsupported_media_type',
    ],
    [
      'a body without a type',
      'A',
      { method: 'POST', target: '/v1/embeddings', body: Buffer.from('x') },
      'unsupported_media_type',
    ],
  ])('%s is refused before anything is counted or sent', async (_title, keyType, request, code) => {
    const call = bench.call(keyType, request);
    await expect(bench.transport.send(call)).rejects.toMatchObject({ code });
    expect([call.hooks.sent, bench.fakes.A.received.length]).toEqual([0, 0]);
  });
});

describe('the bulkheads', () => {
  test('bound how much runs at once per organization, without one holding up another', async () => {
    bench.renew({ concurrency: 2, queue: 1, limits: { totalMs: 20_000, headersMs: 20_000 } });
    bench.fakes.P.next('slow_headers', 'slow_headers');
    const gone = new AbortController();
    const stuck = [1, 2].map(() =>
      bench.send('P', {}, { signal: gone.signal }).catch((error: unknown) => error),
    );
    await until(() => bench.fakes.P.received.length >= 2);
    const waiting = bench.send('P').then(passedText);
    await expect(bench.send('P')).rejects.toMatchObject({ code: 'busy' });
    await expect(bench.send('P', {}, { organizationId: 2 }).then(passedText)).resolves.toContain('requests');
    expect(bench.fakes.P.received).toHaveLength(3); // the third of organization 1 still waits
    gone.abort();
    await Promise.all(stuck);
    await expect(waiting).resolves.toContain('requests');
  });

  test('a call that waits longer than its deadline is told busy, and one whose caller leaves gives its place up', async () => {
    bench.renew({ concurrency: 1, limits: { totalMs: 20_000, headersMs: 20_000 } });
    bench.fakes.P.next('slow_headers');
    const gone = new AbortController();
    const stuck = bench.send('P', {}, { signal: gone.signal }).catch((error: unknown) => error);
    await until(() => bench.fakes.P.received.length >= 1);
    await expect(bench.send('P', {}, { limits: { totalMs: 50 } })).rejects.toMatchObject({ code: 'busy' });
    await expect(bench.send('P', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    gone.abort();
    await stuck;
    await expect(bench.send('P').then(passedText)).resolves.toContain('requests');
  });

  test('a call whose body still comes from its caller waits no longer than the caller is given to send it', async () => {
    bench.renew({ concurrency: 1, limits: { totalMs: 20_000, headersMs: 20_000, bodyWaitMs: 50 } });
    bench.fakes.A.next('slow_headers');
    const gone = new AbortController();
    const stuck = bench.send('A', {}, { signal: gone.signal }).catch((error: unknown) => error);
    await until(() => bench.fakes.A.received.length >= 1);
    const whole = bench.send('A').then(passedText);
    const ask = { method: 'POST', target: '/v1/embeddings', ...json({}) };
    const arrived = bench
      .send('A', { ...ask, body: Object.assign(Readable.from(['{}']), { complete: true }) })
      .then(passedText);
    await expect(bench.send('A', { ...ask, body: Readable.from(['{}']) })).rejects.toMatchObject({
      code: 'busy',
    });
    gone.abort();
    await stuck;
    await expect(whole).resolves.toContain('list');
    await expect(arrived).resolves.toBeDefined();
  });

  test('a refused call gives its place back', async () => {
    bench.renew({ concurrency: 1, limits: { retries: 0 } });
    bench.fakes.A.next('unavailable', 'wrong_content_type', 'redirect_elsewhere');
    for (let n = 0; n < 3; n++) await expect(bench.send('A')).resolves.toMatchObject({ passed: false });
    await expect(bench.send('A').then(passedText)).resolves.toContain('list');
  });

  test('200 calls at once on one key are 200 requests, each reported once', async () => {
    bench.renew({ limits: { totalMs: 20_000, headersMs: 20_000 } });
    const hooks = new RecordingHooks();
    const calls = Array.from({ length: 200 }, () =>
      bench.transport.send({ ...bench.call('A'), hooks }).then(passedText),
    );
    await Promise.all(calls);
    await hooks.settled();
    expect(bench.fakes.A.received).toHaveLength(200);
    expect(new Set(hooks.reports.map(({ ticket }) => ticket)).size).toBe(200);
    expect(hooks.outcomes.every((outcome) => outcome === 'ok')).toBe(true);
  });
});

describe('the circuit (J6)', () => {
  test('opens after outages in a row, for that organization alone, and sends nothing while it is open', async () => {
    bench.renew({ circuit: { threshold: 2, pauseMs: 60_000 }, limits: { retries: 0 } });
    bench.fakes.A.next('server_error', 'server_error');
    await bench.send('A');
    await bench.send('A');
    const call = bench.call('A');
    await expect(bench.transport.send(call)).resolves.toMatchObject({
      outcome: 'provider_down',
      reason: 'circuit_open',
      status: null,
      retryAfterSeconds: expect.any(Number),
    });
    expect([call.hooks.sent, bench.fakes.A.received.length]).toEqual([0, 2]);
    await expect(bench.send('A', {}, { organizationId: 2 }).then(passedText)).resolves.toContain('list');
  });

  test('lets one probe through when the pause is over; its outcome decides', () => {
    let now = 0;
    const breaker = new CircuitBreaker(2, 1_000, () => now);
    const fail = () => breaker.record('H 1', 'provider_down');
    expect(breaker.admit('H 1').admitted).toBe(true);
    fail();
    expect(breaker.admit('H 1').admitted).toBe(true);
    fail();
    expect(breaker.admit('H 1')).toEqual({ admitted: false, retryAfterSeconds: 1 });
    now = 1_000;
    expect(breaker.admit('H 1').admitted).toBe(true);
    expect(breaker.admit('H 1').admitted).toBe(false);
    fail();
    expect(breaker.admit('H 1').admitted).toBe(false);
    now = 2_000;
    expect(breaker.admit('H 1').admitted).toBe(true);
    breaker.record('H 1', undefined); // it was not sent after all: the next one is the probe
    expect(breaker.admit('H 1').admitted).toBe(true);
    breaker.record('H 1', 'rate_limited');
    expect(breaker.admit('H 1').admitted).toBe(true);
    expect(breaker.admit('H 1').admitted).toBe(true);
  });

  test('only outages in a row open it', async () => {
    bench.renew({ circuit: { threshold: 2, pauseMs: 60_000 }, limits: { retries: 0 } });
    bench.fakes.A.next('server_error', 'rate_limited', 'server_error', 'missing_scopes', 'server_error');
    for (let n = 0; n < 5; n++) await bench.send('A');
    await expect(bench.send('A').then(passedText)).resolves.toContain('list');
  });
});
