import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor, Membership } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { duplicate, refusingDuplicates } from '../common/database-errors.js';
import { writeAtVersion } from '../common/edit-version.js';
import { InvalidInput, NotFound } from '../common/errors.js';
import type { Page } from '../common/list.js';
import { mustStillBeStaff } from '../users/still-staff.js';
import { User } from '../users/user.entity.js';
import { lockAsMember, lockOrganization } from './authority.js';
import { Member } from './member.entity.js';
import { getMember, isMember, listMembers, mustNotBeLastOwner } from './member-rows.js';
import type { ChangeMemberBody, MemberListQuery, InviteMemberBody } from './members.dto.js';
import { Organization } from './organization.entity.js';
import { getRole, type RoleReference } from './role-reference.js';

/**
 * Who belongs to an organization, and as what. Every write locks the organization and judges the actor once more under
 * the lock. Errors of all that members do: NotFound, PermissionDenied for what holds more than they do.
 */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly audit: AuditService,
  ) {}

  list({ organizationId }: Membership, query: MemberListQuery): Promise<Page<Member>> {
    return listMembers(this.members.manager, organizationId, query);
  }

  get({ organizationId }: Membership, id: number): Promise<Member> {
    return getMember(this.members.manager, organizationId, id);
  }

  /** Whether there is such a member in the caller's organization. */
  exists({ organizationId }: Membership, id: number): Promise<boolean> {
    return this.members.existsBy({ id, organizationId });
  }

  /**
   * Invites whoever owns an e-mail address, known to us or not: the answer is the same. Errors: InvalidInput for a role
   * that isn't there, or an address that is a member or invited already.
   */
  invite(by: Membership, { email, role: reference }: InviteMemberBody): Promise<Member> {
    const { organizationId } = by;
    return this.members.manager.transaction(async (manager) => {
      const authority = await lockAsMember(manager, by, 'member.manage');
      const role = await getRole(manager, organizationId, reference);
      authority.mustCover(role);
      if (await isMember(manager, organizationId, email)) {
        throw duplicate('uq_members_organization_id_user_id');
      }
      const member = manager.create(Member, {
        organizationId,
        status: 'invited',
        invitedEmail: email,
        roleId: role.id,
      });
      await refusingDuplicates(manager.insert(Member, member));
      await this.record(manager, by.principal, 'member.invited', member, { email, role: role.name });
      return { ...member, role };
    });
  }

  /**
   * Gives a member, or an invited one, another role. Errors: InvalidInput for a role that isn't there, Conflict
   * `last_owner`, `edit_conflict`.
   */
  change(
    by: Membership,
    id: number,
    { role: reference }: ChangeMemberBody,
    version?: number,
  ): Promise<Member> {
    const { organizationId } = by;
    return this.members.manager.transaction(async (manager) => {
      const authority = await lockAsMember(manager, by, 'member.manage');
      const before = await getMember(manager, organizationId, id);
      authority.mustCover(before.role);
      const role = await getRole(manager, organizationId, reference ?? before.roleId);
      authority.mustCover(role);
      if (role.id !== before.roleId) await mustNotBeLastOwner(manager, before);
      const write = manager
        .createQueryBuilder()
        .update(Member)
        .set({ roleId: role.id, version: () => 'version + 1' })
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await writeAtVersion(write, version);
      await this.record(manager, by.principal, 'member.role_changed', before, {
        from: before.role.name,
        to: role.name,
      });
      return getMember(manager, organizationId, id);
    });
  }

  /** Ends a membership, or withdraws an invitation. Errors: Conflict `last_owner`, `edit_conflict`. */
  remove(by: Membership, id: number, version?: number): Promise<void> {
    const { organizationId } = by;
    return this.members.manager.transaction(async (manager) => {
      const authority = await lockAsMember(manager, by, 'member.manage');
      const member = await getMember(manager, organizationId, id);
      authority.mustCover(member.role);
      await mustNotBeLastOwner(manager, member);
      const write = manager
        .createQueryBuilder()
        .delete()
        .from(Member)
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await writeAtVersion(write, version);
      await this.record(manager, by.principal, 'member.removed', member, { role: member.role.name });
    });
  }

  /** The members of any organization, for staff. Errors: NotFound. */
  async listAsStaff(organizationId: number, query: MemberListQuery): Promise<Page<Member>> {
    const { manager } = this.members;
    if (!(await manager.existsBy(Organization, { id: organizationId }))) throw new NotFound();
    return listMembers(manager, organizationId, query);
  }

  /**
   * Makes a user a member without an invitation: for staff and the command line. An open invitation of the same person
   * is used up. Errors: NotFound for the organization, InvalidInput for a user or role that isn't there and for a user
   * who is a member already.
   */
  add(by: Actor, organizationId: number, input: { userId: number; role: RoleReference }): Promise<Member> {
    const { userId } = input;
    return this.members.manager.transaction(async (manager) => {
      await lockOrganization(manager, organizationId);
      await mustStillBeStaff(manager, by);
      const user = await manager.findOneBy(User, { id: userId });
      if (!user) throw InvalidInput.field('user', `Invalid pk "${userId}" - object does not exist.`);
      const role = await getRole(manager, organizationId, input.role);
      await manager.delete(Member, { organizationId, invitedEmail: user.email });
      const member = manager.create(Member, {
        organizationId,
        userId,
        roleId: role.id,
        status: 'active',
      });
      await refusingDuplicates(manager.insert(Member, member));
      await this.record(manager, by, 'member.added', member, { role: role.name });
      return { ...member, user, role };
    });
  }

  private record(
    manager: EntityManager,
    by: Actor,
    action: string,
    { id, organizationId, userId }: Member,
    details: Record<string, unknown>,
  ): Promise<void> {
    const subject = { type: 'member', id };
    return this.audit.record(manager, { by, action, organizationId, subject, userId, details });
  }
}
