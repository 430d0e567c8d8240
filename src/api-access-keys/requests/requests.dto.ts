import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { ChoiceField, IdField, InstantField, TextField } from '../../common/fields.js';
import { NetworkListField, NETWORKS, readNetworks } from '../../common/list-fields.js';
import { OwnOrganization } from '../../organizations/organization-lookups.js';
import { instantOf, KEY_NAME, KEY_NETWORKS } from '../access-key-bodies.dto.js';
import { FutureInstant } from '../life/future.js';
import type { AccessKeyRequest } from './access-key-request.entity.js';
import { REQUEST_STATUSES, type RequestStatus } from './request-status.js';
import type { RequestOrder } from './requests.service.js';
import type { Narrowing } from './terms.js';

const id = { type: 'integer', nullable: true } as const;
const instant = { type: String, format: 'date-time', nullable: true } as const;

/** What a member sends to ask for a key. */
export class MakeRequestBody {
  @IdField({ lookup: OwnOrganization, description: 'Confines the key to this organization.' })
  organization!: number;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @TextField({ max: 500, description: 'Why you need the key, for whoever decides.' }) reason!: string;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'Of the key. Default: in 90 days, or as many as the policy gives.',
  })
  expires_at?: string | null;
  @NetworkListField(KEY_NETWORKS) allowed_networks?: string[];
}

/** A request, as the service takes it. */
export function requestOrderOf(body: MakeRequestBody): RequestOrder {
  return {
    organizationId: body.organization,
    accessLevel: body.access_level,
    name: body.name,
    reason: body.reason,
    keyExpiresAt: instantOf(body.expires_at),
    allowedNetworks: readNetworks(body.allowed_networks ?? []),
  };
}

/** What whoever approves may give less of. */
export class ApproveRequestBody {
  @ChoiceField(ACCESS_LEVELS, { optional: true, description: 'Can only be narrowed. Default: as asked for.' })
  access_level?: AccessLevel;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    description: 'Can only be brought forward. Default: as asked for.',
  })
  expires_at?: string;
  @NetworkListField({ optional: true, description: 'Can only be narrowed. Default: as asked for.' })
  allowed_networks?: string[];
}

/** What an approval gives less of, as the service takes it. */
export function narrowingOf(body: ApproveRequestBody): Narrowing {
  const { access_level, expires_at, allowed_networks } = body;
  return {
    accessLevel: access_level,
    keyExpiresAt: instantOf(expires_at) ?? undefined,
    allowedNetworks: allowed_networks && readNetworks(allowed_networks),
  };
}

/** Why a request is declined. */
export class DeclineRequestBody {
  @TextField({ max: 500, description: 'Why not; whoever asked reads it.' }) reason!: string;
}

/** A request as it is shown to whoever asked and whoever decides. */
export class RequestAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ type: 'integer', description: 'Who asked, and whom the key acts as.' }) user!: number;
  @ApiProperty({ type: 'integer' }) organization!: number;
  @ApiProperty({ enum: ACCESS_LEVELS }) access_level!: AccessLevel;
  @ApiProperty() name!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the key is to expire.' })
  expires_at!: Date;
  @ApiProperty({ ...NETWORKS, description: 'Of the key; an empty list: it works from everywhere.' })
  allowed_networks!: readonly string[];
  @ApiProperty({
    enum: REQUEST_STATUSES,
    description: '`void`: whoever asked is no longer an active member of the organization.',
  })
  status!: RequestStatus;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
  @ApiProperty({ description: 'The credential through which it was made.', example: 'session:5' })
  created_via!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it lapses unless it is decided.' })
  lapses_at!: Date;
  @ApiProperty({ ...instant, description: 'When it was approved, declined or cancelled.' })
  decided_at!: Date | null;
  @ApiProperty({ ...id, description: 'null: nobody yet, or the operator at the command line.' })
  decided_by!: number | null;
  @ApiProperty({ type: String, nullable: true }) decline_reason!: string | null;
  @ApiProperty({ ...id, description: 'The grant that approval made: whoever asked redeems it.' })
  access_key_grant!: number | null;
}

/** A request as whoever asked and whoever decides sees it. */
export function requestAnswer(row: AccessKeyRequest): RequestAnswer {
  return {
    id: row.id,
    user: row.userId,
    organization: row.organizationId,
    access_level: row.accessLevel,
    name: row.name,
    reason: row.reason,
    expires_at: row.keyExpiresAt,
    allowed_networks: row.allowedNetworks ?? [],
    status: row.status,
    created_at: row.createdAt,
    created_via: row.createdVia,
    lapses_at: row.lapsesAt,
    decided_at: row.decidedAt,
    decided_by: row.decidedById,
    decline_reason: row.declineReason,
    access_key_grant: row.grantId,
  };
}
