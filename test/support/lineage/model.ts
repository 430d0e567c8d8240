/**
 * What the contract (§4, "Lineage", "What a credential made") says of keys, kept by hand beside the service: bounds that
 * nothing may exceed, and facts that make a key dead. It says never that a key must work: what else may refuse it is
 * other tests' affair.
 */
export type Rank = 'user' | 'staff';

export interface ModelKey {
  readonly id: number;
  readonly text: string;
  readonly userId: number;
  readonly organizationId: number | null;
  readonly admin: boolean;
  /** The key through which it, or the grant that it came of, was made. */
  readonly via: ModelKey | undefined;
  /** Made by a person by rotating `replaces`: no act on that one may kill it. */
  readonly cureOf: ModelKey | undefined;
  readonly replaces: ModelKey | undefined;
  level: 'read_only' | 'full_access';
  /** The latest end that the key and any key that renews itself out of it may have; `null`: no end. By the database's clock. */
  end: number | null;
  /** Staff narrowed or shortened it: only they begin another lineage. */
  bound: boolean;
  revoked: boolean;
  /** Since it was suspended and not resumed, by whom it has to be resumed at least. */
  suspended: Rank | undefined;
  used: boolean;
  successor: ModelKey | undefined;
}

/**
 * Everything made through a key, and through that, with whatever succeeded it, by whomever. Of the key's own successors only
 * those that were made through it.
 */
export function madeThrough(keys: readonly ModelKey[], key: ModelKey): ModelKey[] {
  const own = line(key);
  const reached = [key];
  for (const one of reached) {
    const next = keys.filter(({ via, replaces }) => via === one || (replaces === one && !own.includes(one)));
    reached.push(...next.filter((other) => !reached.includes(other)));
  }
  return reached.slice(1);
}

/** The successor that follows what is done to a key, as long as it is unused. */
export function follower({ successor }: ModelKey): ModelKey | undefined {
  return successor && !successor.used && !successor.revoked ? successor : undefined;
}

/** The key and the ones that succeeded it. */
export function line(key: ModelKey): ModelKey[] {
  return key.successor ? [key, ...line(key.successor)] : [key];
}

/** The same, as far as each was made through the one before it. */
export function lineThroughItself(key: ModelKey): ModelKey[] {
  const { successor } = key;
  return successor?.via === key ? [key, ...lineThroughItself(successor)] : [key];
}

/** What staff took away from a key, and from the successor that follows it: as they say it, not as it was already. */
export function narrow(
  keys: readonly ModelKey[],
  { level, end }: { level?: 'read_only' | undefined; end?: number | undefined },
): void {
  for (const key of keys) {
    if (level !== undefined) key.level = level;
    if (end !== undefined) key.end = key.end === null ? end : Math.min(key.end, end);
    key.bound = true;
  }
}
