import { availableParallelism } from 'node:os';
import { Throttled } from '../common/errors.js';
import { HashingThread } from './hashing-thread.js';

/** Hashes at once: a core is left to whoever doesn't log in. */
const AT_ONCE = Math.max(1, Math.min(4, availableParallelism() - 1));
/** Hashes that may wait: at cost 12 the last of them waits some five seconds. */
const LONGEST_QUEUE = 20 * AT_ONCE;
const COME_BACK_SECONDS = 5;

/**
 * Lets few password hashes run at a time and few wait, so that a flood of logins costs neither memory nor the latency
 * of everybody else (ASVS 11.4.2). Errors: Throttled when the queue is full.
 */
export class HashingQueue {
  private readonly free = Array.from({ length: AT_ONCE }, () => new HashingThread());
  private readonly waiting: ((thread: HashingThread) => void)[] = [];

  /** How many hashes wait for their turn. */
  get length(): number {
    return this.waiting.length;
  }

  async run<T>(hash: (thread: HashingThread) => Promise<T>): Promise<T> {
    const thread = this.free.pop() ?? (await this.turn());
    try {
      return await hash(thread);
    } finally {
      // Handed to the next in line, so nobody who comes between gets ahead.
      const next = this.waiting.shift();
      if (next) next(thread);
      else this.free.push(thread);
    }
  }

  private turn(): Promise<HashingThread> {
    if (this.waiting.length >= LONGEST_QUEUE) throw new Throttled(COME_BACK_SECONDS);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
