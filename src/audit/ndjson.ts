/** What a terminal or an editor may obey, or show in another order: control characters, line separators, bidi marks. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** One line of NDJSON. What JSON.stringify leaves as it is and yet could fool a reader is escaped too (ASVS 16.4.1). */
export function ndjsonLine(value: unknown): string {
  return `${escapeUnsafe(JSON.stringify(value))}\n`;
}

/** A text that does nothing to whoever looks at it. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
