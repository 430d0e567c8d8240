const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text that these bytes are in UTF-8. Errors: BrokenUtf8; never a text with U+FFFD in place of what was sent, or two
 * different passwords would become one.
 */
export function strictUtf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BrokenUtf8(bytes);
  }
}

/** Tells where bytes stop being UTF-8, in the words of Python's decoder. */
export class BrokenUtf8 extends Error {
  constructor(bytes: Buffer) {
    const at = firstBroken(bytes);
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    super(`'utf-8' codec can't decode byte 0x${byte} in position ${at}: ${reasonAt(bytes, at)}`);
  }
}

/** Decoding and encoding again changes the first broken sequence: that is where it begins, or a byte or two before. */
function firstBroken(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at += 1;
  let start = at;
  while (start > 0 && at - start < 3 && isContinuation(bytes[start])) start -= 1;
  return isLead(bytes[start]) && start < at && lengthOf(bytes[start]) > at - start ? start : at;
}

function reasonAt(bytes: Buffer, at: number): string {
  if (!isLead(bytes[at])) return 'invalid start byte';
  const rest = bytes.subarray(at + 1, at + lengthOf(bytes[at]));
  const cut = at + 1 + rest.length === bytes.length && rest.length < lengthOf(bytes[at]) - 1;
  return cut && rest.every((byte) => isContinuation(byte))
    ? 'unexpected end of data'
    : 'invalid continuation byte';
}

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80;
const isLead = (byte = 0): boolean => byte >= 0xc2 && byte <= 0xf4;
const lengthOf = (lead = 0): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);
