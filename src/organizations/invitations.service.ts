import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository, type SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../access/principal.js';
import { Acts } from '../acts/acts.js';
import { asOwner } from '../acts/authority.js';
import { holdMaker } from '../acts/maker.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { holdOrganization } from './organization-rows.js';
import type { InvitationListQuery } from './invitations.dto.js';
import { Member } from './member.entity.js';
import { getMember } from './member-rows.js';

/** Invitations, from the side of the invited: those to the caller's own e-mail address. */
@Injectable()
export class InvitationsService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly acts: Acts,
  ) {}

  list(by: Principal, query: InvitationListQuery): Promise<Page<Member>> {
    return listPage(invitationsTo(this.members.manager, by), query, {
      orderable: { id: 'm.id', created_at: 'm.createdAt' },
      defaultOrder: 'id',
      tieBreaker: 'm.id',
    });
  }

  /** Makes the caller a member, with the role that the invitation names. Errors: NotFound; accepted ones too. */
  accept(by: Principal, id: number): Promise<Member> {
    const { userId } = by;
    return this.acts.run(asOwner(by), async (act) => {
      const { manager } = act;
      const { organizationId } = await getInvitation(manager, by, id);
      await holdOrganization(manager, organizationId);
      const { invitedById, invitedVia } = await getInvitation(manager, by, id); // who may be another by now
      await holdMaker(manager, { userId: invitedById, via: invitedVia });
      const { role } = await getInvitation(manager, by, id); // as it stands under the locks
      const write = manager
        .createQueryBuilder()
        .update(Member)
        .set({ status: 'active', userId, invitedEmail: null, version: () => 'version + 1' })
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await refusingDuplicates(write.execute());
      await act.record(
        'member.accepted',
        { type: 'member', id, organizationId, userId },
        { role: role?.name },
      );
      return getMember(manager, organizationId, id);
    });
  }

  /** Declines an invitation: it is gone, and may be sent again. Errors: NotFound; accepted ones too. */
  decline(by: Principal, id: number): Promise<void> {
    const { userId } = by;
    return this.acts.run(asOwner(by), async (act) => {
      const { manager } = act;
      const { organizationId } = await getInvitation(manager, by, id);
      await holdOrganization(manager, organizationId);
      const { role } = await getInvitation(manager, by, id); // as it stands under the lock
      await manager.delete(Member, { id, organizationId });
      await act.record(
        'member.declined',
        { type: 'member', id, organizationId, userId },
        { role: role?.name },
      );
    });
  }
}

/**
 * Whoever invited, or gave the invitation the role that it has, could still do so, as what they did it and through that
 * credential (contract §3).
 */
const STILL_INVITED = `CASE m.invited_as
  WHEN 'staff' THEN made_by_working_credential(m.invited_via) AND (m.invited_by_id IS NULL OR EXISTS (
    SELECT FROM active_users inviter WHERE inviter.id = m.invited_by_id AND inviter.is_staff))
  ELSE EXISTS (
    SELECT FROM memberships inviter JOIN active_users ON active_users.id = inviter.user_id
    WHERE inviter.organization_id = m.organization_id AND inviter.user_id = m.invited_by_id
      AND made_by_reaching_credential(m.invited_via, m.organization_id, inviter.allow_user_wide_keys)
      AND 'member.manage' = ANY (inviter.permissions) AND inviter.permissions @> r.permissions)
  END`;

/** The open invitations to the e-mail address of this user, to organizations that are reachable from where the user is. */
function invitationsTo(manager: EntityManager, { userId, origin }: Principal): SelectQueryBuilder<Member> {
  return manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.organization', 'o')
    .innerJoinAndSelect('m.role', 'r')
    .innerJoin('active_users', 'invited', 'invited.email = m.invited_email AND invited.id = :userId', {
      userId,
    })
    .where(
      `invitation_is_open(m) AND o.disabledAt IS NULL AND address_allowed(:from, o.allowed_networks) AND ${STILL_INVITED}`,
      { from: origin.ip },
    );
}

async function getInvitation(manager: EntityManager, by: Principal, id: number): Promise<Member> {
  const invitation = await invitationsTo(manager, by).andWhere('m.id = :id', { id }).getOne();
  if (!invitation) throw new NotFound();
  return invitation;
}
