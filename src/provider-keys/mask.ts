import type { KeyType } from '../access/key-types.js';
import { splitPair } from './secret-form.js';

const HIDDEN = 12;
const SHOWN = 4;

/**
 * What is shown instead of a secret: always as long as any other mask, with the last 4 characters if at least 12 more
 * stay hidden. Of a World-Check pair the id is masked; its secret half never shows.
 */
export function maskOf(keyType: KeyType, secret: string): string {
  const text = keyType === 'W' ? (splitPair(secret)?.id ?? '') : secret;
  const shown = text.length >= HIDDEN + SHOWN ? text.slice(-SHOWN) : '*'.repeat(SHOWN);
  return '*'.repeat(HIDDEN) + shown;
}

/** Whether somebody writes back what was shown to them: a mask, in place of a secret. */
export function isMask(text: string): boolean {
  return text.length === HIDDEN + SHOWN && text.startsWith('*'.repeat(HIDDEN));
}
