import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Membership } from '../access/principal.js';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { ProviderKeysService } from '../provider-keys/provider-keys.service.js';
import { CallDay } from './call-day.entity.js';
import type { CallSummaryQuery } from './call-summaries.dto.js';

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
}
