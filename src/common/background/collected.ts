/** How long is collected before it is written, in milliseconds. */
const COLLECT_MS = 1_000;
/** Rows that one statement writes. */
const BATCH = 500;

/**
 * Collects what requests leave to be written, off their path: by key, for a second, then all of it together. One write
 * follows another. Call `flush` at shutdown; a killed process loses its last second.
 */
export class Collected<Item> {
  private waiting = new Map<number, Item>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** `handOver` is told at once what will be written; what it gives back writes it, and never rejects. */
  constructor(private readonly handOver: (items: readonly Item[]) => () => Promise<void>) {}

  /** What waits under this key. */
  get(key: number): Item | undefined {
    return this.waiting.get(key);
  }

  /** Has an item wait under its key, in place of what waited there; returns at once. */
  set(key: number, item: Item): void {
    this.waiting.set(key, item);
    this.timer ??= setTimeout(() => void this.flush(), COLLECT_MS).unref();
  }

  /** Writes what was collected until now; resolves when that is done. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const items = [...this.waiting.values()];
    this.waiting = new Map();
    if (items.length > 0) this.writing = this.writing.then(this.handOver(items));
    return this.writing;
  }
}

/** The items in as many parts as statements are to write them. */
export function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}
