import { Injectable, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { Membership } from '../../access/principal.js';
import type { ListColumns } from '../../common/list-order.js';
import { applySearch, listPage, type Page } from '../../common/list.js';
import { Organization } from '../../organizations/organization.entity.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { csvLine } from './csv.js';
import { organizationKeys } from '../key-scope.js';
import { breachesOf } from './breaches.js';
import {
  type KeyReviewQuery,
  REVIEW_ORDERINGS,
  type ReviewedKey,
  type ReviewedKeyAnswer,
  reviewedKeyAnswer,
} from './review.dto.js';
import { endOf, statusOf } from '../key-status.js';

/** Keys that one statement of an export reads. */
const EXPORT_BATCH = 500;

const BREACHES_OF_KEY = breachesOf(statusOf('k'));

/** Name of the column on the wire → its SQL: the rows of a review, in the order of the CSV. */
const COLUMNS: Record<keyof ReviewedKey, string> = {
  id: 'k.id',
  name: 'k.name',
  prefix: 'k.prefix',
  user_id: 'u.id',
  user_email: 'u.email',
  organization: 'k.organization_id',
  access_level: 'k.access_level',
  status: statusOf('k'),
  created_by_id: 'c.id',
  created_by_email: 'c.email',
  issued_via: 'k.issued_via',
  created_at: 'k.created_at',
  age_days: `floor(extract(epoch FROM app_now() - k.created_at) / 86400)::int`,
  expires_at: endOf('k'),
  last_used_at: 'k.last_used_at',
  breaches: BREACHES_OF_KEY,
};
const NAMES = Object.keys(COLUMNS) as (keyof ReviewedKey)[];

const LIST: ListColumns = {
  orderable: REVIEW_ORDERINGS,
  searchable: ['k.name', 'k.prefix', 'u.email'],
  defaultOrder: 'id',
  tieBreaker: 'k.id',
};

/** The keys that reach an organization, as its auditor asks for them, each with what is wrong about it. */
@Injectable()
export class KeyReview {
  constructor(private readonly dataSource: DataSource) {}

  /** A page, or everything as CSV. Errors: InvalidPage. */
  async review(member: Membership, query: KeyReviewQuery): Promise<Page<ReviewedKeyAnswer> | StreamableFile> {
    if (query.format === 'csv') {
      return new StreamableFile(Readable.from(this.lines(member, query), { objectMode: false }), {
        type: 'text/csv; charset=utf-8',
        disposition: 'attachment; filename="access-keys-review.csv"',
      });
    }
    const builder = this.filtered(member, query);
    return (await listPage(builder, query, LIST, (page) => page.getRawMany<ReviewedKey>())).map(
      reviewedKeyAnswer,
    );
  }

  /** A batch at a time, by id, so that an export holds little in memory. */
  private async *lines(member: Membership, query: KeyReviewQuery): AsyncGenerator<Buffer> {
    yield Buffer.from(csvLine(NAMES));
    for (let after = 0, rows: ReviewedKey[]; ; after = rows.at(-1)?.id ?? after) {
      const builder = this.filtered(member, query);
      applySearch(builder, query.search, LIST.searchable);
      rows = await builder
        .andWhere('k.id > :after', { after })
        .orderBy('k.id')
        .limit(EXPORT_BATCH)
        .getRawMany<ReviewedKey>();
      if (rows.length > 0)
        yield Buffer.from(rows.map((row) => csvLine(NAMES.map((name) => row[name]))).join(''));
      if (rows.length < EXPORT_BATCH) return;
    }
  }

  private filtered(
    member: Membership,
    { user, status, breach }: KeyReviewQuery,
  ): SelectQueryBuilder<ApiAccessKey> {
    const { within, parameters } = organizationKeys(member);
    const builder = this.dataSource.manager
      .createQueryBuilder(ApiAccessKey, 'k')
      .select([])
      .innerJoin('k.user', 'u')
      .leftJoin('k.createdBy', 'c')
      .innerJoin(Organization, 'o', 'o.id = :organizationId')
      .where(within, parameters);
    for (const name of NAMES) builder.addSelect(COLUMNS[name], name);
    if (user !== undefined) builder.andWhere('k.userId = :user', { user });
    if (status !== undefined) builder.andWhere(`${statusOf('k')} = :status`, { status });
    if (breach !== undefined) builder.andWhere(`:breach = ANY(${BREACHES_OF_KEY})`, { breach });
    return builder;
  }
}
