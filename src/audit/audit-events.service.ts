import { Injectable, StreamableFile } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Readable } from 'node:stream';
import { In, Repository, type SelectQueryBuilder } from 'typeorm';
import type { Actor, Membership } from '../access/principal.js';
import type { ListColumns } from '../common/list-order.js';
import { applySearch, type Page } from '../common/list.js';
import { countRows, longListPage } from '../common/long-list.js';
import {
  auditEventAnswer,
  type AuditEventAdminListQuery,
  type AuditEventAnswer,
  type AuditEventListQuery,
} from './audit-event.dto.js';
import { AuditEvent } from './audit-event.entity.js';
import { ndjsonLine } from './ndjson.js';

/** Events that one statement of an export reads: what it holds in memory at a time. */
const EXPORT_BATCH = 500;
/** Events that one statement of an export looks through, at most. */
const EXPORT_WINDOW = 20_000;
const NOTHING = Buffer.alloc(0);

const COLUMNS: ListColumns = {
  orderable: { id: 'e.id', at: 'e.at', action: 'e.action' },
  searchable: [
    'e.action',
    'e.actor_credential',
    'e.ip',
    'e.user_agent',
    'e.request_id',
    'CAST(e.details AS text)',
  ],
  defaultOrder: '-id',
  tieBreaker: 'e.id',
};

/** A page of events, or all of them as NDJSON. */
export type AuditEventList = Page<AuditEventAnswer> | StreamableFile;

/** Reads the audit log. */
@Injectable()
export class AuditEventsService {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** The events of the member's organization. Errors: InvalidPage. */
  list({ organizationId }: Membership, query: AuditEventListQuery): Promise<AuditEventList> {
    return this.answer({ ...query, organization: organizationId });
  }

  /** The same, as a page alone. Errors: InvalidPage. */
  page({ organizationId }: Membership, query: AuditEventListQuery): Promise<Page<AuditEventAnswer>> {
    return this.pageOf({ ...query, organization: organizationId });
  }

  /** The events of all organizations and of none. Errors: InvalidPage. */
  listAsStaff(_by: Actor, query: AuditEventAdminListQuery): Promise<AuditEventList> {
    return this.answer(query);
  }

  private async answer(query: AuditEventAdminListQuery): Promise<AuditEventList> {
    if (query.format === 'ndjson') {
      // By bytes, not by objects: a reader that is slower than the database holds back at most a batch.
      return new StreamableFile(Readable.from(this.lines(query), { objectMode: false }), {
        type: 'application/x-ndjson',
        disposition: 'attachment; filename="audit-events.ndjson"',
      });
    }
    return this.pageOf(query);
  }

  private async pageOf(query: AuditEventAdminListQuery): Promise<Page<AuditEventAnswer>> {
    const matching = this.filtered(query);
    applySearch(matching, query.search, COLUMNS.searchable);
    const page = await longListPage(matching, query, COLUMNS, {
      read: (ids) => this.events.findBy({ id: In(ids) }),
      total: () => countRows(matching),
    });
    return page.map(auditEventAnswer);
  }

  /**
   * The lines of an export, a batch at a time, by id: every event that was committed when it began, once. It ends at the
   * newest id of that moment, or a busy log would never end it. By windows, for where the filters leave little, one statement
   * would look through all of the log.
   */
  private async *lines(query: AuditEventAdminListQuery): AsyncGenerator<Buffer> {
    const newest = await this.events
      .createQueryBuilder('e')
      .select('max(e.id)', 'id')
      .getRawOne<{ id: string | null }>();
    if (!newest?.id) return;
    const { organization } = query;
    let after = '0';
    for (let end: string | null; (end = await this.windowEnd(organization, after, newest.id)); after = end) {
      yield* this.linesBetween(query, after, end);
      yield NOTHING; // a reader who has gone away is noticed at a `yield` alone, and a window may have no line
    }
  }

  /** The last id of the next events, of one organization or of all; `null`: there are none. */
  private async windowEnd(
    organizationId: number | undefined,
    after: string,
    newest: string,
  ): Promise<string | null> {
    const [row] = await this.events.query<{ id: string | null }[]>(
      `SELECT max(id) AS id FROM (
         SELECT id FROM audit_events WHERE id > $1 AND id <= $2 ${organizationId === undefined ? '' : 'AND organization_id = $3'}
         ORDER BY id LIMIT ${EXPORT_WINDOW}
       ) AS next`,
      [after, newest, ...(organizationId === undefined ? [] : [organizationId])],
    );
    return row?.id ?? null;
  }

  private async *linesBetween(
    query: AuditEventAdminListQuery,
    after: string,
    end: string,
  ): AsyncGenerator<Buffer> {
    for (let from = after, events: AuditEvent[]; ; from = events.at(-1)?.id ?? from) {
      const builder = this.filtered(query);
      applySearch(builder, query.search, COLUMNS.searchable);
      events = await builder
        .andWhere('e.id > :from AND e.id <= :end', { from, end })
        .orderBy('e.id')
        .limit(EXPORT_BATCH)
        .getMany();
      if (events.length > 0)
        yield Buffer.from(events.map((event) => ndjsonLine(auditEventAnswer(event))).join(''));
      if (events.length < EXPORT_BATCH) return;
    }
  }

  private filtered(query: AuditEventAdminListQuery): SelectQueryBuilder<AuditEvent> {
    const builder = this.events.createQueryBuilder('e');
    const equal: Partial<Record<string, string | number>> = {
      organizationId: query.organization,
      action: query.action,
      actorId: query.actor,
      actorCredential: query.credential,
      userId: query.user,
    };
    for (const [property, value] of Object.entries(equal)) {
      if (value !== undefined) builder.andWhere(`e.${property} = :${property}`, { [property]: value });
    }
    bySubject(builder, query);
    if (query.since) builder.andWhere('e.at >= :since', { since: query.since });
    if (query.until) builder.andWhere('e.at < :until', { until: query.until });
    return builder;
  }
}

/** A rotation is done to two keys, of which its event names the new one as its subject: it is found from both (contract §4). */
function bySubject(
  builder: SelectQueryBuilder<AuditEvent>,
  { subject_type: type, subject_id: id }: AuditEventAdminListQuery,
): void {
  const named = [
    ...(type === undefined ? [] : ['e.subjectType = :type']),
    ...(id === undefined ? [] : ['e.subjectId = :id']),
  ].join(' AND ');
  if (named === '') return;
  const replaced = id !== undefined && (type === undefined || type === 'access_key');
  builder.andWhere(
    replaced
      ? `((${named}) OR (e.action = 'access_key.rotated' AND CAST(e.details ->> 'replaces' AS integer) = :id))`
      : `(${named})`,
    { type, id },
  );
}
