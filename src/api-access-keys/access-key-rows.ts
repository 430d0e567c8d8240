import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { NotFound } from '../common/errors.js';
import type { ListColumns } from '../common/list-order.js';
import type { Page } from '../common/list.js';
import { longListPage } from '../common/long-list.js';
import { KEY_NULLABLE, KEY_ORDERINGS, type KeyListQuery } from './access-key-list.dto.js';
import { ApiAccessKey } from './access-key.entity.js';
import { COUNT_NEEDS, type Excerpt, KEY_NEEDS, type KeyNeed } from './key-needs.js';
import type { KeyFilter } from './bulk/key-filter.js';
import type { KeyScope } from './key-scope.js';
import { keysWithin, narrowKeys, searchKeys } from './key-matching.js';
import { counterOf } from './key-tally.js';

/** A key by its id or by its public first half. */
export type WhichKey = { readonly id: number } | { readonly prefix: string };

/** Finds keys within somebody's scope, and holds those that an act is about. */
@Injectable()
export class AccessKeyRows {
  constructor(private readonly dataSource: DataSource) {}

  /** One key. Errors: NotFound, also for a key that is there but out of reach. */
  async get(
    scope: KeyScope,
    which: WhichKey,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<ApiAccessKey> {
    const row = await keysWithin(manager, scope)
      .andWhere('id' in which ? 'k.id = :id' : 'k.prefix = :prefix', which)
      .getOne();
    if (!row) throw new NotFound();
    return row;
  }

  /** The same, held as it is until the transaction ends. */
  async hold(scope: KeyScope, which: WhichKey, manager: EntityManager): Promise<ApiAccessKey> {
    const row = await keysWithin(manager, scope)
      .andWhere('id' in which ? 'k.id = :id' : 'k.prefix = :prefix', which)
      .setLock('for_no_key_update', undefined, ['k'])
      .getOne();
    if (!row) throw new NotFound();
    return row;
  }

  /** A key of which the act knows by another, held as it is until the transaction ends. */
  holdById(id: number, manager: EntityManager): Promise<ApiAccessKey> {
    return manager.findOneOrFail(ApiAccessKey, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** The same, once the key is held that it succeeds: an act that may free that one waits for it first, as everybody does. */
  async holdAfterPredecessor(id: number, manager: EntityManager): Promise<ApiAccessKey> {
    await manager.query('SELECT hold_access_key($1)', [id]);
    return manager.findOneByOrFail(ApiAccessKey, { id });
  }

  /** The successor of a key that the act holds, while nobody used it yet: it follows its predecessor. Held as well. */
  async holdUnusedSuccessor(
    { replacedById, retiresAt }: ApiAccessKey,
    manager: EntityManager,
  ): Promise<ApiAccessKey | null> {
    if (replacedById === null || retiresAt !== null) return null;
    const successor = await this.holdById(replacedById, manager);
    return successor.revokedAt === null ? successor : null;
  }

  /** A key whose successor dies unused has none any more: it lives on and can be rotated again. */
  async releasePredecessor(id: number, manager: EntityManager): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(ApiAccessKey)
      .set({ replacedById: null, graceSeconds: null, version: () => 'version + 1' })
      .where('replaced_by_id = :id AND retires_at IS NULL AND revoked_at IS NULL', { id })
      .execute();
  }

  /** Whether there is such a key within reach. */
  async exists(scope: KeyScope, id: number): Promise<boolean> {
    return keysWithin(this.dataSource.manager, scope).andWhere('k.id = :id', { id }).getExists();
  }

  /** What a user's own keys need: the most urgent keys of each need, and how many there are. */
  async listNeeds(userId: number): Promise<Record<KeyNeed, Excerpt<ApiAccessKey>>> {
    const { manager } = this.dataSource;
    const needs = await manager.query<{ need: KeyNeed; count: number; ids: number[] }[]>(COUNT_NEEDS, [
      userId,
    ]);
    const ids = needs.flatMap((one) => one.ids);
    const rows = new Map((await manager.findBy(ApiAccessKey, { id: In(ids) })).map((row) => [row.id, row]));
    const excerptOf = (need: KeyNeed): Excerpt<ApiAccessKey> => {
      const { count, ids: shown } = needs.find((one) => one.need === need) ?? { count: 0, ids: [] };
      return { count, results: shown.flatMap((id) => rows.get(id) ?? []) };
    };
    return Object.fromEntries(KEY_NEEDS.map((need) => [need, excerptOf(need)])) as Record<
      KeyNeed,
      Excerpt<ApiAccessKey>
    >;
  }

  /** A page of keys, newest first. */
  async list(scope: KeyScope, query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    const { manager } = this.dataSource;
    const matching = narrowKeys(keysWithin(manager, scope, 'list'), query);
    await searchKeys(matching, manager, scope, query.search);
    return longListPage(matching, query, ORDER, {
      read: (ids) => manager.findBy(ApiAccessKey, { id: In(ids) }),
      total: counterOf(matching, scope, query),
    });
  }

  /** The keys that a filter fits, but for the revoked ones, oldest first; of these alone, if they are named. */
  async listFitting(
    scope: KeyScope,
    filter: KeyFilter,
    manager: EntityManager,
    among?: readonly number[],
  ): Promise<Pick<ApiAccessKey, 'id' | 'organizationId'>[]> {
    const builder = narrowKeys(keysWithin(manager, scope), filter).andWhere('k.revokedAt IS NULL');
    await searchKeys(builder, manager, scope, filter.search);
    if (among) builder.andWhere('k.id = ANY(:among)', { among });
    return builder
      .select('k.id', 'id')
      .addSelect('k.organizationId', 'organizationId')
      .orderBy('k.id')
      .getRawMany<{ id: number; organizationId: number | null }>();
  }

  /** These keys, oldest first. */
  listByIds(ids: readonly number[]): Promise<ApiAccessKey[]> {
    return this.dataSource.manager.find(ApiAccessKey, { where: { id: In(ids) }, order: { id: 'ASC' } });
  }
}

const ORDER: ListColumns = {
  orderable: KEY_ORDERINGS,
  nullable: KEY_NULLABLE,
  defaultOrder: '-id',
  tieBreaker: 'k.id',
};

/** Of these prefixes those that are taken, and through what their keys were issued. */
export async function findIssuedVia(
  manager: EntityManager,
  prefixes: readonly string[],
): Promise<Map<string, string>> {
  const rows = await manager.query<{ prefix: string; via: string }[]>(
    'SELECT prefix, issued_via AS via FROM access_keys WHERE prefix = ANY($1)',
    [prefixes],
  );
  return new Map(rows.map(({ prefix, via }) => [prefix, via]));
}
