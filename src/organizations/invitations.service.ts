import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository, type SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../access/principal.js';
import { mustStillOpen } from '../access/still-open.js';
import { AuditService } from '../audit/audit.service.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { User } from '../users/user.entity.js';
import { lockOrganization } from './authority.js';
import type { InvitationListQuery } from './invitations.dto.js';
import { Member } from './member.entity.js';
import { getMember } from './member-rows.js';

/** Invitations, from the side of the invited: those to the caller's own e-mail address. */
@Injectable()
export class InvitationsService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly audit: AuditService,
  ) {}

  list({ userId }: Principal, query: InvitationListQuery): Promise<Page<Member>> {
    return listPage(invitationsTo(this.members.manager, userId), query, {
      orderable: { id: 'm.id', created_at: 'm.createdAt' },
      defaultOrder: 'id',
      tieBreaker: 'm.id',
    });
  }

  /** Makes the caller a member, with the role that the invitation names. Errors: NotFound; accepted ones too. */
  accept(by: Principal, id: number): Promise<Member> {
    const { userId } = by;
    return this.members.manager.transaction(async (manager) => {
      const { organizationId } = await getInvitation(manager, userId, id);
      await lockOrganization(manager, organizationId);
      await mustStillOpen(manager, by);
      const { role } = await getInvitation(manager, userId, id); // as it stands under the lock
      const write = manager
        .createQueryBuilder()
        .update(Member)
        .set({ status: 'active', userId, invitedEmail: null, version: () => 'version + 1' })
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await refusingDuplicates(write.execute());
      await this.audit.record(manager, {
        by,
        action: 'member.accepted',
        organizationId,
        subject: { type: 'member', id },
        userId,
        details: { role: role?.name },
      });
      return getMember(manager, organizationId, id);
    });
  }
}

/** The open invitations to the e-mail address of this user. */
function invitationsTo(manager: EntityManager, userId: number): SelectQueryBuilder<Member> {
  return manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.organization', 'o')
    .innerJoinAndSelect('m.role', 'r')
    .innerJoin(User, 'u', 'u.email = m.invitedEmail AND u.id = :userId AND u.isActive', { userId })
    .where(`m.status = 'invited' AND o.disabledAt IS NULL`);
}

async function getInvitation(manager: EntityManager, userId: number, id: number): Promise<Member> {
  const invitation = await invitationsTo(manager, userId).andWhere('m.id = :id', { id }).getOne();
  if (!invitation) throw new NotFound();
  return invitation;
}
