import { progressText } from '../../src/cli/progress.js';

describe('how far long work is', () => {
  it.each([
    [{ done: 12_000, total: 48_000, seconds: 4 }, '12,000 of 48,000 (25 %), 3,000/s, 12 s left'],
    [{ done: 1, total: 1_000, seconds: 1 }, '1 of 1,000 (0 %), 1/s, 16 min 39 s left'],
    [{ done: 10, total: 100_000, seconds: 1 }, '10 of 100,000 (0 %), 10/s, 2 h 46 min left'],
    [{ done: 999, total: 1_000, seconds: 3_996 }, '999 of 1,000 (99 %), 0/s, 4 s left'],
    [{ done: 48_000, total: 48_000, seconds: 16 }, '48,000 of 48,000 (100 %), 3,000/s'],
    [{ done: 0, total: 0, seconds: 0 }, '0 of 0 (100 %), 0/s'],
    [{ done: 0, total: 5, seconds: 1 }, '0 of 5 (0 %), 0/s'],
    [{ done: 1_500, total: undefined, seconds: 3 }, '1,500, 500/s'],
  ])('is told with its rate and what is left: %j', (progress, told) => {
    expect(progressText(progress)).toBe(told);
  });
});
