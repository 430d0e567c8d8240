import { inspect } from 'node:util';
import { KEY_TYPES, type KeyType } from '../../src/access/key-types.js';
import { OpenedSecret } from '../../src/provider-keys/opened-secret.js';
import { checkKey } from '../../src/provider-calls/outbound/provider-check.js';
import { KEYS, passedText, ProviderBench } from '../support/provider-calls.js';

const bench = new ProviderBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());
beforeEach(() => bench.fakes.reset());

/** Everything that a logger could print of a value, with nothing hidden. */
const printed = (value: unknown): string => {
  const error = value instanceof Error ? `${value.stack} ${JSON.stringify(value.cause)}` : '';
  return `${inspect(value, { depth: 20, showHidden: true })} ${JSON.stringify(value)} ${String(value)} ${error}`;
};

function expectClean(value: unknown, secret: string): void {
  const text = printed(value);
  for (const half of [secret, ...secret.split(':')]) {
    for (const form of [
      half,
      Buffer.from(half).toString('base64'),
      Buffer.from(half).toString('hex'),
      encodeURIComponent(half),
    ]) {
      expect(text).not.toContain(form);
    }
  }
}

test('a secret prints as redacted, however it is printed', () => {
  const secret = new OpenedSecret('canary-0123456789');
  expect(printed({ nested: [secret] })).not.toContain('canary');
  expect(`${secret}`).toBe('[redacted]');
  expect(secret.reveal()).toBe('canary-0123456789');
});

const FAULTS = [
  'slow_headers',
  'reset_before_read',
  'reset_after_read',
  'server_error',
  'redirect_elsewhere',
  'truncated_body',
  'html_forbidden',
];

test.each(KEY_TYPES.flatMap((keyType) => FAULTS.map((fault) => [keyType, fault] as [KeyType, string])))(
  'no error or report of %s after %s holds the secret in any form (J9)',
  async (keyType, fault) => {
    bench.renew({ limits: { retries: 0, ...(fault === 'slow_headers' && { headersMs: 100 }) } });
    bench.fakes.byType[keyType].next(fault);
    const call = bench.call(keyType);
    const result: unknown = await bench.transport
      .send(call)
      .then(async (answer) => (answer.passed ? passedText(answer) : answer))
      .catch((error: unknown) => error);
    await call.hooks.settled();
    expect(call.hooks.outcomes).toEqual([expect.not.stringMatching(/^ok$/)]);
    expectClean(result, KEYS[keyType]);
    expectClean(call.hooks.reports, KEYS[keyType]);
  },
);

test.each(KEY_TYPES)(
  'a key of %s with a line break is refused before anything can quote it (J9)',
  async (keyType) => {
    const key = keyType === 'W' ? 'canary\r\nid:canary-secret' : 'canary\r\nx-evil: 1';
    const call = bench.call(keyType, {}, { key });
    const error: unknown = await bench.transport.send(call).catch((thrown: unknown) => thrown);
    if (keyType === 'T') {
      expect(error).toMatchObject({ outcome: 'bad_key' }); // Basic is base64: nothing breaks out
    } else {
      expect(error).toMatchObject({ code: 'bad_header' });
      expect(call.hooks.sent).toBe(0);
    }
    expectClean(error, 'canary');
  },
);

test('a provider that repeats the key in its answer is not repeated', async () => {
  const key = 'bad-canary-0123456789';
  const answer = await bench.send('A', {}, { key });
  expect(answer).toMatchObject({ outcome: 'bad_key' });
  expect(printed(answer)).not.toContain('bad-');
  const checked = await checkKey(bench.transport, bench.call('A', {}, { key }));
  expect(printed(checked)).not.toContain('bad-');
});

test('two organizations, 500 calls each at once: each key arrives with its own calls only', async () => {
  bench.renew({ limits: { totalMs: 20_000, headersMs: 20_000 } });
  bench.fakes.H.goodKeys.add('canary-org-1').add('canary-org-2');
  const calls = Array.from({ length: 1_000 }, (_, n) => {
    const organizationId = (n % 2) + 1;
    const target = `/api/v1/address/org-${organizationId}-${n}`;
    return bench
      .send('H', { target }, { organizationId, key: `canary-org-${organizationId}` })
      .then(passedText);
  });
  await Promise.all(calls);
  expect(bench.fakes.H.received).toHaveLength(1_000);
  for (const { url, headers } of bench.fakes.H.received) {
    expect(headers['x-api-key']).toBe(`canary-org-${/org-(\d)/.exec(url)?.[1]}`);
  }
});
