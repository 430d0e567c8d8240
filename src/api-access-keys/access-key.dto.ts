import { ApiProperty } from '@nestjs/swagger';
import { NETWORKS } from '../common/list-fields.js';
import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import type { MadeThing } from '../acts/made.js';
import { Versioned } from '../http/answers.js';
import { KEY_STATUSES, type KeyStatus } from './key-status.js';
import type { ApiAccessKey } from './access-key.entity.js';
import type { RevokedKey } from './life/revocation.js';

/** The kinds of things that are made through a credential (acts/made.ts). */
export const MADE_TYPES = ['access_key', 'access_key_grant', 'invitation', 'password_link'];

const id = { type: 'integer', nullable: true } as const;
const instant = { type: String, format: 'date-time', nullable: true } as const;
const text = { type: String, nullable: true } as const;

/** An access key as it is shown: everything but its secret. */
export class AccessKeyAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'The public first half.', example: 'qTizYIPb' }) prefix!: string;
  @ApiProperty({ type: 'integer', description: 'The user it acts as.' }) user!: number;
  @ApiProperty({ ...id, description: 'The organization it is confined to; null: user-wide.' })
  organization!: number | null;
  @ApiProperty({ enum: ACCESS_LEVELS }) access_level!: AccessLevel;
  @ApiProperty({ description: 'Opens admin paths, while its user is staff.' }) admin!: boolean;
  @ApiProperty({ enum: KEY_STATUSES }) status!: KeyStatus;
  @ApiProperty({ ...instant, description: 'Dead from this very instant on.' }) expires_at!: Date | null;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
  @ApiProperty({ ...id, description: 'null: the operator at the command line.' }) created_by!: number | null;
  @ApiProperty({ description: 'The credential that issued it.', example: 'session:5' }) issued_via!: string;
  @ApiProperty({ ...instant, description: 'Accurate to a minute.' }) last_used_at!: Date | null;
  @ApiProperty(text) last_used_ip!: string | null;
  @ApiProperty(text) last_used_user_agent!: string | null;
  @ApiProperty({ ...instant, description: 'null on a suspended key: until somebody resumes it.' })
  suspended_until!: Date | null;
  @ApiProperty(instant) revoked_at!: Date | null;
  @ApiProperty(id) revoked_by!: number | null;
  @ApiProperty(text) revoke_reason!: string | null;
  @ApiProperty({ ...id, description: 'The key that this one succeeds.' }) replaces!: number | null;
  @ApiProperty({ ...id, description: 'The key that succeeds this one.' }) replaced_by!: number | null;
  @ApiProperty({ ...id, description: 'How long it outlives the first use of its successor.' })
  grace_seconds!: number | null;
  @ApiProperty({ ...instant, description: 'The first use of its successor plus the grace.' })
  retires_at!: Date | null;
  @ApiProperty({
    ...instant,
    description: 'The end of its lineage: no rotation through the key itself lives longer. null: no end.',
  })
  renewable_until!: Date | null;
  @ApiProperty({
    ...NETWORKS,
    nullable: true,
    description:
      'Networks from which alone it works; an empty list: from everywhere. null: a manager is not told it of a user-wide key.',
  })
  allowed_networks!: readonly string[] | null;
}

/** Something that was made through a credential, or ended with it. */
export class EndedAnswer {
  @ApiProperty({ enum: MADE_TYPES }) type!: string;
  @ApiProperty({ type: 'integer' }) id!: number;
}

/** Something that was made through an access key. */
export class MadeAnswer extends EndedAnswer {
  @ApiProperty() name!: string;
  @ApiProperty() status!: string;
}

export function madeAnswer({ type, id: of, name, status }: MadeThing): MadeAnswer {
  return { type, id: of, name, status };
}

/** A revoked key, and what else ended with it. */
export class RevokedKeyAnswer extends AccessKeyAnswer {
  @ApiProperty({ type: [EndedAnswer] }) ended!: readonly EndedAnswer[];
}

/** A revoked key with what ended with it. */
export function revokedKeyAnswer({ row, ended }: RevokedKey): RevokedKeyAnswer {
  return { ...accessKeyAnswer(row), ended: ended.map(({ type, id }) => ({ type, id })) };
}

/** The one answer that holds the whole key. */
export class IssuedKeyAnswer extends AccessKeyAnswer {
  @ApiProperty({
    description: 'The whole key. Shown here and never again.',
    example: 'qTizYIPb.mtGvbj55SYLKscTq1lKb3yPSmxTtxXa7',
  })
  key!: string;
}

/** A key that was just issued, with its secret in clear. */
export interface IssuedKey {
  readonly key: string;
  readonly row: ApiAccessKey;
}

/** A key as its user and staff see it. */
export function accessKeyAnswer(row: ApiAccessKey): AccessKeyAnswer {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    user: row.userId,
    organization: row.organizationId,
    access_level: row.accessLevel,
    admin: row.admin,
    status: row.status,
    expires_at: endOf(row),
    created_at: row.createdAt,
    created_by: row.createdById,
    issued_via: row.issuedVia,
    last_used_at: row.lastUsedAt,
    last_used_ip: row.lastUsedIp,
    last_used_user_agent: row.lastUsedUserAgent,
    suspended_until: row.suspendedUntil,
    revoked_at: row.revokedAt,
    revoked_by: row.revokedById,
    revoke_reason: row.revokeReason,
    replaces: row.replacesId,
    replaced_by: row.replacedById,
    grace_seconds: row.graceSeconds,
    retires_at: row.retiresAt,
    renewable_until: row.renewableUntil,
    allowed_networks: row.allowedNetworks ?? [],
  };
}

/** The same for a manager, whom it doesn't concern from where somebody works for other organizations. */
export function overseenKeyAnswer(row: ApiAccessKey): AccessKeyAnswer {
  const dto = accessKeyAnswer(row);
  if (row.organizationId !== null) return dto;
  return { ...dto, last_used_ip: null, last_used_user_agent: null, allowed_networks: null };
}

/** When a key ends by itself: at its expiry, or earlier, when the grace after its rotation is over. */
export function endOf({ expiresAt, retiresAt }: Pick<ApiAccessKey, 'expiresAt' | 'retiresAt'>): Date | null {
  if (expiresAt === null || retiresAt === null) return expiresAt ?? retiresAt;
  return retiresAt < expiresAt ? retiresAt : expiresAt;
}

/** A key with its secret: sent once, and kept nowhere. */
export function issuedKeyAnswer({ key, row }: IssuedKey): IssuedKeyAnswer {
  return { ...accessKeyAnswer(row), key };
}

/** Of which key the secret was shown. */
export function issuedId({ row }: IssuedKey): number {
  return row.id;
}

/** With the edit version that becomes the `ETag`. */
export function versioned(row: ApiAccessKey): Versioned<AccessKeyAnswer> {
  return new Versioned(row.version, accessKeyAnswer(row));
}
