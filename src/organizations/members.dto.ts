import { ApiProperty } from '@nestjs/swagger';
import { IdField } from '../common/fields.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { ChoiceFilter, IdFilter } from '../common/list-filters.js';
import { EmailField } from '../users/email.js';
import { ExistingUser } from '../users/user-lookups.js';
import type { Member } from './member.entity.js';
import { MEMBER_STATUSES, type MemberStatus } from './member-status.js';
import { RoleField, type RoleReference } from './role-reference.js';

/** Whom to invite, and as what. */
export class InviteMemberBody {
  @EmailField()
  email!: string;

  @RoleField()
  role!: RoleReference;
}

/** Whom staff make a member, and as what. */
export class AddMemberBody {
  @IdField({ lookup: ExistingUser })
  user!: number;

  @RoleField()
  role!: RoleReference;
}

/** What of a membership can be edited. */
export class ChangeMemberBody {
  @RoleField({ optional: true })
  role?: RoleReference;
}

/** What lists of members take. */
@OrderedBy(['id', 'email', 'name', 'role', 'status', 'created_at'], ['email', 'name'])
export class MemberListQuery extends ListQuery {
  @ChoiceFilter(MEMBER_STATUSES)
  status?: MemberStatus;

  @IdFilter({ description: 'The id of a role.' })
  role?: number;

  @IdFilter({ description: 'The id of a user.' })
  user?: number;
}

/** The person behind a membership. */
class MemberUser {
  @ApiProperty({ type: 'integer', nullable: true, description: '`null` until the invitation is accepted.' })
  id!: number | null;

  @ApiProperty({ format: 'email' }) email!: string;

  @ApiProperty({ type: String, nullable: true, description: '`null` until the invitation is accepted.' })
  name!: string | null;
}

/** A role in short. */
export class MemberRole {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
}

/** One user in one organization with one role. */
export class MemberAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ enum: MEMBER_STATUSES }) status!: MemberStatus;
  @ApiProperty() user!: MemberUser;
  @ApiProperty() role!: MemberRole;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
}

/** Needs the member's user and role. */
export function memberAnswer({ id, status, user, invitedEmail, role, createdAt }: Member): MemberAnswer {
  return {
    id,
    status,
    user: { id: user?.id ?? null, email: user?.email ?? invitedEmail ?? '', name: user?.name ?? null },
    role: roleInShort(role),
    created_at: createdAt,
  };
}

/** A role by id and name. */
export function roleInShort(role: Member['role']): MemberRole {
  if (!role) throw new Error('The member was read without its role.');
  return { id: role.id, name: role.name };
}
