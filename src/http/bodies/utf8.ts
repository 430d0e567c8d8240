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
    let at = 0;
    while (at < bytes.length && goodBytes(bytes, at) === lengthOf(bytes[at])) at += lengthOf(bytes[at]);
    const good = goodBytes(bytes, at);
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    const broken = good > 1 ? `bytes in position ${at}-${at + good - 1}` : `byte 0x${byte} in position ${at}`;
    super(`'utf-8' codec can't decode ${broken}: ${reason(bytes, at, good)}`);
  }
}

function reason(bytes: Buffer, at: number, good: number): string {
  if (lengthOf(bytes[at]) === 0) return 'invalid start byte';
  return at + good < bytes.length ? 'invalid continuation byte' : 'unexpected end of data';
}

/** How many bytes from there on are, or begin, one sequence; 1 also where none begins. */
function goodBytes(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  let good = 1;
  while (good < lengthOf(lead) && continues(lead, good, bytes[at + good])) good += 1;
  return good;
}

/** Bytes of the sequence that begins so; 0: none does. */
function lengthOf(lead = 0): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Second bytes where not all are good: of what could be shorter, is a surrogate, or lies beyond U+10FFFF (Unicode, table 3-7). */
const SECOND = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);
const CONTINUATION = [0x80, 0xbf];

function continues(lead: number, nth: number, byte = 0): boolean {
  const [from = 0, to = 0] = (nth === 1 ? SECOND.get(lead) : undefined) ?? CONTINUATION;
  return byte >= from && byte <= to;
}
