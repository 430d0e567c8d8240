import { Throttled } from '../../src/common/errors.js';
import { OverLimit } from '../../src/rate-limits/over-limit.js';

describe('Who is over a limit', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is told how long to wait, less and less, and nothing once the time is over', () => {
    const over = new OverLimit();
    over.remember('mine', 1.5);
    const told = [0, 499, 1, 500, 499, 1].map((milliseconds) => {
      jest.advanceTimersByTime(milliseconds);
      return over.refusalOf('mine')?.headers['Retry-After'];
    });
    expect(told).toEqual(['2', '2', '1', '1', '1', undefined]);
  });

  it('hears the same refusal for a second, sent as the same bytes', () => {
    const over = new OverLimit();
    over.remember('mine', 9.5);
    const first = over.refusalOf('mine');
    jest.advanceTimersByTime(499);
    expect(over.refusalOf('mine')).toBe(first);
    jest.advanceTimersByTime(1);
    expect(over.refusalOf('mine')).not.toBe(first);
    expect(over.refusalOf('mine')?.json()).toBe(
      '{"detail":"Request was throttled. Expected available in 9 seconds.","code":"throttled"}',
    );
  });

  it('is nobody else', () => {
    const over = new OverLimit();
    over.remember('mine', 10);
    expect(over.refusalOf('theirs')).toBeUndefined();
  });

  it('is forgotten when too many are remembered, for the table knows them all (A16, E8)', () => {
    const over = new OverLimit();
    for (let n = 0; n <= 10_000; n += 1) over.remember(`attempt ${n}`, 10);
    expect(over.refusalOf('attempt 0')).toBeUndefined();
    expect(over.refusalOf('attempt 10000')).toBeInstanceOf(Throttled);
  });
});
