import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { ChoiceField, IdField, InstantField, TextField } from '../../common/fields.js';
import { LiveOrganization } from '../../organizations/organization-lookups.js';
import { ActiveUser } from '../../users/user-lookups.js';
import { FutureInstant } from '../life/future.js';
import type { AccessKeyGrant } from './access-key-grant.entity.js';
import { GRANT_STATUSES, type GrantStatus } from './grant-status.js';
import { NetworkListField, NETWORKS, readNetworks } from '../../common/list-fields.js';
import { instantOf, KEY_NAME, KEY_NETWORKS } from '../access-key-bodies.dto.js';
import type { GrantOrder } from './granting.js';

const id = { type: 'integer', nullable: true } as const;
const instant = { type: String, format: 'date-time', nullable: true } as const;

/** What staff send to let a user make a key. */
export class IssueGrantBody {
  @IdField({ lookup: ActiveUser, description: 'Who may redeem it; the key acts as this user.' })
  user!: number;
  @IdField({ lookup: LiveOrganization, description: 'Confines the key to this organization.' })
  organization!: number;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @TextField({ max: 500, description: 'Why the user needs the key; the user reads it too.' }) reason!: string;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'When the grant lapses unless it was redeemed. Default: in 7 days.',
  })
  expires_at?: string | null;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'Of the key; none: it does not expire.',
  })
  key_expires_at?: string | null;
  @NetworkListField(KEY_NETWORKS) allowed_networks?: string[];
}

/** A grant, as the service takes it. */
export function grantOrderOf(body: IssueGrantBody): Omit<GrantOrder, 'grantedAs'> {
  return {
    userId: body.user,
    organizationId: body.organization,
    accessLevel: body.access_level,
    name: body.name,
    reason: body.reason,
    expiresAt: instantOf(body.expires_at),
    keyExpiresAt: instantOf(body.key_expires_at),
    allowedNetworks: readNetworks(body.allowed_networks ?? []),
  };
}

/** A grant as its user and staff see it. */
export class GrantAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ type: 'integer' }) user!: number;
  @ApiProperty({ type: 'integer' }) organization!: number;
  @ApiProperty({ enum: ACCESS_LEVELS }) access_level!: AccessLevel;
  @ApiProperty() name!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ enum: GRANT_STATUSES }) status!: GrantStatus;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it lapses unless it was redeemed.' })
  expires_at!: Date;
  @ApiProperty({ ...instant, description: 'When the key will expire.' }) key_expires_at!: Date | null;
  @ApiProperty({ ...NETWORKS, description: 'Of the key; an empty list: it works from everywhere.' })
  allowed_networks!: readonly string[];
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
  @ApiProperty({ ...id, description: 'null: the operator at the command line.' }) created_by!: number | null;
  @ApiProperty({ description: 'The credential that issued it.', example: 'session:5' }) issued_via!: string;
  @ApiProperty(instant) redeemed_at!: Date | null;
  @ApiProperty({ ...id, description: 'The key that it became.' }) access_key!: number | null;
  @ApiProperty({
    ...id,
    description: 'The key whose successor it becomes: a rotation that its user asked for through a tool.',
  })
  rotates!: number | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    required: false,
    description: 'An alarm, if there is one: when it was last tried to redeem the grant once more.',
  })
  redeemed_again_at?: Date;
  @ApiProperty(instant) cancelled_at!: Date | null;
  @ApiProperty(id) cancelled_by!: number | null;
}

/** A grant as its user and staff see it. */
export function grantAnswer(row: AccessKeyGrant): GrantAnswer {
  return {
    id: row.id,
    user: row.userId,
    organization: row.organizationId,
    access_level: row.accessLevel,
    name: row.name,
    reason: row.reason,
    status: row.status,
    expires_at: row.expiresAt,
    key_expires_at: row.keyExpiresAt,
    allowed_networks: row.allowedNetworks ?? [],
    created_at: row.createdAt,
    created_by: row.createdById,
    issued_via: row.issuedVia,
    redeemed_at: row.redeemedAt,
    access_key: row.keyId,
    rotates: row.rotatesId,
    ...(row.redeemedAgainAt && { redeemed_again_at: row.redeemedAgainAt }),
    cancelled_at: row.cancelledAt,
    cancelled_by: row.cancelledById,
  };
}
