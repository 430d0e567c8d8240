import { inspect } from 'node:util';

/**
 * A provider secret in clear, alive between opening the sealed value and the outbound call. Whatever prints it, prints
 * `[redacted]` (security I9); `reveal()` is the one way to the text and is called where a request is authenticated.
 */
export class OpenedSecret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
