import { AccessTokens } from '../../src/provider-calls/outbound/access-tokens.js';
import { OpenedSecret } from '../../src/provider-keys/opened-secret.js';
import { json, KEYS, passedText, ProviderBench } from '../support/provider-calls.js';

const bench = new ProviderBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());
beforeEach(() => {
  bench.fakes.reset();
  bench.fakes.W.tokenRequests = 0;
  bench.fakes.W.tokenLifeSeconds = 7_200;
  bench.renew();
});

const settings = { product: 'on_demand' } as const;
const records = { method: 'POST', target: '/data/world-check/v1/records?limit=20', ...json({}) };
const call = (more = {}) => bench.call('W', records, { settings, ...more });

test('many calls at once share one token request, which is not counted', async () => {
  const calls = Array.from({ length: 20 }, () => call());
  await Promise.all(calls.map((each) => bench.transport.send(each).then(passedText)));
  expect(bench.fakes.W.tokenRequests).toBe(1);
  for (const { hooks } of calls) expect((await hooks.settled()).outcomes).toEqual(['ok']);
  const api = bench.fakes.W.received.filter(({ url }) => url.startsWith('/data/'));
  expect(api).toHaveLength(20);
  expect(new Set(api.map(({ headers }) => headers['authorization']))).toEqual(
    new Set([`Bearer token-1-${KEYS.W.split(':')[0]}`]),
  );
});

test('the paging headers pass both ways', async () => {
  const answer = await bench.transport.send(
    bench.call('W', { ...records, headers: { ...records.headers, queryhash: 'h1' } }, { settings }),
  );
  await passedText(answer);
  expect(answer.passed && answer.headers['wcod-cursor-next']).toBe('c2');
  expect(bench.fakes.W.received.at(-1)?.headers['queryhash']).toBe('h1');
});

test('a token that the provider forgot is dropped once and the call repeated with a new one', async () => {
  await passedText(await bench.transport.send(call()));
  bench.fakes.W.forgetTokens();
  const repeated = call();
  await passedText(await bench.transport.send(repeated));
  expect((await repeated.hooks.settled()).outcomes).toEqual(['restricted', 'ok']);
  expect(bench.fakes.W.tokenRequests).toBe(2);
});

test('a fresh token that is refused again ends the call', async () => {
  bench.fakes.W.next('ok', 'token_refused', 'ok', 'token_refused');
  const refused = call();
  await expect(bench.transport.send(refused)).resolves.toMatchObject({ outcome: 'restricted', status: 401 });
  expect((await refused.hooks.settled()).outcomes).toEqual(['restricted', 'restricted']);
});

test.each([
  [3_600, 3_540],
  [100, 90],
])(
  'a token of %i seconds is renewed before it ends: at %i s, and no sooner',
  async (expiresInSeconds, renewedAt) => {
    let now = 0;
    let fetched = 0;
    const tokens = new AccessTokens(() => now * 1000);
    const tokenAt = (seconds: number) => {
      now = seconds;
      return tokens.get('key', () => Promise.resolve({ token: `t${(fetched += 1)}`, expiresInSeconds }));
    };
    expect(await tokenAt(0)).toMatchObject({ token: 't1' });
    expect(await tokenAt(renewedAt - 1)).toMatchObject({ token: 't1' });
    expect(await tokenAt(renewedAt)).toMatchObject({ token: 't2' });
  },
);

test('how long a token lives the provider says: one of no seconds serves one call', async () => {
  bench.fakes.W.tokenLifeSeconds = 0;
  await passedText(await bench.transport.send(call()));
  await passedText(await bench.transport.send(call()));
  expect(bench.fakes.W.tokenRequests).toBe(2);
});

test.each([
  ['ok', { key: `${KEYS.W.split(':')[0]}:wrong-secret` }, 'bad_key'],
  ['invalid_scope', {}, 'restricted'],
  ['server_error', {}, 'provider_down'],
  ['rate_limited', {}, 'rate_limited'],
  ['slow_headers', {}, 'provider_down'],
  ['reset_after_read', {}, 'provider_down'],
  ['wrong_content_type', {}, 'unknown'],
  ['redirect_elsewhere', {}, 'unknown'],
])(
  'a token request that ends in %s %j is %s, and nothing is sent or counted',
  async (fault, more, outcome) => {
    if (fault === 'slow_headers') bench.renew({ tokenLimits: { headersMs: 300 } });
    bench.fakes.W.next(fault);
    const refused = call(more);
    await expect(bench.transport.send(refused)).resolves.toMatchObject({ passed: false, outcome });
    expect(refused.hooks.sent).toBe(0);
    expect(bench.fakes.W.received.map(({ url }) => url)).toEqual(['/as/token.oauth2']);
    expect(bench.fakes.trap.received).toEqual([]);
  },
);

test('a changed secret never meets the token of the old one', async () => {
  await passedText(await bench.transport.send(call()));
  const changed = `${KEYS.W}-changed`;
  await expect(bench.transport.send(call({ key: changed }))).resolves.toMatchObject({ outcome: 'bad_key' });
  expect(AccessTokens.nameOf('1', new OpenedSecret(KEYS.W))).not.toContain('canary');
});

test('a caller who leaves does not take the token from the others', async () => {
  const gone = new AbortController();
  const left = bench.transport.send(call({ signal: gone.signal })).catch((error: unknown) => error);
  const stays = bench.transport.send(call()).then(passedText);
  gone.abort();
  await expect(left).resolves.toMatchObject({ code: 'aborted' });
  await expect(stays).resolves.toContain('records');
  expect(bench.fakes.W.tokenRequests).toBe(1);
});

test('at most a thousand tokens are kept', async () => {
  let fetched = 0;
  const tokens = new AccessTokens(() => 0);
  const fetch = () => Promise.resolve({ token: `t${fetched++}`, expiresInSeconds: 100 });
  for (let n = 0; n <= 1_000; n++) await tokens.get(`key-${n}`, fetch);
  await tokens.get('key-1000', fetch);
  expect(fetched).toBe(1_001);
  await tokens.get('key-0', fetch);
  expect(fetched).toBe(1_002);
});
