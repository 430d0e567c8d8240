import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import {
  BooleanField,
  ChoiceField,
  IdField,
  InstantField,
  IntegerField,
  TextField,
} from '../common/fields.js';
import { NetworkListField, readNetworks } from '../common/list-fields.js';
import { parseInstant } from '../common/instants.js';
import { LiveOrganization, OwnOrganization } from '../organizations/organization-lookups.js';
import { ActiveUser } from '../users/user-lookups.js';
import type { KeyOrder, OwnKeyOrder } from './access-keys.service.js';
import { FutureInstant } from './life/future.js';
import type { KeyChanges } from './life/editing.js';
import type { Revocation } from './life/revocation.js';
import { DEFAULT_GRACE_SECONDS, LONGEST_GRACE_SECONDS, type Rotation } from './life/rotation.js';

export const KEY_NAME = {
  max: 100,
  visible: true,
  description: 'What the key is for.',
  example: 'Nightly screening',
};

export const KEY_NETWORKS = {
  optional: true,
  description: 'Networks from which alone it works; none: from everywhere.',
} as const;

/** What staff send to issue a key. */
export class IssueKeyBody {
  @IdField({ lookup: ActiveUser, description: 'The user it acts as.' }) user!: number;
  @IdField({
    lookup: LiveOrganization,
    optional: true,
    nullable: true,
    description: 'Confines the key to this organization.',
  })
  organization?: number | null;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'In the future; none: it does not expire.',
  })
  expires_at?: string | null;
  @BooleanField({
    optional: true,
    description: 'Opens admin paths; by session or JWT, for staff alone, and without `organization`.',
  })
  admin?: boolean;
  @NetworkListField(KEY_NETWORKS) allowed_networks?: string[];
}

/** What staff ask for, as the service takes it. */
export function orderOf(body: IssueKeyBody): KeyOrder {
  return {
    userId: body.user,
    organizationId: body.organization,
    accessLevel: body.access_level,
    name: body.name,
    expiresAt: instantOf(body.expires_at),
    admin: body.admin,
    allowedNetworks: readNetworks(body.allowed_networks ?? []),
  };
}

/** A checked InstantField as what the services take. */
export function instantOf(text: string | null | undefined): Date | null {
  return (text && parseInstant(text)) || null;
}

/** What whoever revokes a key may say of it: why, and what else is to end. */
export class RevokeKeyBody {
  @TextField({ max: 500, optional: true, blank: true, description: 'Kept with the key.' }) reason?: string;
  @BooleanField({
    optional: true,
    description:
      'Also the keys that succeeded this one by rotation; through the key itself only those that were made through it.',
  })
  include_successors?: boolean;
}

/** A revocation, as the service takes it. */
export function revocationOf(body: RevokeKeyBody): Revocation {
  return { reason: body.reason, includeSuccessors: body.include_successors };
}

/** The same for staff, who may take along what was made through the key. */
export class RevokeKeyAsStaffBody extends RevokeKeyBody {
  @BooleanField({
    optional: true,
    description:
      'Also the keys that were made through this one or redeemed from grants made through it, those that succeeded them, and what these made in turn.',
  })
  include_made?: boolean;
}

/** A revocation by staff, as the service takes it. */
export function staffRevocationOf(body: RevokeKeyAsStaffBody): Revocation {
  return { ...revocationOf(body), includeMade: body.include_made };
}

/** What a user sends to issue a key of the own. */
export class IssueOwnKeyBody {
  @IdField({ lookup: OwnOrganization, description: 'Confines the key to this organization.' })
  organization!: number;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: "Within the organization's policy. Default: in 90 days.",
  })
  expires_at?: string | null;
  @NetworkListField(KEY_NETWORKS) allowed_networks?: string[];
}

/** What a user asks for, as the service takes it. */
export function ownOrderOf(body: IssueOwnKeyBody): OwnKeyOrder {
  return {
    organizationId: body.organization,
    accessLevel: body.access_level,
    name: body.name,
    expiresAt: instantOf(body.expires_at),
    allowedNetworks: readNetworks(body.allowed_networks ?? []),
  };
}

/** What staff send to change a key: another name, where it works from, or less of a key. */
export class ChangeKeyBody {
  @TextField({ ...KEY_NAME, optional: true }) name?: string;
  @ChoiceField(ACCESS_LEVELS, { optional: true, description: 'Can only be narrowed.' })
  access_level?: AccessLevel;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'Can only be brought forward.',
  })
  expires_at?: string | null;
  @NetworkListField(KEY_NETWORKS) allowed_networks?: string[];
}

/** What is to change, as the service takes it: what was left out stays. */
export function changesOf({ name, access_level, expires_at, allowed_networks }: ChangeKeyBody): KeyChanges {
  return {
    name,
    accessLevel: access_level,
    expiresAt: givenInstant(expires_at),
    allowedNetworks: allowed_networks && readNetworks(allowed_networks),
  };
}

/** Until when a key is suspended. */
export class SuspendKeyBody {
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'When it resumes by itself; none: not at all.',
  })
  until?: string | null;
}

/** How a key is rotated: the grace of the old one, and the end of the new one. */
export class RotateKeyBody {
  @IntegerField({
    min: 0,
    max: LONGEST_GRACE_SECONDS,
    optional: true,
    description: `How long the old key outlives the first use of the new one. Default: ${DEFAULT_GRACE_SECONDS}.`,
  })
  grace_seconds?: number;
  @InstantField({
    lookup: FutureInstant,
    optional: true,
    nullable: true,
    description: 'Of the successor. Default: as long a life as the old key was given.',
  })
  expires_at?: string | null;
}

/** A rotation, as the service takes it. */
export function rotationOf({ grace_seconds, expires_at }: RotateKeyBody): Rotation {
  return { graceSeconds: grace_seconds, expiresAt: givenInstant(expires_at) };
}

/** The same, where leaving it out isn't the same as `null`. */
function givenInstant(text: string | null | undefined): Date | null | undefined {
  return text === undefined ? undefined : instantOf(text);
}
