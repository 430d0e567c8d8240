import { ApiProperty } from '@nestjs/swagger';
import { ListQuery, OrderedBy } from '../common/list.js';
import type { Member } from './member.entity.js';
import { MemberRole, roleInShort } from './members.dto.js';

/** What the list of one's own invitations takes. */
@OrderedBy(['id', 'created_at'])
export class InvitationListQuery extends ListQuery {}

/** An organization in short. */
class InvitingOrganization {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
}

/** An invitation as the invited one sees it. */
export class InvitationAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() organization!: InvitingOrganization;
  @ApiProperty() role!: MemberRole;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
}

/** Needs the invitation's organization and role. */
export function invitationAnswer({ id, organization, role, createdAt }: Member): InvitationAnswer {
  if (!organization) throw new Error('The invitation was read without its organization.');
  return {
    id,
    organization: { id: organization.id, name: organization.name },
    role: roleInShort(role),
    created_at: createdAt,
  };
}
