import type { HeadPublicKey } from './head-key.js';

/** The end of a chain at one moment, signed. Hashes are hexadecimal, the signature base64url. */
export interface Head {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
  /** UTC, with microseconds, by the database's clock. */
  readonly signed_at: string;
  readonly kid: string;
  readonly signature: string;
}

/** What `AuditHeads.export()` gives, to be kept where whoever can write to the database can't. */
export interface HeadsExport {
  /** Those that verify them, the newest first. */
  readonly public_keys: readonly HeadPublicKey[];
  readonly heads: readonly Head[];
}

/** What may stand in a file of heads: an export, one of earlier releases, a line of the log. */
type Read = HeadsExport & { readonly public_key: HeadPublicKey; readonly head: Head };

/** The text that is signed: the head's other members as JSON, in this order, without white space. */
export function headText({ chain, hash, kid, sequence, signed_at }: Omit<Head, 'signature'>): string {
  return JSON.stringify({ chain, hash, kid, sequence, signed_at });
}

/**
 * Reads heads that were kept outside: an export, or log lines with a `head` each (other lines are skipped). Throws when
 * there is none, for a check against nothing would look like a good one.
 */
export function readHeads(text: string): { heads: readonly Head[]; publicKeys: readonly HeadPublicKey[] } {
  const parsed = parse(text) ?? text.split('\n').map(parse);
  const values = [parsed].flat() as (Partial<Read> | undefined)[];
  const heads = values.flatMap((value) => [value?.heads ?? [], value?.head ?? []].flat());
  const publicKeys = values.flatMap((value) => [value?.public_keys ?? [], value?.public_key ?? []].flat());
  if (heads.length === 0 || !heads.every(isHead)) throw new Error('The file holds no heads of audit chains.');
  return { heads, publicKeys };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')); // some editors put a byte order mark before what they save
  } catch {
    return undefined; // several lines, or not one of ours
  }
}

function isHead(head: Head): boolean {
  const { chain, sequence, hash, signed_at: signedAt, kid, signature } = head;
  return (
    [chain, hash, signedAt, kid, signature].every((part) => typeof part === 'string') &&
    Number.isSafeInteger(sequence)
  );
}
