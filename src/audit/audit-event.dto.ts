import { ApiProperty } from '@nestjs/swagger';
import { ListQuery, OrderedBy } from '../common/list.js';
import { ChoiceFilter, IdFilter, InstantFilter, TextFilter } from '../common/list-filters.js';
import { AUDIT_STATES, type AuditState } from './verification/audit-verifications.js';
import type { AuditEvent } from './audit-event.entity.js';

/** One thing that somebody did, or tried to. */
export class AuditEventAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ type: String, format: 'date-time' }) at!: Date;
  @ApiProperty({ example: 'access_key.revoked' }) action!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The organization that it concerns.' })
  organization!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The user who did it; null: the operator at the command line, or nobody proven.',
  })
  actor!: number | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'access_key:12',
    description: 'Through which credential: `session:5`, `jwt:9`, `access_key:12`, `cli`.',
  })
  credential!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'access_key' }) subject_type!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) subject_id!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The user whom it concerns.' })
  user!: number | null;
  @ApiProperty({ type: String, nullable: true }) ip!: string | null;
  @ApiProperty({ type: String, nullable: true }) user_agent!: string | null;
  @ApiProperty({ type: String, nullable: true }) request_id!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) details!: Record<string, unknown>;
}

/** An event as members and staff see it. */
export function auditEventAnswer(event: AuditEvent): AuditEventAnswer {
  return {
    id: Number(event.id),
    at: event.at,
    action: event.action,
    organization: event.organizationId,
    actor: event.actorId,
    credential: event.actorCredential,
    subject_type: event.subjectType,
    subject_id: event.subjectId,
    user: event.userId,
    ip: event.ip,
    user_agent: event.userAgent,
    request_id: event.requestId,
    details: event.details,
  };
}

/** What the lists of the audit log take. */
@OrderedBy(['id', 'at', 'action'], ['action', 'credential', 'ip', 'user_agent', 'request_id', 'details'])
export class AuditEventListQuery extends ListQuery {
  @TextFilter(100, { description: 'Exactly this action.' })
  action?: string;

  @IdFilter({ description: 'The user who did it.' })
  actor?: number;

  @IdFilter({ description: 'The user whom it concerns.' })
  user?: number;

  @TextFilter(100, { description: 'E.g. `access_key`.' })
  subject_type?: string;

  @IdFilter({ description: 'A rotation is found by both of its keys.' })
  subject_id?: number;

  @TextFilter(100, { description: 'E.g. `access_key:12`.' })
  credential?: string;

  @InstantFilter({ description: 'From this instant on.' })
  since?: Date;

  @InstantFilter({ description: 'Before this instant.' })
  until?: Date;

  @ChoiceFilter(['json', 'ndjson'], {
    description:
      '`ndjson`: everything that the filters and the search leave, one JSON object a line, by ascending id; paging and ordering do not apply.',
  })
  format?: 'json' | 'ndjson';
}

/** The same for staff, across organizations. */
export class AuditEventAdminListQuery extends AuditEventListQuery {
  @IdFilter()
  organization?: number;
}

/** What is known of the state of the audit log. */
export class AuditVerificationAnswer {
  @ApiProperty({
    enum: AUDIT_STATES,
    description:
      '`never`: nobody verified it yet. `running`: that is under way; the rest tells of the last time.',
  })
  state!: AuditState['state'];

  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finished_at!: Date | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Sealed events that were checked.' })
  events!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How much does not fit: `cli audit verify` names the first 1,000 findings.',
  })
  breaks!: number | null;
}

/** The state of the audit log as staff see it. */
export function auditVerificationAnswer(state: AuditState): AuditVerificationAnswer {
  return {
    state: state.state,
    finished_at: state.finishedAt,
    events: state.events,
    breaks: state.breaks,
  };
}
