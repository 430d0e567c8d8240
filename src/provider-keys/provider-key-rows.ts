import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../access/principal.js';
import { NotFound } from '../common/errors.js';
import { listPage, type ListQuery, type Page } from '../common/list.js';
import { ProviderKey } from './provider-key.entity.js';
import type { ProviderKeyListQuery } from './provider-keys.dto.js';

/** The keys of one organization. */
export function keysOf(manager: EntityManager, organizationId: number): SelectQueryBuilder<ProviderKey> {
  return manager
    .createQueryBuilder(ProviderKey, 'k')
    .where('k.organizationId = :organizationId', { organizationId });
}

/** A page of the keys of one organization. Errors: InvalidPage. */
export function listKeys(
  manager: EntityManager,
  organizationId: number,
  query: ProviderKeyListQuery,
): Promise<Page<ProviderKey>> {
  const builder = keysOf(manager, organizationId);
  if (query.key_type !== undefined) builder.andWhere('k.keyType = :key_type', query);
  if (query.enabled !== undefined) builder.andWhere('k.enabled = :enabled', query);
  if (query.preferred !== undefined) builder.andWhere('k.preferred = :preferred', query);
  if (query.health !== undefined) builder.andWhere('k.health = :health', query);
  return listPage(builder, query, {
    orderable: {
      id: 'k.id',
      name: 'k.name',
      key_type: 'k.keyType',
      created_at: 'k.createdAt',
      updated_at: 'k.updatedAt',
    },
    searchable: ['k.name'],
    defaultOrder: 'id',
    tieBreaker: 'k.id',
  });
}

/** One key of one organization. Errors: NotFound. */
export async function getKey(
  manager: EntityManager,
  organizationId: number,
  id: number,
): Promise<ProviderKey> {
  const key = await keysOf(manager, organizationId).andWhere('k.id = :id', { id }).getOne();
  if (!key) throw new NotFound();
  return key;
}

/** A key that calls fail with, for whoever can do something about it. */
export type UnhealthyKey = Pick<ProviderKey, 'id' | 'keyType' | 'name' | 'maskedKey' | 'health'> & {
  readonly organizationId: number;
  readonly organizationName: string;
};

/**
 * The enabled keys that calls fail with, of all organizations in which the user manages them and which are reachable from
 * where the user is; oldest first.
 */
export function listUnhealthy(
  manager: EntityManager,
  { userId, origin }: Principal,
  query: ListQuery,
): Promise<Page<UnhealthyKey>> {
  const builder = manager
    .createQueryBuilder(ProviderKey, 'k')
    .select([])
    .innerJoin('memberships', 'm', 'm.organization_id = k.organizationId AND m.user_id = :userId', { userId })
    .where(
      `m.live AND address_allowed(:from, m.allowed_networks) AND 'provider_key.manage' = ANY (m.permissions)`,
      {
        from: origin.ip,
      },
    )
    .andWhere(`k.enabled AND k.health NOT IN ('unknown', 'ok')`);
  const columns: Record<keyof UnhealthyKey, string> = {
    id: 'k.id',
    keyType: 'k.key_type',
    name: 'k.name',
    maskedKey: 'k.masked_key',
    health: 'k.health',
    organizationId: 'm.organization_id',
    organizationName: 'm.organization_name',
  };
  for (const [name, column] of Object.entries(columns)) builder.addSelect(column, name);
  const order = { orderable: { id: 'k.id' }, defaultOrder: 'id', tieBreaker: 'k.id' };
  return listPage(builder, query, order, (page) => page.getRawMany<UnhealthyKey>());
}

/** The id of a key to come: its secret is sealed for it before the row is there. */
export async function drawId(manager: EntityManager): Promise<number> {
  const rows = await manager.query<{ id: number }[]>(
    `SELECT nextval(pg_get_serial_sequence('provider_keys', 'id'))::integer AS id`,
  );
  if (!rows[0]) throw new Error('The sequence gave no id.');
  return rows[0].id;
}

/** Makes room for `key` as the preferred one of its type. */
export async function stopPreferring(
  manager: EntityManager,
  { id, organizationId, keyType }: Pick<ProviderKey, 'id' | 'organizationId' | 'keyType'>,
): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(ProviderKey)
    .set({ preferred: false, version: () => 'version + 1', updatedAt: () => 'app_now()' })
    .where('organization_id = :organizationId AND key_type = :keyType AND preferred AND id <> :id', {
      id,
      organizationId,
      keyType,
    })
    .execute();
}

/** Whether the ledger knows the key. */
export async function hasCalls(manager: EntityManager, id: number): Promise<boolean> {
  const rows = await manager.query<{ used: boolean }[]>(
    'SELECT EXISTS (SELECT FROM provider_key_days WHERE provider_key_id = $1) AS used',
    [id],
  );
  return rows[0]?.used ?? true;
}
