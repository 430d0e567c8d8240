import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { KEY_ORDERINGS, type KeyListQuery } from './access-key-list.dto.js';
import { ApiAccessKey } from './access-key.entity.js';
import type { KeyAuthority } from './key-authority.js';
import { endOf, statusOf } from './key-status.js';

/** A key by its id or by its public first half. */
export type WhichKey = { readonly id: number } | { readonly prefix: string };

/** Reads keys within somebody's authority. */
@Injectable()
export class AccessKeyRows {
  constructor(private readonly dataSource: DataSource) {}

  /** One key. Errors: NotFound, also for a key that is there but out of reach. */
  async get(
    authority: KeyAuthority,
    which: WhichKey,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<ApiAccessKey> {
    const row = await within(manager, authority)
      .andWhere('id' in which ? 'k.id = :id' : 'k.prefix = :prefix', which)
      .getOne();
    if (!row) throw new NotFound();
    return row;
  }

  /** The same, held as it is until the transaction ends. */
  async hold(authority: KeyAuthority, which: WhichKey, manager: EntityManager): Promise<ApiAccessKey> {
    const row = await within(manager, authority)
      .andWhere('id' in which ? 'k.id = :id' : 'k.prefix = :prefix', which)
      .setLock('for_no_key_update', undefined, ['k'])
      .getOne();
    if (!row) throw new NotFound();
    return row;
  }

  /** Whether there is such a key within reach. */
  async exists(authority: KeyAuthority, id: number): Promise<boolean> {
    return within(this.dataSource.manager, authority).andWhere('k.id = :id', { id }).getExists();
  }

  /** A page of keys, newest first. */
  list(authority: KeyAuthority, query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    const builder = within(this.dataSource.manager, authority).innerJoin('k.user', 'u');
    for (const [name, condition] of Object.entries(FILTERS)) {
      const value = query[name as keyof typeof FILTERS];
      if (value !== undefined) builder.andWhere(condition, { [name]: value });
    }
    return listPage(builder, query, {
      orderable: KEY_ORDERINGS,
      searchable: ['k.name', 'k.prefix', 'u.email'],
      defaultOrder: '-id',
      tieBreaker: 'k.id',
    });
  }
}

/** Wire name of the filter → its condition. */
const FILTERS = {
  organization: 'k.organizationId = :organization',
  user: 'k.userId = :user',
  access_level: 'k.accessLevel = :access_level',
  status: `${statusOf('k')} = :status`,
  expires_before: `${endOf('k')} < :expires_before`,
  last_used_before: 'k.lastUsedAt < :last_used_before',
  never_used: '(k.lastUsedAt IS NULL) = :never_used',
  prefix: 'k.prefix = :prefix',
} as const;

function within(manager: EntityManager, authority: KeyAuthority): SelectQueryBuilder<ApiAccessKey> {
  return manager.createQueryBuilder(ApiAccessKey, 'k').where(authority.within, authority.parameters);
}
