import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import {
  BooleanField,
  ChoiceField,
  IdField,
  InstantField,
  parseInstant,
  TextField,
} from '../common/fields.js';
import type { KeyOrder } from './api-access-keys.service.js';
import type { Revocation } from './key-revocation.js';

export const KEY_NAME = { max: 100, description: 'What the key is for.', example: 'Nightly screening' };

/** What staff send to issue a key. */
export class IssueKeyBody {
  @IdField({ description: 'The user it acts as.' }) user!: number;
  @IdField({ optional: true, nullable: true, description: 'Confines the key to this organization.' })
  organization?: number | null;
  @ChoiceField(ACCESS_LEVELS) access_level!: AccessLevel;
  @TextField(KEY_NAME) name!: string;
  @InstantField({ optional: true, nullable: true, description: 'In the future; none: it does not expire.' })
  expires_at?: string | null;
  @BooleanField({ optional: true, description: 'Opens admin paths; by session or JWT, for staff alone.' })
  admin?: boolean;
}

export function orderOf(body: IssueKeyBody): KeyOrder {
  return {
    userId: body.user,
    organizationId: body.organization,
    accessLevel: body.access_level,
    name: body.name,
    expiresAt: instantOf(body.expires_at),
    admin: body.admin,
  };
}

/** A checked InstantField as what the services take. */
export function instantOf(text: string | null | undefined): Date | null {
  return (text && parseInstant(text)) || null;
}

export class RevokeKeyBody {
  @TextField({ max: 500, optional: true, blank: true, description: 'Kept with the key.' }) reason?: string;
  @BooleanField({ optional: true, description: 'Also the keys that succeeded this one by rotation.' })
  include_successors?: boolean;
}

export function revocationOf(body: RevokeKeyBody): Revocation {
  return { reason: body.reason, includeSuccessors: body.include_successors };
}
