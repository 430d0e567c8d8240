import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Membership } from '../access/principal.js';
import { InvalidInput, NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { listKeys } from '../provider-keys/provider-key-rows.js';
import { ProviderKeysService } from '../provider-keys/provider-keys.service.js';
import { CallDay } from './call-day.entity.js';
import {
  type CallSummaryQuery,
  MOST_DAYS,
  type OrganizationCallsQuery,
  type ProviderKeyCalls,
} from './call-summaries.dto.js';

/** The first and the last day that are asked for, and how many that are: 30 until today, unless told otherwise. */
const STRETCH = `
  SELECT first::text, last::text, last - first + 1 AS days FROM (
    SELECT coalesce($1::date, last - 29) AS first, last
    FROM (SELECT coalesce($2::date, (app_now() AT TIME ZONE 'UTC')::date) AS last) AS until
  ) AS stretch`;

/** How often provider keys were used, by day. */
@Injectable()
export class CallSummariesService {
  constructor(
    @InjectRepository(CallDay) private readonly days: Repository<CallDay>,
    private readonly keys: ProviderKeysService,
  ) {}

  /** The days on which a key was used, newest first. Errors: NotFound for the key. */
  async list(member: Membership, keyId: number, query: CallSummaryQuery): Promise<Page<CallDay>> {
    if (!(await this.keys.exists(member, keyId))) throw new NotFound();
    const builder = this.days.createQueryBuilder('d').where('d.providerKeyId = :keyId', { keyId });
    if (query.date_from !== undefined) builder.andWhere('d.day >= :date_from', query);
    if (query.date_to !== undefined) builder.andWhere('d.day <= :date_to', query);
    return listPage(builder, query, {
      orderable: { date: 'd.day' },
      defaultOrder: '-date',
      tieBreaker: 'd.day',
    });
  }

  /**
   * The provider keys of the member's organization, each with the days on which it was used, newest first. Errors:
   * InvalidInput for more than MOST_DAYS days.
   */
  async listByKey(
    { organizationId }: Membership,
    { date_from: from, date_to: to, ...query }: OrganizationCallsQuery,
  ): Promise<Page<ProviderKeyCalls>> {
    const { manager } = this.days;
    const [stretch] = await manager.query<{ first: string; last: string; days: number }[]>(STRETCH, [
      from,
      to,
    ]);
    if (!stretch) throw new Error('The database has no clock.');
    if (stretch.days > MOST_DAYS) {
      throw InvalidInput.field('date_from', `Ask for ${MOST_DAYS} days at most.`);
    }
    const keys = await listKeys(manager, organizationId, query);
    const days = await this.days
      .createQueryBuilder('d')
      .where('d.providerKeyId = ANY(:ids)', { ids: keys.results.map(({ id }) => id) })
      .andWhere('d.day BETWEEN :first AND :last', stretch)
      .orderBy('d.day', 'DESC')
      .getMany();
    const byKey = new Map(keys.results.map(({ id }) => [id, [] as CallDay[]]));
    for (const day of days) byKey.get(day.providerKeyId)?.push(day);
    return keys.map((key) => ({ key, days: byKey.get(key.id) ?? [] }));
  }
}
