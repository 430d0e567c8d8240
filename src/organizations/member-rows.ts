import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { OWNER } from '../access/system-roles.js';
import { Conflict, NotFound } from '../common/errors.js';
import type { ListColumns } from '../common/list-order.js';
import type { Page } from '../common/list.js';
import { longListPage } from '../common/long-list.js';
import { containing, termsOf } from '../common/search.js';
import { usersByTerm } from '../users/user-search.js';
import { Member } from './member.entity.js';
import type { MemberListQuery } from './members.dto.js';

/** The members of one organization, and who is invited, with their users and roles. A lapsed invitation is none. */
function membersOf(manager: EntityManager, organizationId: number): SelectQueryBuilder<Member> {
  return manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.role', 'r')
    .leftJoinAndSelect('m.user', 'u')
    .where(`m.organizationId = :organizationId AND (m.status = 'active' OR invitation_is_open(m))`, {
      organizationId,
    });
}

/** Makes room for what lapsed invitations would stand in the way of: another one, or the end of their role. */
export async function deleteLapsedInvitations(manager: EntityManager, organizationId: number): Promise<void> {
  await manager.query(
    `DELETE FROM members m WHERE m.organization_id = $1 AND m.status = 'invited' AND NOT invitation_is_open(m)`,
    [organizationId],
  );
}

/** How many members, and who is invited, have each of these roles. */
export async function countMembers(
  manager: EntityManager,
  organizationId: number,
  roleIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await membersOf(manager, organizationId)
    .select('m.roleId', 'id')
    .addSelect('count(*)::int', 'count')
    .andWhere('m.roleId = ANY(:roleIds)', { roleIds })
    .groupBy('m.roleId')
    .getRawMany<{ id: number; count: number }>();
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Whether a user is a member of a live organization that is reachable from an address. */
export async function isMemberFrom(
  manager: EntityManager,
  organizationId: number,
  userId: number,
  from: string | null,
): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM memberships
     WHERE organization_id = $1 AND user_id = $2 AND live AND address_allowed($3, allowed_networks)`,
    [organizationId, userId, from],
  );
  return rows.length > 0;
}

/** A page of the members of one organization, and of who is invited. Errors: InvalidPage. */
export async function listMembers(
  manager: EntityManager,
  organizationId: number,
  query: MemberListQuery,
): Promise<Page<Member>> {
  const builder = membersOf(manager, organizationId);
  if (query.status !== undefined) builder.andWhere('m.status = :status', query);
  if (query.role !== undefined) builder.andWhere('m.roleId = :role', query);
  if (query.user !== undefined) builder.andWhere('m.userId = :user', query);
  await searchMembers(builder, manager, query.search);
  return longListPage(builder, query, ORDER, {
    read: (ids) => membersOf(manager, organizationId).andWhere('m.id = ANY(:ids)', { ids }).getMany(),
  });
}

const ORDER: ListColumns = {
  orderable: {
    id: 'm.id',
    email: 'coalesce(u.email, m.invitedEmail)',
    name: 'u.name',
    role: 'r.name',
    status: 'm.status',
    created_at: 'm.createdAt',
  },
  nullable: ['name'],
  defaultOrder: 'id',
  tieBreaker: 'm.id',
};

/** Narrows members to those of which every term is in the e-mail or the name; an invited one has an e-mail alone. */
async function searchMembers(
  builder: SelectQueryBuilder<Member>,
  manager: EntityManager,
  search: string | undefined,
): Promise<void> {
  const terms = termsOf(search);
  const people = await usersByTerm(manager, 'email_or_name', terms);
  for (const [n, term] of terms.entries()) {
    const [pattern, users] = [`search_${n}`, `users_${n}`];
    const found = people.get(term);
    const byUser = found
      ? `m.userId = ANY(:${users})`
      : `u.email ILIKE :${pattern} OR u.name ILIKE :${pattern}`;
    builder.andWhere(`(m.invitedEmail ILIKE :${pattern} OR ${byUser})`, {
      [pattern]: containing(term),
      ...(found && { [users]: found }),
    });
  }
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
