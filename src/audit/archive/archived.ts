import type { EntityManager } from 'typeorm';
import { instantText } from '../chain/canonical.js';
import type { ChainStart } from '../verification/chain-judge.js';
import type { HeadKey } from '../chain/head-key.js';

/** Up to where a chain was archived and removed: what is left of it follows this place. Signed by the key of heads. */
export interface Archived {
  readonly chain: string;
  readonly sequence: number;
  /** Of the last link that was removed; hexadecimal. */
  readonly hash: string;
  /** When the head at that place was signed. */
  readonly signed_at: string;
  readonly archived_at: string;
  readonly kid: string;
}

/** What is not in the database any more, because it was archived. */
export interface ArchivedEvents {
  readonly events: number;
  /** When that was done last. */
  readonly latest: string | null;
  /** Whether the archives were given, and so verified: if not, nothing is known of them. */
  readonly given: boolean;
}

/** The text that is signed: members in the order of their names, as JSON without white space. Never that of a head. */
export function archivedText({ archived_at, chain, hash, kid, sequence, signed_at }: Archived): string {
  return JSON.stringify({ archived_at, chain, hash, kid, sequence, signed_at });
}

/** Up to where each chain was archived, with the signature. */
export async function readArchived(manager: EntityManager): Promise<(Archived & { signature: Buffer })[]> {
  const rows = await manager.query<(Archived & { sequence: string; signature: Buffer })[]>(
    `SELECT a.chain, a.sequence, encode(a.hash, 'hex') AS hash, ${instantText('a.signed_at')} AS signed_at,
       ${instantText('a.archived_at')} AS archived_at, a.kid, a.signature
     FROM audit_archived a ORDER BY a.chain`,
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

/** The same, as far as a known key signed it. */
export async function signedArchived(
  manager: EntityManager,
  isSigned: ReturnType<HeadKey['verifier']>,
): Promise<Archived[]> {
  const all = await readArchived(manager);
  return all.filter((one) => isSigned(one.kid, archivedText(one), one.signature));
}

/** Signs and keeps up to where a chain is archived from now on. */
export async function keepArchived(
  manager: EntityManager,
  key: HeadKey,
  place: Pick<Archived, 'chain' | 'sequence' | 'hash' | 'signed_at'>,
): Promise<void> {
  const [clock] = await manager.query<{ now: string }[]>(`SELECT ${instantText('app_now()')} AS now`);
  const archived = { ...place, archived_at: clock?.now ?? '', kid: key.publicKey.kid };
  await manager.query(
    `INSERT INTO audit_archived (chain, sequence, hash, signed_at, archived_at, kid, signature)
     VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7)
     ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, signed_at = excluded.signed_at,
       archived_at = excluded.archived_at, kid = excluded.kid, signature = excluded.signature`,
    [
      archived.chain,
      archived.sequence,
      archived.hash,
      archived.signed_at,
      archived.archived_at,
      archived.kid,
      key.sign(archivedText(archived)),
    ],
  );
}

/** What the first link that is left of a chain is to follow. */
export function startOf(archived: Archived | undefined): ChainStart | undefined {
  if (!archived) return undefined;
  const { sequence, hash, signed_at: signedAt } = archived;
  return { sequence, hash: Buffer.from(hash, 'hex'), signedAt };
}

/** All that was archived; `null`: nothing was, nor is any archive given. */
export function summaryOf(archived: readonly Archived[], given: boolean): ArchivedEvents | null {
  if (archived.length === 0 && !given) return null;
  return {
    events: archived.reduce((sum, { sequence }) => sum + sequence, 0),
    latest:
      archived
        .map(({ archived_at: at }) => at)
        .toSorted()
        .at(-1) ?? null, // the canonical form sorts as text
    given,
  };
}
