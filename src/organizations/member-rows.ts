import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { OWNER } from '../access/system-roles.js';
import { Conflict, NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { Member } from './member.entity.js';
import type { MemberListQuery } from './members.dto.js';

/** The members of one organization, with their users and roles. */
function membersOf(manager: EntityManager, organizationId: number): SelectQueryBuilder<Member> {
  return manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.role', 'r')
    .leftJoinAndSelect('m.user', 'u')
    .where('m.organizationId = :organizationId', { organizationId });
}

export function listMembers(
  manager: EntityManager,
  organizationId: number,
  query: MemberListQuery,
): Promise<Page<Member>> {
  const builder = membersOf(manager, organizationId);
  if (query.status !== undefined) builder.andWhere('m.status = :status', query);
  if (query.role !== undefined) builder.andWhere('m.roleId = :role', query);
  if (query.user !== undefined) builder.andWhere('m.userId = :user', query);
  return listPage(builder, query, {
    orderable: {
      id: 'm.id',
      email: 'coalesce(u.email, m.invitedEmail)',
      name: 'u.name',
      role: 'r.name',
      status: 'm.status',
      created_at: 'm.createdAt',
    },
    searchable: ['coalesce(u.email, m.invitedEmail)', 'u.name'],
    defaultOrder: 'id',
    tieBreaker: 'm.id',
  });
}

/** One member of one organization. Errors: NotFound. */
export async function getMember(
  manager: EntityManager,
  organizationId: number,
  id: number,
): Promise<Member & Required<Pick<Member, 'role'>>> {
  const member = await membersOf(manager, organizationId).andWhere('m.id = :id', { id }).getOne();
  if (!member?.role) throw new NotFound();
  return { ...member, role: member.role };
}

/** Whether somebody with this e-mail already belongs to the organization. */
export function isMember(manager: EntityManager, organizationId: number, email: string): Promise<boolean> {
  return membersOf(manager, organizationId).andWhere('u.email = :email', { email }).getExists();
}

/**
 * An organization without an Owner could never be renamed nor get one back by itself: refuses to take the last active
 * one away. Under the organization's lock. Errors: Conflict `last_owner`.
 */
export async function mustNotBeLastOwner(
  manager: EntityManager,
  { id, organizationId }: Member,
): Promise<void> {
  const owners = await membersOf(manager, organizationId)
    .andWhere(`r.organizationId IS NULL AND r.name = :owner AND m.status = 'active' AND u.isActive`, {
      owner: OWNER,
    })
    .getMany();
  if (owners.every((owner) => owner.id === id) && owners.length > 0) {
    throw new Conflict('last_owner', 'The last Owner of an organization can be neither removed nor demoted.');
  }
}
