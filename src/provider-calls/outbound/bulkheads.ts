import { codeOf } from './deadline.js';
import { ProviderCallError } from './provider-call-error.js';

interface Bulkhead {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Bulkheads: bounds how many calls run at once for each name (provider and organization), first come, first served, so that
 * one organization's burst, or one slow provider, can't take all connections.
 */
export class Bulkheads {
  readonly #bulkheads = new Map<string, Bulkhead>();

  constructor(
    private readonly limit: number,
    private readonly longestQueue: number,
  ) {}

  /**
   * Waits for a place and returns the function that gives it back. Throws `busy` at once when the queue is full, and
   * what the signal says when it ends the wait.
   */
  async enter(name: string, signal: AbortSignal): Promise<() => void> {
    const bulkhead = this.#bulkheads.get(name) ?? { running: 0, waiting: [] };
    this.#bulkheads.set(name, bulkhead);
    if (bulkhead.running >= this.limit) {
      if (bulkhead.waiting.length >= this.longestQueue) throw new ProviderCallError('busy');
      await this.#turn(bulkhead, signal);
    } else {
      bulkhead.running++;
    }
    let left = false;
    return () => {
      if (!left) this.#leave(name, bulkhead);
      left = true;
    };
  }

  #turn(bulkhead: Bulkhead, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        bulkhead.waiting.splice(bulkhead.waiting.indexOf(go), 1);
        reject(new ProviderCallError(codeOf(signal)));
      };
      if (signal.aborted) return reject(new ProviderCallError(codeOf(signal)));
      signal.addEventListener('abort', giveUp, { once: true });
      bulkhead.waiting.push(go);
    });
  }

  /** The place goes straight to the next in line; one that nobody is in is forgotten. */
  #leave(name: string, bulkhead: Bulkhead): void {
    const next = bulkhead.waiting.shift();
    if (next) return next();
    bulkhead.running--;
    if (bulkhead.running === 0) this.#bulkheads.delete(name);
  }
}
