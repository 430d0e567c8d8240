import { retryAfterOf } from '../../src/provider-calls/adapters/retry-after.js';
import { drop, ProviderBench } from '../support/provider-calls.js';

/** Thursday, 26 November 2026, noon. */
const NOW = Date.parse('2026-11-26T12:00:00Z');

describe('Retry-After of a provider', () => {
  test.each([
    ['120', 120],
    ['0', 0],
    [' 7 ', 7],
    ['007', 7],
    ['120.5', 121],
    ['12.5', 13],
    ['0.001', 1],
    ['99999999999999999999999999', 31 * 86_400],
    ['5, 10', 10],
    ['120, 120', 120],
    ['7,Thu, 26 Nov 2026 12:00:30 GMT, 9', 30],
    ['Thu, 26 Nov 2026 12:00:30 GMT', 30],
    ['Thursday, 26-Nov-26 12:00:30 GMT', 30],
    ['Thu Nov 26 12:00:30 2026', 30],
    ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
    ['Sun Nov  1 00:00:00 2026', 0],
  ])('%j is understood', (value, seconds) => {
    expect(retryAfterOf({ 'retry-after': value }, NOW)).toBe(seconds);
  });

  test.each(['-3', '-0.5', '', ' ', 'soon', '120s', '1e3', '0x10', '.5', '5.', '+5', '5, soon', '5,', 'NaN'])(
    '%j is nonsense and ignored',
    (value) => {
      expect(retryAfterOf({ 'retry-after': value }, NOW)).toBeUndefined();
    },
  );

  test.each([
    '2026-11-26',
    '2026-11-26T12:00:30Z',
    'Nov 26 2026',
    'Thu, 99 Nov 2026 12:00:30 GMT',
    'May 120.5',
  ])('%j is no HTTP date, though a lenient parser would take some of these', (value) => {
    expect(retryAfterOf({ 'retry-after': value }, NOW)).toBeUndefined();
  });

  test('retry-after-ms goes first, unless it is nonsense', () => {
    expect(retryAfterOf({ 'retry-after-ms': '1200', 'retry-after': '60' }, NOW)).toBe(2);
    expect(retryAfterOf({ 'retry-after-ms': '-5', 'retry-after': '60' }, NOW)).toBe(60);
    expect(retryAfterOf({}, NOW)).toBeUndefined();
  });
});

describe('a repeatable call', () => {
  const bench = new ProviderBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.stop());

  test.each([
    ['120.5', 121],
    ['6.01', 7],
    [new Date(Date.now() + 3_600_000).toUTCString(), expect.any(Number)],
  ])('that is asked to wait %j goes out once, and its caller is told', async (value, retryAfterSeconds) => {
    bench.fakes.reset();
    bench.fakes.A.answerNext({ status: 429, headers: { 'retry-after': value }, body: {} });
    const answer = await bench.send('A');
    expect(answer).toMatchObject({ passed: false, outcome: 'rate_limited', retryAfterSeconds });
    expect(bench.fakes.A.received).toHaveLength(1);
  });

  test.each(['-3', '5s', '1e3', '.5', 'soon', '5, soon'])(
    'that is told to wait %j, which nobody understands, goes out once: it may mean long',
    async (value) => {
      for (const status of [429, 503]) {
        bench.fakes.reset();
        bench.fakes.A.answerNext({ status, headers: { 'retry-after': value }, body: {} });
        expect(await bench.send('A')).toMatchObject({ passed: false, status });
        expect(bench.fakes.A.received).toHaveLength(1);
      }
    },
  );

  test('an answer that passes tells whole seconds as well, or nothing', async () => {
    const told = async (value: string): Promise<unknown> => {
      bench.fakes.A.answerNext({ status: 409, headers: { 'retry-after': value }, body: {} });
      const answer = await bench.send('A');
      if (!answer.passed) throw new Error('refused');
      drop(answer);
      return answer.headers['retry-after'];
    };
    expect(await told('2.5')).toBe('3');
    expect(await told('-3')).toBeUndefined();
  });
});
