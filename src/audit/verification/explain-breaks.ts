import type { EntityManager } from 'typeorm';
import type { Findings } from './findings.js';
import { genesis, linkHash } from '../chain/chain.js';
import type { Altered, Break } from './chain-judge.js';

/**
 * Says what happened where a link doesn't follow the one before it. When it follows an earlier one and everything in
 * between is in order, then what lies in between was inserted; when it follows any other, it stands in the wrong place;
 * when it follows one that isn't there, the one before it took that one's place.
 */
export async function explainBreaks(
  manager: EntityManager,
  breaks: readonly Break[],
  findings: Findings,
): Promise<void> {
  if (breaks.length === 0) return;
  const rows = await manager.query<{ chain: string; sequence: string; hash: string }[]>(
    `SELECT chain, sequence, encode(hash, 'hex') AS hash FROM audit_links WHERE hash = ANY($1::bytea[])`,
    [breaks.map(({ previous }) => previous)],
  );
  const places = new Map(rows.map(({ chain, sequence, hash }) => [`${chain} ${hash}`, Number(sequence)]));
  const broken = new Set(breaks.map(({ chain, sequence }) => `${chain} ${sequence}`));
  for (const { chain, sequence, event, previous, before } of breaks) {
    const follows = previous.equals(genesis(chain)) ? 0 : places.get(`${chain} ${previous.toString('hex')}`);
    const between = Array.from(
      { length: follows === undefined ? 0 : Math.max(0, Math.min(sequence - 1 - follows, 1_000)) },
      (_, index) => sequence - 1 - index,
    );
    if (follows === undefined) {
      const place = before === undefined ? { sequence, event } : { sequence: sequence - 1, event: before };
      findings.add({ chain, ...place, problem: 'rewritten' });
    } else if (between.length > 0 && between.every((place) => !broken.has(`${chain} ${place}`))) {
      for (const place of between) findings.add({ chain, sequence: place, problem: 'inserted' });
    } else {
      findings.add({ chain, sequence, event, problem: 'reordered' });
    }
  }
}

/** Altered events whose contents, or ids, fit each other's links were not altered: they were swapped. */
export function findSwaps(altered: readonly Altered[], findings: Findings): void {
  for (const here of altered) {
    const fits = altered.some(
      ({ previous, hash, row }) =>
        row.id !== here.row.id &&
        [row.id, here.row.id].some((id) => linkHash(previous, { ...here.row, id }).equals(hash)),
    );
    if (fits) findings.rename(here, 'altered', 'reordered');
  }
}
