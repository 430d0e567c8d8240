import { codeOf } from './deadline.js';
import { ProviderCallError } from './provider-call-error.js';

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Bounds how many calls run at once per lane (provider and organization), first come, first served, so that one
 * organization's burst, or one slow provider, can't take all connections.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  constructor(
    private readonly width: number,
    private readonly longestQueue: number,
  ) {}

  /**
   * Waits for a place and returns the function that gives it back. Throws `busy` at once when the queue is full, and
   * what the signal says when it ends the wait.
   */
  async enter(name: string, signal: AbortSignal): Promise<() => void> {
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.running >= this.width) {
      if (lane.waiting.length >= this.longestQueue) throw new ProviderCallError('busy');
      await this.#turn(lane, signal);
    } else {
      lane.running++;
    }
    let left = false;
    return () => {
      if (!left) this.#leave(name, lane);
      left = true;
    };
  }

  #turn(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        lane.waiting.splice(lane.waiting.indexOf(go), 1);
        reject(new ProviderCallError(codeOf(signal)));
      };
      if (signal.aborted) return reject(new ProviderCallError(codeOf(signal)));
      signal.addEventListener('abort', giveUp, { once: true });
      lane.waiting.push(go);
    });
  }

  /** The place goes straight to the next in line; an empty lane is forgotten. */
  #leave(name: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next) return next();
    lane.running--;
    if (lane.running === 0) this.#lanes.delete(name);
  }
}
