import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Actor, Membership } from '../access/principal.js';
import type { Act, Subject } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asMember, asStaff } from '../acts/authority.js';
import { duplicate, refusingDuplicates } from '../common/database-errors.js';
import { type ExpectedVersions, writeAtVersion } from '../common/edit-version.js';
import { InvalidInput, NotFound, PermissionDenied } from '../common/errors.js';
import { noSuchObject } from '../common/fields.js';
import type { Page } from '../common/list.js';
import { type Inviter, inviterOf } from './inviter.js';
import { Member } from './member.entity.js';
import {
  deleteLapsedInvitations,
  getMember,
  isMember,
  listMembers,
  mustNotBeLastOwner,
} from './member-rows.js';
import type { ChangeMemberBody, MemberListQuery, InviteMemberBody } from './members.dto.js';
import { Organization } from './organization.entity.js';
import { holdOrganization } from './organization-rows.js';
import { findRole, getRole, noSuchRole, type RoleReference } from './role-reference.js';
import type { Role } from './role.entity.js';
import { type HeldUser, holdUser, holdUsersByEmail } from '../users/user-rows.js';
import type { User } from '../users/user.entity.js';

/**
 * Who belongs to an organization, and as what. Every write locks the organization and judges the actor once more under
 * the lock. Errors of all that members do: NotFound, PermissionDenied for what holds more than they do.
 */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly acts: Acts,
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
    return this.acts.run(asMember(by, 'member.manage'), async (act) => {
      const { manager } = act;
      const role = await getRole(manager, organizationId, reference);
      act.mustCover(role);
      if (await isMember(manager, organizationId, email)) {
        throw duplicate('uq_members_organization_id_user_id');
      }
      await deleteLapsedInvitations(manager, organizationId);
      const member = manager.create(Member, {
        organizationId,
        status: 'invited',
        invitedEmail: email,
        ...inviterOf(act, 'manager'),
        roleId: role.id,
      });
      await refusingDuplicates(manager.insert(Member, member));
      await act.record('member.invited', subjectOf(member), { email, role: role.name });
      return { ...member, role };
    });
  }

  /**
   * Gives a member, or an invited one, another role; the invitation is then as if the caller had sent it. Errors: InvalidInput
   * for a role that isn't there, Conflict `last_owner`, `edit_conflict`.
   */
  change(
    by: Membership,
    id: number,
    changes: ChangeMemberBody,
    versions?: ExpectedVersions,
  ): Promise<Member> {
    const { organizationId } = by;
    return this.acts.run(asMember(by, 'member.manage'), async (act) => {
      const before = await getMember(act.manager, organizationId, id);
      act.mustCover(before.role);
      const role = await getRole(act.manager, organizationId, changes.role ?? before.roleId);
      act.mustCover(role);
      return giveRole(act, 'manager', before, role, versions);
    });
  }

  /** Ends a membership, or withdraws an invitation. Errors: Conflict `last_owner`, `edit_conflict`. */
  remove(by: Membership, id: number, versions?: ExpectedVersions): Promise<void> {
    return this.acts.run(asMember(by, 'member.manage'), async (act) => {
      const member = await getMember(act.manager, by.organizationId, id);
      act.mustCover(member.role);
      await remove(act, member, versions);
    });
  }

  /** The members of any organization, for staff. Errors: NotFound. */
  async listAsStaff(organizationId: number, query: MemberListQuery): Promise<Page<Member>> {
    const { manager } = this.members;
    if (!(await manager.existsBy(Organization, { id: organizationId }))) throw new NotFound();
    return listMembers(manager, organizationId, query);
  }

  /** A member of any organization, for staff. Errors: NotFound. */
  getAsStaff(organizationId: number, id: number): Promise<Member> {
    return getMember(this.members.manager, organizationId, id);
  }

  /**
   * Makes a user a member without an invitation: for staff and the command line. An open invitation of the same person
   * is used up. Errors: NotFound for the organization, InvalidInput for a user or role that isn't there and for a user
   * who is a member already, PermissionDenied for one of staff through a key.
   */
  add(by: Actor, organizationId: number, input: { userId: number; role: RoleReference }): Promise<Member> {
    const { userId } = input;
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      await holdOrganization(manager, organizationId);
      const user = await holdUser(manager, userId);
      const role = await findRole(manager, organizationId, input.role);
      if (!user || !role) {
        throw new InvalidInput({
          ...(!user && { user: [noSuchObject(userId)] }),
          ...(!role && { role: [noSuchRole(input.role)] }),
        });
      }
      mustNotGiveStaff(act, user);
      await manager.delete(Member, { organizationId, invitedEmail: user.email });
      const member = manager.create(Member, {
        organizationId,
        userId,
        roleId: role.id,
        status: 'active',
      });
      await refusingDuplicates(manager.insert(Member, member));
      await act.record('member.added', subjectOf(member), { role: role.name });
      return { ...member, user, role };
    });
  }

  /**
   * The same as `change`, for staff and the command line: of any member, to any role. Errors: also NotFound, PermissionDenied
   * for one of staff through a key.
   */
  changeAsStaff(
    by: Actor,
    organizationId: number,
    id: number,
    { role: reference }: ChangeMemberBody,
    versions?: ExpectedVersions,
  ): Promise<Member> {
    return this.acts.run(asStaff(by), async (act) => {
      await holdOrganization(act.manager, organizationId);
      const before = await getMember(act.manager, organizationId, id);
      mustNotGiveStaff(act, before.user ?? (await invitedUser(act, before)));
      const role = await getRole(act.manager, organizationId, reference ?? before.roleId);
      return giveRole(act, 'staff', before, role, versions);
    });
  }

  /** The same as `remove`, for staff and the command line: of any member. Errors: also NotFound. */
  removeAsStaff(by: Actor, organizationId: number, id: number, versions?: ExpectedVersions): Promise<void> {
    return this.acts.run(asStaff(by), async (act) => {
      await holdOrganization(act.manager, organizationId);
      await remove(act, await getMember(act.manager, organizationId, id), versions);
    });
  }

  /** Whether there is such a member of an organization, for staff. */
  async existsIn(organizationId: number | undefined, id: number): Promise<boolean> {
    return organizationId !== undefined && (await this.members.existsBy({ id, organizationId }));
  }
}

type MemberWithRole = Awaited<ReturnType<typeof getMember>>;

/** Through a key nobody of staff comes to belong anywhere, or to be more there: it may be their own, which would widen itself. */
function mustNotGiveStaff({ by }: Act, user: Pick<User, 'isStaff'> | undefined): void {
  if (user?.isStaff && by.credential?.scheme === 'access_key') {
    throw new PermissionDenied('Staff are made members, and given roles, by session or JWT.');
  }
}

/** Whoever could accept an invitation, if that is a user already. */
async function invitedUser({ manager }: Act, { invitedEmail }: Member): Promise<HeldUser | undefined> {
  return invitedEmail === null
    ? undefined
    : (await holdUsersByEmail(manager, [invitedEmail])).get(invitedEmail);
}

/** Under the organization's lock. */
async function giveRole(
  act: Act,
  rank: Inviter['invitedAs'],
  before: MemberWithRole,
  role: Role,
  versions?: ExpectedVersions,
): Promise<Member> {
  const { manager } = act;
  const { id, organizationId } = before;
  const isAnother = role.id !== before.roleId;
  if (isAnother) await mustNotBeLastOwner(manager, before);
  const write = manager
    .createQueryBuilder()
    .update(Member)
    .set({
      roleId: role.id,
      ...(isAnother && before.status === 'invited' && inviterOf(act, rank)),
      version: () => 'version + 1',
    })
    .where('id = :id AND organization_id = :organizationId', { id, organizationId });
  await writeAtVersion(write, versions);
  await act.record('member.role_changed', subjectOf(before), { from: before.role.name, to: role.name });
  return getMember(manager, organizationId, id);
}

/** Under the organization's lock. */
async function remove(act: Act, member: MemberWithRole, versions?: ExpectedVersions): Promise<void> {
  const { id, organizationId, role } = member;
  await act.judge(); // before it may end the very membership that the caller's key is confined to
  await mustNotBeLastOwner(act.manager, member);
  const write = act.manager
    .createQueryBuilder()
    .delete()
    .from(Member)
    .where('id = :id AND organization_id = :organizationId', { id, organizationId });
  await writeAtVersion(write, versions);
  await act.record('member.removed', subjectOf(member), { role: role.name });
}

function subjectOf({ id, organizationId, userId }: Member): Subject {
  return { type: 'member', id, organizationId, userId };
}
