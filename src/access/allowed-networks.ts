import type { EntityManager } from 'typeorm';
import { PermissionDenied } from '../common/errors.js';
import { outranks, type Rank } from './rank.js';

/** From where alone something may be done, and who said so. */
export interface NetworkList {
  /** `null`: from everywhere. */
  readonly allowedNetworks: string[] | null;
  /** The strongest rank that set it; `null` where there is no list. */
  readonly networksSetAs: Rank | null;
}

/** A list that there was none before. */
export function newNetworks(allowedNetworks: string[] | null, rank: Rank): NetworkList {
  return { allowedNetworks, networksSetAs: allowedNetworks && rank };
}

/**
 * What becomes of a list that somebody changes (contract §4): narrower it is made by anybody who may edit, wider only by the
 * rank that set it, or a higher one; and the strongest that set it stays named. Errors: PermissionDenied.
 */
export async function changedNetworks(
  manager: EntityManager,
  old: NetworkList,
  wanted: string[] | null,
  rank: Rank,
): Promise<NetworkList> {
  if (!outranks(old.networksSetAs, rank)) return newNetworks(wanted, rank);
  await mustBeWithin(
    manager,
    wanted,
    old,
    'A higher authority set this list of networks: it can only be narrowed.',
  );
  return { allowedNetworks: wanted, networksSetAs: old.networksSetAs };
}

/** That a list lets nobody in whom the old one keeps out. Errors: PermissionDenied. */
export async function mustBeWithin(
  manager: EntityManager,
  wanted: string[] | null,
  { allowedNetworks }: NetworkList,
  refusal: string,
): Promise<void> {
  if (!(await isWithin(manager, wanted, allowedNetworks))) throw new PermissionDenied(refusal);
}

/** Whether the one list lets nobody in whom the other keeps out. */
export async function isWithin(
  manager: EntityManager,
  one: string[] | null,
  other: string[] | null,
): Promise<boolean> {
  const [row] = await manager.query<{ within: boolean }[]>('SELECT networks_within($1, $2) AS within', [
    one,
    other,
  ]);
  return row?.within === true;
}
