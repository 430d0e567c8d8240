import { KEY_TYPES } from '../../src/access/key-types.js';
import { passedText, ProviderBench } from '../support/provider-calls.js';

const bench = new ProviderBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());
beforeEach(() => bench.fakes.reset());

test.each(KEY_TYPES)(
  'a redirect of %s to another origin is not followed: no secret gets there (J2)',
  async (keyType) => {
    bench.fakes.byType[keyType].next('redirect_elsewhere');
    const call = bench.call(keyType);
    await expect(bench.transport.send(call)).resolves.toMatchObject({
      outcome: 'unknown',
      reason: 'redirect',
    });
    await call.hooks.settled();
    expect(call.hooks.outcomes).toEqual(['unknown']);
    expect(bench.fakes.trap.received).toEqual([]);
  },
);

test('a merged entity of Open Sanctions is followed within the origin, each hop counted', async () => {
  const call = bench.call('O', { target: '/entities/Q1' });
  await expect(bench.transport.send(call).then(passedText)).resolves.toBe('{"id":"Q2"}');
  await call.hooks.settled();
  expect(call.hooks.outcomes).toEqual(['ok', 'ok']);
  expect(bench.fakes.O.received.map(({ url }) => url)).toEqual(['/entities/Q1', '/entities/Q2']);
});

test('an allowed path at another host is not followed', async () => {
  bench.fakes.O.next('redirect_to_twin');
  await expect(bench.send('O', { target: '/entities/Q0' })).resolves.toMatchObject({ reason: 'redirect' });
  expect(bench.fakes.trap.received).toEqual([]);
});

test('at most two redirects are followed', async () => {
  bench.fakes.O.next('redirect_within', 'redirect_within', 'redirect_within');
  await expect(bench.send('O', { target: '/entities/Q0' })).resolves.toMatchObject({ reason: 'redirect' });
  expect(bench.fakes.O.received).toHaveLength(3);
});

test('a redirect to a path that is not in the list is not followed', async () => {
  bench.fakes.O.next('redirect_to_forbidden_path');
  await expect(bench.send('O', { target: '/entities/Q0' })).resolves.toMatchObject({ reason: 'redirect' });
  expect(bench.fakes.O.received).toHaveLength(1);
});

test('a POST is never redirected', async () => {
  bench.fakes.O.next('redirect_within');
  const request = {
    method: 'POST',
    target: '/match/default',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
  };
  await expect(bench.send('O', request)).resolves.toMatchObject({ reason: 'redirect' });
  expect(bench.fakes.O.received).toHaveLength(1);
});

test('a provider without redirects in its contract gets none followed, even within its origin', async () => {
  bench.fakes.A.next('redirect_within');
  await expect(bench.send('A')).resolves.toMatchObject({ reason: 'redirect' });
  expect(bench.fakes.A.received).toHaveLength(1);
});
