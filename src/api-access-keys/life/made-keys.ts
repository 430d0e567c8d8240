import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { accessKeyName } from '../../access/principal.js';
import { type MadeThing, MadeThings } from '../../acts/made.js';
import { AccessKeyRows } from '../access-key-rows.js';
import type { ApiAccessKey } from '../access-key.entity.js';
import { statusOf } from '../key-status.js';

/** To which keys these led: $1 issued (issued_via), and those of $2 were succeeded. Values that are known are found by index. */
const NEXT = `
  SELECT k.id, k.replaces_id FROM access_keys k WHERE k.issued_via = ANY ($1)
  UNION
  SELECT k.id, k.replaces_id FROM access_key_grants g JOIN access_keys k ON k.id = g.key_id WHERE g.issued_via = ANY ($1)
  UNION
  SELECT k.id, k.replaces_id FROM access_keys old JOIN access_keys k ON k.id = old.replaced_by_id WHERE old.id = ANY ($2)`;

const LIST = `
  SELECT 'access_key' AS type, k.id, k.name, ${statusOf('k')} AS status, k.organization_id AS "organizationId",
    k.user_id AS "userId"
  FROM access_keys k WHERE k.id = ANY ($1) ORDER BY k.id`;

/** What was made through a key, by whomever it went on from there. Keys outlive it, unless they are to end along with it. */
@Injectable()
export class MadeKeys {
  constructor(
    private readonly rows: AccessKeyRows,
    private readonly made: MadeThings,
  ) {}

  /**
   * The keys that were made through this one, which is held; oldest first, held, and each after the key that it succeeds. A
   * key may lead to another until it is held itself, so it is looked again until there is none that isn't.
   */
  async hold(id: number, manager: EntityManager): Promise<ApiAccessKey[]> {
    const held = new Map<number, ApiAccessKey>();
    for (;;) {
      const others = (await idsOf(id, manager)).filter((one) => !held.has(one));
      if (others.length === 0) return [...held.values()];
      for (const one of others) held.set(one, await this.rows.holdAfterPredecessor(one, manager));
    }
  }

  /** All that was made through this key: the keys, and what was made through it and through them; oldest first of each kind. */
  async list(id: number, manager: EntityManager): Promise<MadeThing[]> {
    const ids = await idsOf(id, manager);
    const keys = await manager.query<MadeThing[]>(LIST, [ids]);
    return [...keys, ...(await this.made.list(manager, [id, ...ids].map(accessKeyName)))];
  }
}

/**
 * Made through a key are the keys that were issued through it, those of grants that were made through it, the successors of
 * all these, whoever made them, and what was made through any of them in turn; oldest first. Of the key's own successors
 * only those are that were made through a key: one that a person made is the cure for its exposure (docs/adr/0063). Each is
 * newer than the one that led to it, so this ends.
 */
async function idsOf(id: number, manager: EntityManager): Promise<number[]> {
  const own = new Set([id]);
  const made = new Set<number>();
  for (let from = [id]; from.length > 0;) {
    const others = from.filter((one) => !own.has(one));
    const next = await manager.query<{ id: number; replaces_id: number | null }[]>(NEXT, [
      from.map(accessKeyName),
      others,
    ]);
    const fresh = next.filter((one) => one.id !== id && !made.has(one.id));
    for (const one of fresh) {
      made.add(one.id);
      if (one.replaces_id !== null && own.has(one.replaces_id)) own.add(one.id);
    }
    from = fresh.map((one) => one.id);
  }
  return [...made].toSorted((one, other) => one - other);
}
