import { Conflict, InvalidInput } from '../../common/errors.js';
import { NOT_IN_FUTURE } from './future.js';
import type { Way } from './ways.js';

const DAY_MS = 86_400_000;
/** Days that a key of one's own lives when its user doesn't say; fewer where the policy gives fewer. */
const DEFAULT_LIFETIME_DAYS = 90;
/** The last moment that clients can be told: many know no year beyond 9999, and none is taken from them (common/fields.ts). */
const END_OF_TIME_MS = Date.parse('9998-12-31T23:59:59.999Z');

/** The key that a new one succeeds, as far as its life goes. */
export interface Predecessor {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** The end of its lineage; `null`: none. */
  readonly renewableUntil: Date | null;
  /** Staff narrowed or shortened it: only they begin another lineage. */
  readonly renewalBound: boolean;
}

/** What the life of a new key depends on. */
export interface LifeOrder {
  readonly way: Way;
  /** By the database's clock. */
  readonly now: Date;
  /** `undefined`: the default of the way; `null`: no end. */
  readonly wanted: Date | null | undefined;
  /** Of the organization that the key is confined to; `null`: it is user-wide, and no organization speaks for it. */
  readonly longestDays: number | null;
  readonly old?: Predecessor | undefined;
}

/** How long a new key lives, and until when it can be renewed. */
export interface Life {
  readonly expiresAt: Date | null;
  readonly renewableUntil: Date | null;
  readonly renewalBound: boolean;
}

/**
 * The life of a new key (contract §4, "Lineage"): what was asked for, within the policy of today, the life of the
 * predecessor and the end of its lineage, as far as the way asks them. Errors: InvalidInput for an end that is past, or
 * later than the limit, which the message names; Conflict `key_not_live` when the lineage itself has ended.
 */
export function lifeOf(order: LifeOrder): Life {
  const { way, now, wanted, old } = order;
  const bound = old !== undefined && keepsLineage(order, old);
  if (bound) mustLast(old, now);
  const limit = earliest(
    way.policy && order.longestDays !== null ? after(now, order.longestDays * DAY_MS) : null,
    way.sameLife && old ? sameLife(now, old) : null,
    bound ? old.renewableUntil : null,
  );
  if (wanted && wanted <= now) throw InvalidInput.field('expires_at', NOT_IN_FUTURE);
  if (wanted !== undefined && limit !== null && (wanted === null || wanted > limit)) {
    throw InvalidInput.field('expires_at', tooLate(limit, order));
  }
  const expiresAt = wanted === undefined ? earliest(defaultEnd(order), limit) : wanted;
  return bound
    ? { expiresAt, renewableUntil: old.renewableUntil, renewalBound: old.renewalBound }
    : { expiresAt, renewableUntil: expiresAt, renewalBound: false };
}

/** A key comes back, or is succeeded, only within its lineage. Errors: Conflict `key_not_live`. */
export function mustLast({ renewableUntil }: Pick<Predecessor, 'renewableUntil'>, now: Date): void {
  if (renewableUntil !== null && renewableUntil <= now) {
    throw new Conflict('key_not_live', 'The lineage of this key has ended.');
  }
}

/** Whether the new key belongs to the lineage of the old one; otherwise a person begins another. */
function keepsLineage({ way, longestDays }: LifeOrder, old: Predecessor): boolean {
  if (way.lineage !== 'where_bound') return way.lineage === 'always';
  return old.renewalBound || longestDays === null;
}

function defaultEnd({ way, now, old }: LifeOrder): Date | null {
  if (old) return sameLife(now, old);
  return way.policy ? after(now, DEFAULT_LIFETIME_DAYS * DAY_MS) : null;
}

/** As long a life from now as the old key was given; `null`: it was given no end. */
function sameLife(now: Date, { createdAt, expiresAt }: Predecessor): Date | null {
  return expiresAt && after(now, expiresAt.getTime() - createdAt.getTime());
}

function tooLate(limit: Date, { old, longestDays }: LifeOrder): string {
  if (old) return `A successor may live until ${limit.toISOString()} at most.`;
  return `The policy of this organization allows ${String(longestDays)} days at most.`;
}

function after(now: Date, ms: number): Date {
  return new Date(Math.min(now.getTime() + ms, END_OF_TIME_MS));
}

function earliest(...ends: (Date | null)[]): Date | null {
  const times = ends.flatMap((end) => (end ? [end.getTime()] : []));
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}
