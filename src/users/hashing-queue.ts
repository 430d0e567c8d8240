import { Throttled } from '../common/errors.js';

/** Hashes at once. They run on libuv's four threads, which file and name lookups need as well. */
const AT_ONCE = 2;
/** Hashes that may wait: at cost 12 the last of them waits some five seconds. */
const LONGEST_QUEUE = 40;
const COME_BACK_SECONDS = 5;

/**
 * Lets few password hashes run at a time and few wait, so that a flood of logins costs neither memory nor the latency
 * of everybody else (ASVS 11.4.2). Errors: Throttled when the queue is full.
 */
export class HashingQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  async run<T>(hash: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running += 1;
    else await this.turn();
    try {
      return await hash();
    } finally {
      // Hands its place to the next in line, so nobody who comes between gets ahead.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= LONGEST_QUEUE) throw new Throttled(COME_BACK_SECONDS);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
