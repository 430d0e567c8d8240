import { ProviderCallError } from './provider-call-error.js';

/**
 * One signal for the caller leaving (`aborted`) and for time running out (`timeout`); its reason is always a
 * ProviderCallError. `clear()` it, or the timer keeps running.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #parent: AbortSignal | undefined;
  readonly #leave = (): void => this.abort('aborted');

  constructor(milliseconds: number, parent?: AbortSignal) {
    this.#parent = parent;
    this.#timer = setTimeout(() => this.abort('timeout'), milliseconds);
    if (parent?.aborted) this.abort(codeOf(parent));
    else parent?.addEventListener('abort', this.#leave, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(code: ProviderCallError['code']): void {
    const inherited = this.#parent?.aborted ? codeOf(this.#parent) : code;
    this.#controller.abort(new ProviderCallError(inherited));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#leave);
  }
}

/** Why a signal ended: its own reason if that is ours, else simply that the caller left. */
export function codeOf(signal: AbortSignal): ProviderCallError['code'] {
  const reason: unknown = signal.reason;
  return reason instanceof ProviderCallError ? reason.code : 'aborted';
}
