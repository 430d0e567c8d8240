import { randomText } from '../common/crypto/random-text.js';

const PREFIX_LENGTH = 8;
const SECRET_LENGTH = 32;
export const PREFIX = /^[A-Za-z0-9]{8}$/;
const KEY = /^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/;

/** An access key in clear: `prefix.secret`. It exists in the answer that issues it and in the requests that use it. */
export interface ClearKey {
  readonly prefix: string;
  /** The whole of it, `prefix.secret`; what is digested and what its owner sends. */
  readonly text: string;
}

/** A new key: 8 public characters to find it by, 32 secret ones (190 bits) to prove it. */
export function newKey(): ClearKey {
  const prefix = randomText(PREFIX_LENGTH);
  return { prefix, text: `${prefix}.${randomText(SECRET_LENGTH)}` };
}

/** Reads a presented key. Total over any string: what isn't exactly of the form is `undefined`, never an error. */
export function parseKey(text: string): ClearKey | undefined {
  return KEY.test(text) ? { prefix: text.slice(0, PREFIX_LENGTH), text } : undefined;
}
