import type { EntityManager } from 'typeorm';
import { instantText, millisecondsOf } from '../chain/canonical.js';
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
  /** The latest time of the events that were removed, as far as their signing reached it; `null`: none is known. */
  readonly latest_at: string | null;
  readonly kid: string;
}

/** Ends that one statement reads, and that are verified at a stretch: after them others have their turn. */
const ENDS_PER_STATEMENT = 200;

/** The same as it stands in the database: whether our key signed it, `asSigned` says. */
type ArchivedRow = Archived & { readonly signature: Buffer };

/** A row, and what it holds as it was signed: `false`, by none of the known keys; `undefined`, by a key that is not known. */
interface Read extends Pick<Archived, 'chain' | 'sequence'> {
  readonly signed: Archived | false | undefined;
}

/** What is not in the database any more, because it was archived. */
export interface ArchivedEvents {
  readonly events: number;
  /** When that was done last. */
  readonly latest: string | null;
  /** Whether the archives were given, and so verified: if not, nothing is known of them. */
  readonly given: boolean;
}

/**
 * The text that is signed: members in the order of their names, as JSON without white space. Never that of a head. Without
 * `latest_at` where that is null: it was signed before there was such a thing.
 */
function archivedText({ archived_at, chain, hash, kid, latest_at, sequence, signed_at }: Archived): string {
  return JSON.stringify({
    archived_at,
    chain,
    hash,
    kid,
    ...(latest_at !== null && { latest_at }),
    sequence,
    signed_at,
  });
}

/** Up to where each chain was archived, in order of the chains. */
export async function* readArchived(
  manager: EntityManager,
  isSigned: ReturnType<HeadKey['verifier']>,
): AsyncGenerator<Read> {
  let after = '';
  for (let rows: ArchivedRow[]; (rows = await archivedAfter(manager, after)).length > 0;) {
    for (const row of rows) {
      const { chain, sequence } = row;
      yield { chain, sequence, signed: asSigned(row, isSigned) };
      after = chain;
    }
  }
}

async function archivedAfter(manager: EntityManager, chain: string): Promise<ArchivedRow[]> {
  const rows = await manager.query<(ArchivedRow & { sequence: string })[]>(
    `SELECT a.chain, a.sequence, encode(a.hash, 'hex') AS hash, ${instantText('a.signed_at')} AS signed_at,
       ${instantText('a.archived_at')} AS archived_at, ${instantText('a.latest_at')} AS latest_at, a.kid, a.signature
     FROM audit_archived a WHERE a.chain > $1 ORDER BY a.chain LIMIT ${ENDS_PER_STATEMENT}`,
    [chain],
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

/** A release that knows no `latest_at` signs without and leaves an older one in the row, where it means nothing. */
function asSigned(
  { signature, ...archived }: ArchivedRow,
  isSigned: ReturnType<HeadKey['verifier']>,
): Read['signed'] {
  for (const one of [archived, { ...archived, latest_at: null }]) {
    const signed = isSigned(one.kid, archivedText(one), signature);
    if (signed === undefined) return undefined;
    if (signed) return one;
  }
  return false;
}

/** Signs and keeps up to where a chain is archived from now on. */
export async function keepArchived(
  manager: EntityManager,
  key: HeadKey,
  place: Omit<Archived, 'archived_at' | 'kid'>,
): Promise<void> {
  const [clock] = await manager.query<{ now: string }[]>(`SELECT ${instantText('app_now()')} AS now`);
  const archived = { ...place, archived_at: clock?.now ?? '', kid: key.publicKey.kid };
  await manager.query(
    `INSERT INTO audit_archived (chain, sequence, hash, signed_at, archived_at, latest_at, kid, signature)
     VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8)
     ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, signed_at = excluded.signed_at,
       archived_at = excluded.archived_at, latest_at = excluded.latest_at, kid = excluded.kid,
       signature = excluded.signature`,
    [
      archived.chain,
      archived.sequence,
      archived.hash,
      archived.signed_at,
      archived.archived_at,
      archived.latest_at,
      archived.kid,
      key.sign(archivedText(archived)),
    ],
  );
}

/** What the first link that is left of a chain is to follow. */
export function startOf(archived: Archived | undefined): ChainStart | undefined {
  if (!archived) return undefined;
  const { sequence, hash, latest_at: latest, signed_at: signedAt } = archived;
  return {
    sequence,
    hash: Buffer.from(hash, 'hex'),
    // Not the signing for the latest event: where a backlog is cut, the next ones are older than that.
    times: {
      latest: latest === null ? -Infinity : millisecondsOf(latest),
      signedAt: millisecondsOf(signedAt),
    },
  };
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
