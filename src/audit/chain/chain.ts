import { createHash } from 'node:crypto';
import { canonicalEvent, type EventRow } from './canonical.js';

/** SQL: the chain that an event `e` belongs to: its organization's, or the one for what has none. */
export const CHAIN_OF_EVENT = `coalesce('organization:' || e.organization_id, 'none')`;

/** SQL: whether a place can be one: no chain is that long, so what claims such a place was put there, and nothing follows it. */
export const IS_PLACE = `sequence < ${Number.MAX_SAFE_INTEGER}`;

/** The chain that an event belongs to. */
export function chainOf({ organization_id: id }: Pick<EventRow, 'organization_id'>): string {
  return id === null ? 'none' : `organization:${id}`;
}

/** What the first link of a chain follows: SHA-256 of a text that names the chain. */
export function genesis(chain: string): Buffer {
  return createHash('sha256').update(`cryptocomply audit chain ${chain}`).digest();
}

/** The hash of a link: SHA-256 over the hash before it (32 bytes) and the event's canonical text (UTF-8). */
export function linkHash(previous: Buffer, event: EventRow): Buffer {
  return createHash('sha256').update(previous).update(canonicalEvent(event)).digest();
}
