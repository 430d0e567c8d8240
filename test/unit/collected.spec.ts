import { batchesOf, Collected } from '../../src/common/background/collected.js';

describe('What requests leave to be written', () => {
  let written: string[][];
  let collected: Collected<string>;
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    collected = new Collected((items) => () => {
      written.push([...items]);
      return Promise.resolve();
    });
  });
  afterEach(() => jest.useRealTimers());

  it('is written a second after the first of it came, all together, and nothing more', async () => {
    collected.set(1, 'a');
    jest.advanceTimersByTime(999);
    collected.set(2, 'b');
    await Promise.resolve();
    expect(written).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(written).toEqual([['a', 'b']]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(written).toHaveLength(1);
  });

  it('is written once for a key, as it came last', async () => {
    collected.set(1, 'a');
    collected.set(1, 'b');
    expect(collected.get(1)).toBe('b');
    await collected.flush();
    expect(written).toEqual([['b']]);
    expect(collected.get(1)).toBeUndefined();
  });

  it('is written at once when told to, and not again by the timer', async () => {
    collected.set(1, 'a');
    await collected.flush();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual([['a']]);
  });

  it('waits for what is being written, and is collected again meanwhile', async () => {
    let done: () => void = () => undefined;
    const slow = new Collected<string>((items) => () => {
      written.push([...items]);
      return new Promise((resolve) => (done = resolve));
    });
    slow.set(1, 'a');
    const first = slow.flush();
    await Promise.resolve();
    slow.set(1, 'b');
    const second = slow.flush();
    await Promise.resolve();
    expect(written).toEqual([['a']]);
    done();
    await first;
    await Promise.resolve();
    expect(written).toEqual([['a'], ['b']]);
    done();
    await second;
  });

  it('is written in parts of 500', () => {
    const items = Array.from({ length: 1_201 }, (_, index) => index);
    expect([...batchesOf(items)].map((batch) => batch.length)).toEqual([500, 500, 201]);
    expect([...batchesOf(items)].flat()).toEqual(items);
    expect([...batchesOf([])]).toEqual([]);
  });
});
