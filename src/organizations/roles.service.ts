import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository, type SelectQueryBuilder } from 'typeorm';
import { type Permission, PERMISSIONS } from '../access/permissions.js';
import type { Membership } from '../access/principal.js';
import type { Act, Subject } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asMember } from '../acts/authority.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { type ExpectedVersions, writeAtVersion } from '../common/edit-version.js';
import { Conflict, NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { Member } from './member.entity.js';
import { countMembers, deleteLapsedInvitations } from './member-rows.js';
import { Role } from './role.entity.js';
import { mustLookLikeNoOther } from './role-names.js';
import type { CountedRole, DefineRoleBody, ChangeRoleBody, RoleListQuery } from './roles.dto.js';

/**
 * What members may do: the roles that ship with the product, and those that an organization defines for itself. Every
 * write locks the organization and judges the actor once more under the lock. Errors of all writes: NotFound,
 * PermissionDenied for a role that holds, or would hold, more than the actor does.
 */
@Injectable()
export class RolesService {
  constructor(
    @InjectRepository(Role) private readonly roles: Repository<Role>,
    private readonly acts: Acts,
  ) {}

  async list({ organizationId }: Membership, query: RoleListQuery): Promise<Page<CountedRole>> {
    const builder = rolesOf(this.roles.manager, organizationId);
    if (query.is_system !== undefined) builder.andWhere('(r.organizationId IS NULL) = :is_system', query);
    const page = await listPage(builder, query, {
      orderable: { id: 'r.id', name: 'r.name', created_at: 'r.createdAt' },
      searchable: ['r.name'],
      defaultOrder: 'id',
      tieBreaker: 'r.id',
    });
    const counts = await countMembers(
      this.roles.manager,
      organizationId,
      page.results.map(({ id }) => id),
    );
    return page.map((role) => counted(role, counts.get(role.id)));
  }

  async get({ organizationId }: Membership, id: number): Promise<CountedRole> {
    return getCounted(this.roles.manager, organizationId, id);
  }

  /** Whether the caller's organization has such a role. */
  exists({ organizationId }: Membership, id: number): Promise<boolean> {
    return rolesOf(this.roles.manager, organizationId).andWhere('r.id = :id', { id }).getExists();
  }

  /** Defines a custom role. Errors: InvalidInput for a name that is taken, a system role's included. */
  define(by: Membership, { name, permissions }: DefineRoleBody): Promise<CountedRole> {
    const { organizationId } = by;
    return this.acts.run(asMember(by, 'role.manage'), async (act) => {
      const { manager } = act;
      act.mustCover({ permissions });
      await mustLookLikeNoOther(manager, organizationId, name);
      const role = manager.create(Role, { organizationId, name, permissions: inOrder(permissions) });
      await refusingDuplicates(manager.insert(Role, role));
      await act.record('role.defined', subjectOf(by, role), { name, permissions: role.permissions });
      return counted(role);
    });
  }

  /**
   * Changes a custom role, for all who have it at once. Errors: InvalidInput for a name that is taken, Conflict
   * `system_role`, `edit_conflict`.
   */
  change(
    by: Membership,
    id: number,
    changes: ChangeRoleBody,
    versions?: ExpectedVersions,
  ): Promise<CountedRole> {
    const { organizationId } = by;
    const { name, permissions } = changes;
    return this.acts.run(asMember(by, 'role.manage'), async (act) => {
      const { manager } = act;
      await editable(act, organizationId, id);
      if (permissions) act.mustCover({ permissions });
      if (name !== undefined) await mustLookLikeNoOther(manager, organizationId, name, id);
      const write = manager
        .createQueryBuilder()
        .update(Role)
        .set({
          version: () => 'version + 1',
          ...(name !== undefined && { name }),
          ...(permissions && { permissions: inOrder(permissions) }),
        })
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await refusingDuplicates(writeAtVersion(write, versions));
      const changed = await getCounted(manager, organizationId, id);
      await act.record('role.changed', subjectOf(by, changed.role), { ...changes });
      return changed;
    });
  }

  /** Deletes a custom role that nobody has. Errors: Conflict `system_role`, `role_in_use`, `edit_conflict`. */
  delete(by: Membership, id: number, versions?: ExpectedVersions): Promise<void> {
    const { organizationId } = by;
    return this.acts.run(asMember(by, 'role.manage'), async (act) => {
      const { manager } = act;
      const role = await editable(act, organizationId, id);
      await deleteLapsedInvitations(manager, organizationId);
      if (await manager.existsBy(Member, { roleId: id })) {
        throw new Conflict(
          'role_in_use',
          'This role can not be deleted while members or invitations have it.',
        );
      }
      const write = manager
        .createQueryBuilder()
        .delete()
        .from(Role)
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await writeAtVersion(write, versions);
      await act.record('role.deleted', subjectOf(by, role), { name: role.name });
    });
  }
}

function subjectOf({ organizationId }: Membership, { id }: Role): Subject {
  return { type: 'role', id, organizationId };
}

/** The system roles and the organization's own. */
function rolesOf(manager: EntityManager, organizationId: number): SelectQueryBuilder<Role> {
  return manager
    .createQueryBuilder(Role, 'r')
    .where('(r.organizationId = :organizationId OR r.organizationId IS NULL)', { organizationId });
}

async function getCounted(manager: EntityManager, organizationId: number, id: number): Promise<CountedRole> {
  const role = await rolesOf(manager, organizationId).andWhere('r.id = :id', { id }).getOne();
  if (!role) throw new NotFound();
  return counted(role, (await countMembers(manager, organizationId, [id])).get(id));
}

/** A role that this actor may edit: a custom one that holds nothing which the actor lacks. */
async function editable(act: Act, organizationId: number, id: number): Promise<Role> {
  const { role } = await getCounted(act.manager, organizationId, id);
  act.mustCover(role);
  if (role.organizationId === null) {
    throw new Conflict('system_role', 'The roles that ship with the product can not be changed.');
  }
  return role;
}

function counted(role: Role, memberCount = 0): CountedRole {
  return { role, memberCount, version: role.version };
}

/** In the order of the catalogue, so that equal roles look equal. */
function inOrder(permissions: readonly Permission[]): Permission[] {
  return PERMISSIONS.filter((permission) => permissions.includes(permission));
}
