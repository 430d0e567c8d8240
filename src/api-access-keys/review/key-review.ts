import { Injectable, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { Actor, Membership } from '../../access/principal.js';
import type { ListColumns } from '../../common/list-order.js';
import type { Page } from '../../common/list.js';
import { longListPage } from '../../common/long-list.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { KEY_NULLABLE } from '../access-key-list.dto.js';
import { csvLine } from './csv.js';
import { everyKey, type KeyScope, organizationKeys } from '../key-scope.js';
import { keysWithin, narrowKeys, searchKeys } from '../key-matching.js';
import { counterOf } from '../key-tally.js';
import { breachesOf, proposedParameter, type ProposedPolicy } from './breaches.js';
import {
  type KeyReviewAdminQuery,
  type KeyReviewQuery,
  REVIEW_ORDERINGS,
  type ReviewedKey,
  type ReviewedKeyAnswer,
  reviewedKeyAnswer,
} from './review.dto.js';
import { endOf, statusOf } from '../key-status.js';

/** Keys that one statement of an export reads: to plan it, and to find what an organization reaches, is done once for all of them. */
const EXPORT_BATCH = 2_000;

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
  nullable: KEY_NULLABLE,
  defaultOrder: 'id',
  tieBreaker: 'k.id',
};

/** A page, or everything as CSV. */
export type KeyReviewList = Page<ReviewedKeyAnswer> | StreamableFile;

/** What is reviewed: which keys, and by the policy of which organization each is judged. */
interface Reviewed {
  readonly scope: KeyScope;
  /** SQL: the organization `o` of the key `k`. */
  readonly judgedBy: string;
  /** What of that policy is supposed for once. */
  readonly proposed: ProposedPolicy;
}

/** Keys as an auditor asks for them, each with what is wrong about it: those that reach an organization, or all. */
@Injectable()
export class KeyReview {
  constructor(private readonly dataSource: DataSource) {}

  /** The keys that reach the member's organization: a page, or everything as CSV. Errors: InvalidPage. */
  review(member: Membership, query: KeyReviewQuery): Promise<KeyReviewList> {
    const judgedBy = 'o.id = :organizationId';
    return this.answer({ scope: organizationKeys(member), judgedBy, proposed: query }, query);
  }

  /** All keys, each judged by the organization that it is confined to. Errors: InvalidPage. */
  reviewAsStaff(by: Actor, query: KeyReviewAdminQuery): Promise<KeyReviewList> {
    const judgedBy = 'o.id = k.organization_id';
    return this.answer({ scope: everyKey(by), judgedBy, proposed: query }, query);
  }

  private async answer(reviewed: Reviewed, query: KeyReviewAdminQuery): Promise<KeyReviewList> {
    if (query.format === 'csv') {
      return new StreamableFile(Readable.from(this.lines(reviewed, query), { objectMode: false }), {
        type: 'text/csv; charset=utf-8',
        disposition: 'attachment; filename="access-keys-review.csv"',
      });
    }
    const matching = await this.matching(reviewed, query, 'list');
    const page = await longListPage(matching, query, LIST, {
      read: (ids) => this.read(reviewed, ids),
      total: counterOf(matching, reviewed.scope, query),
    });
    return page.map(reviewedKeyAnswer);
  }

  /** A batch at a time, by id, so that an export holds little in memory; the next one is read while this one is written. */
  private async *lines(reviewed: Reviewed, query: KeyReviewAdminQuery): AsyncGenerator<Buffer> {
    yield Buffer.from(csvLine(NAMES));
    const matching = (await this.matching(reviewed, query)).select('k.id', 'id').orderBy('k.id');
    const readAfter = async (id: number): Promise<ReviewedKey[]> => {
      const batch = matching.clone().andWhere('k.id > :id', { id }).limit(EXPORT_BATCH);
      const ids = (await batch.getRawMany<{ id: number }>()).map((row) => row.id);
      return this.read(reviewed, ids);
    };
    let rows = await readAfter(0);
    for (let last = rows.at(-1); last; last = rows.at(-1)) {
      const next = rows.length < EXPORT_BATCH ? Promise.resolve([]) : readAfter(last.id);
      next.catch(() => undefined); // told below, or to nobody, if the reader has left
      yield Buffer.from(rows.map((row) => csvLine(NAMES.map((name) => row[name]))).join(''));
      rows = await next;
    }
  }

  /** The keys that the filters and the search leave. */
  private async matching(
    { scope, judgedBy, proposed }: Reviewed,
    { user, organization, status, breach, search }: KeyReviewAdminQuery,
    as?: 'list',
  ): Promise<SelectQueryBuilder<ApiAccessKey>> {
    const { manager } = this.dataSource;
    const builder = narrowKeys(keysWithin(manager, scope, as), { user, organization, status });
    if (breach !== undefined) {
      builder
        .innerJoin('k.user', 'u')
        .leftJoin('organization_policies', 'o', judgedBy)
        .andWhere(`:breach = ANY(${BREACHES_OF_KEY})`, { breach, ...proposedParameter(proposed) });
    }
    await searchKeys(builder, manager, scope, search);
    return builder;
  }

  /** What is told of these keys, by ascending id. */
  private read(
    { scope: { parameters }, judgedBy, proposed }: Reviewed,
    ids: readonly number[],
  ): Promise<ReviewedKey[]> {
    const builder = this.dataSource.manager
      .createQueryBuilder(ApiAccessKey, 'k')
      .select([])
      .innerJoin('k.user', 'u')
      .leftJoin('k.createdBy', 'c')
      .leftJoin('organization_policies', 'o', judgedBy)
      .where('k.id = ANY(:ids)', { ...parameters, ...proposedParameter(proposed), ids })
      .orderBy('k.id');
    for (const name of NAMES) builder.addSelect(COLUMNS[name], name);
    return builder.getRawMany<ReviewedKey>();
  }
}
