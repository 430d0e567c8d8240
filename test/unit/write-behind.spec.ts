import { WriteBehind } from '../../src/common/background/write-behind.js';

/** Writes to a list; `slow` ones wait until they are `done`. */
class Notes extends WriteBehind<string> {
  readonly written: string[][] = [];
  readonly takenUp: string[][] = [];
  slow = false;
  done: () => void = () => undefined;

  constructor(collectMs?: number, batch?: number) {
    super({
      failure: 'Notes were lost.',
      ...(collectMs !== undefined && { collectMs }),
      ...(batch && { batch }),
    });
  }

  set = (key: unknown, item: string): void => this.leave(item, key);
  add = (item: string): void => this.leave(item);
  get = (key: unknown): string | undefined => this.left(key);

  protected override taken(items: readonly string[]): void {
    this.takenUp.push([...items]);
  }

  protected override async write(items: readonly string[]): Promise<void> {
    if (items.includes('bad')) throw new Error('no');
    this.written.push([...items]);
    if (this.slow) await new Promise<void>((resolve) => (this.done = resolve));
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('What requests leave to be written', () => {
  it('is written a second after the first of it came, all together, and nothing more', async () => {
    const notes = new Notes(1_000);
    notes.set(1, 'a');
    jest.advanceTimersByTime(999);
    notes.set(2, 'b');
    await Promise.resolve();
    expect(notes.written).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(notes.written).toEqual([['a', 'b']]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(notes.written).toHaveLength(1);
  });

  it('is written once for a key, as it came last', async () => {
    const notes = new Notes(1_000);
    notes.set(1, 'a');
    notes.set(1, 'b');
    expect(notes.get(1)).toBe('b');
    await notes.flush();
    expect(notes.written).toEqual([['b']]);
    expect(notes.get(1)).toBeUndefined();
  });

  it('is all written, in its order, if it has no key', async () => {
    const notes = new Notes(1_000);
    for (const item of ['a', 'a', 'b']) notes.add(item);
    await notes.flush();
    expect(notes.written).toEqual([['a', 'a', 'b']]);
  });

  it('is written at once when told to, and not again by the timer', async () => {
    const notes = new Notes(1_000);
    notes.set(1, 'a');
    await notes.flush();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(notes.written).toEqual([['a']]);
  });

  it('waits for what is being written, and is collected again meanwhile: one write at a time', async () => {
    const notes = new Notes(1_000);
    notes.slow = true;
    notes.set(1, 'a');
    const first = notes.flush();
    await jest.advanceTimersByTimeAsync(0);
    notes.set(1, 'b');
    await jest.advanceTimersByTimeAsync(5_000);
    notes.set(1, 'c');
    const second = notes.flush();
    await jest.advanceTimersByTimeAsync(0);
    expect(notes.written).toEqual([['a']]);
    notes.done();
    await first;
    await jest.advanceTimersByTimeAsync(0);
    expect(notes.written).toEqual([['a'], ['c']]);
    notes.done();
    await second;
  });

  it('is told as taken when its write begins, not before', async () => {
    const notes = new Notes(1_000);
    notes.set(1, 'a');
    expect(notes.takenUp).toEqual([]);
    await notes.flush();
    await notes.flush();
    expect(notes.takenUp).toEqual([['a']]);
  });

  it('is written in parts of 500, or of another size', async () => {
    for (const [size, sizes] of [
      [undefined, [500, 500, 201]],
      [700, [700, 501]],
    ] as const) {
      const notes = new Notes(1_000, size);
      const items = Array.from({ length: 1_201 }, (_, index) => String(index));
      for (const item of items) notes.add(item);
      await notes.flush();
      expect(notes.written.map(({ length }) => length)).toEqual(sizes);
      expect(notes.written.flat()).toEqual(items);
    }
  });
});

describe('What is not collected for a time', () => {
  it('is written as soon as nothing else runs, and what comes during a write together after it', async () => {
    const notes = new Notes();
    notes.slow = true;
    notes.add('a');
    notes.add('b');
    expect(notes.written).toEqual([]);
    await jest.advanceTimersByTimeAsync(0);
    expect(notes.written).toEqual([['a', 'b']]);
    for (const item of ['c', 'd']) {
      notes.add(item);
      await jest.advanceTimersByTimeAsync(10);
    }
    expect(notes.written).toEqual([['a', 'b']]);
    notes.done();
    await jest.advanceTimersByTimeAsync(0);
    expect(notes.written).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    notes.done();
  });
});

describe('A write that fails', () => {
  it('loses its own batch alone, and nobody waits for it in vain', async () => {
    const notes = new Notes(1_000, 2);
    for (const item of ['bad', 'a', 'b', 'c']) notes.add(item);
    await notes.flush();
    expect(notes.written).toEqual([['b', 'c']]);
    notes.add('d');
    await notes.flush();
    expect(notes.written).toEqual([['b', 'c'], ['d']]);
  });
});

describe('A stop in order', () => {
  it.each(['beforeApplicationShutdown', 'onApplicationShutdown'] as const)(
    'writes what is left, and what is left meanwhile: %s',
    async (stop) => {
      const notes = new Notes(1_000);
      notes.slow = true;
      notes.add('a');
      const stopped = notes[stop]();
      await jest.advanceTimersByTimeAsync(0);
      notes.add('b');
      notes.slow = false;
      notes.done();
      await stopped;
      expect(notes.written).toEqual([['a'], ['b']]);
    },
  );
});
