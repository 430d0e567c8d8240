import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor, Membership, Principal } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { writeAtVersion } from '../common/edit-version.js';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { validated } from '../common/validated.js';
import { mustStillBeStaff } from '../users/still-staff.js';
import { lockAsMember } from './authority.js';
import { Member } from './member.entity.js';
import { Organization } from './organization.entity.js';
import {
  CreateOrganizationBody,
  type ChangeOrganizationAsStaffBody,
  type ChangeOrganizationBody,
  type OrganizationListQuery,
  type ReachableMembershipAnswer,
  type ReachableOrganizationAnswer,
} from './organizations.dto.js';

/** Organizations: what a caller reaches, names and policies. */
@Injectable()
export class OrganizationsService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    @InjectRepository(Organization) private readonly organizations: Repository<Organization>,
    private readonly audit: AuditService,
  ) {}

  /**
   * The organizations that the caller's credential reaches, oldest first: of a confined key its own, of a user-wide key
   * those that allow such keys, otherwise all in which the user is a member.
   */
  async listReachable(principal: Principal): Promise<ReachableOrganizationAnswer[]> {
    const memberships = await this.listMemberships(principal);
    return memberships.map(({ id, name, role }) => ({ id, name, role }));
  }

  /** The same with what the caller's role permits there. */
  async listMemberships({ userId, credential }: Principal): Promise<ReachableMembershipAnswer[]> {
    const builder = this.members
      .createQueryBuilder('m')
      .innerJoinAndSelect('m.organization', 'o')
      .innerJoinAndSelect('m.role', 'r')
      .where(`m.userId = :userId AND m.status = 'active' AND o.disabledAt IS NULL`, { userId });
    if (credential.scheme === 'access_key') {
      if (credential.organizationId === null) builder.andWhere('o.allowUserWideKeys');
      else builder.andWhere('o.id = :organizationId', { organizationId: credential.organizationId });
    }
    const members = await builder.orderBy('o.id').getMany();
    return members.map(({ organizationId, organization, role }) => ({
      id: organizationId,
      name: organization?.name ?? '',
      role: role?.name ?? '',
      permissions: role?.permissions ?? [],
    }));
  }

  /** The member's organization. */
  get({ organizationId }: Membership): Promise<Organization> {
    return getOrganization(this.organizations.manager, organizationId);
  }

  /**
   * Renames the member's organization or changes its policy. Errors: NotFound and PermissionDenied when the member lost
   * the right meanwhile, Conflict `edit_conflict`.
   */
  change(member: Membership, changes: ChangeOrganizationBody, version?: number): Promise<Organization> {
    return this.organizations.manager.transaction(async (manager) => {
      await lockAsMember(manager, member, 'organization.update');
      return this.update(manager, member.principal, member.organizationId, changes, version);
    });
  }

  /** Makes an organization without members. Errors: InvalidInput for a bad name. */
  async create(by: Actor, input: CreateOrganizationBody): Promise<Organization> {
    const { name } = await validated(CreateOrganizationBody, input);
    return this.organizations.manager.transaction(async (manager) => {
      const organization = manager.create(Organization, { name, disabledAt: null });
      await manager.insert(Organization, organization);
      await this.record(manager, by, 'organization.created', organization.id, { name });
      return organization;
    });
  }

  /** All organizations, for staff. */
  listAll(query: OrganizationListQuery): Promise<Page<Organization>> {
    const builder = this.organizations.createQueryBuilder('o');
    if (query.disabled !== undefined) builder.where(`(o.disabledAt IS NOT NULL) = :disabled`, query);
    return listPage(builder, query, {
      orderable: { id: 'o.id', name: 'o.name', created_at: 'o.createdAt' },
      searchable: ['o.name'],
      defaultOrder: 'id',
      tieBreaker: 'o.id',
    });
  }

  /** Any organization, for staff; disabled ones too. Errors: NotFound. */
  getAsStaff(id: number): Promise<Organization> {
    return getOrganization(this.organizations.manager, id);
  }

  /** Renames, changes the policy, disables or enables, as staff. Errors: NotFound, Conflict `edit_conflict`. */
  changeAsStaff(
    by: Actor,
    id: number,
    changes: ChangeOrganizationAsStaffBody,
    version?: number,
  ): Promise<Organization> {
    return this.organizations.manager.transaction(async (manager) => {
      await mustStillBeStaff(manager, by);
      return this.update(manager, by, id, changes, version);
    });
  }

  /** Whether there is such an organization, for staff. */
  exists(_scope: Membership | Principal, id: number): Promise<boolean> {
    return this.organizations.existsBy({ id });
  }

  private async update(
    manager: EntityManager,
    by: Actor,
    id: number,
    { name, policy = {}, disabled }: ChangeOrganizationAsStaffBody,
    version?: number,
  ): Promise<Organization> {
    await getOrganization(manager, id);
    const write = manager
      .createQueryBuilder()
      .update(Organization)
      .set({
        version: () => 'version + 1',
        ...(name !== undefined && { name }),
        ...(policy.self_serve_keys !== undefined && { selfServeKeys: policy.self_serve_keys }),
        ...(policy.longest_key_lifetime_days !== undefined && {
          longestKeyLifetimeDays: policy.longest_key_lifetime_days,
        }),
        ...(policy.allow_user_wide_keys !== undefined && { allowUserWideKeys: policy.allow_user_wide_keys }),
        ...(disabled !== undefined && {
          disabledAt: () => (disabled ? 'coalesce(disabled_at, app_now())' : 'NULL'),
        }),
      })
      .where('id = :id', { id });
    await writeAtVersion(write, version);
    await this.record(manager, by, 'organization.changed', id, {
      ...(name !== undefined && { name }),
      ...policy,
      ...(disabled !== undefined && { disabled }),
    });
    return getOrganization(manager, id);
  }

  private record(
    manager: EntityManager,
    by: Actor,
    action: string,
    id: number,
    details: Record<string, unknown>,
  ): Promise<void> {
    const subject = { type: 'organization', id };
    return this.audit.record(manager, { by, action, organizationId: id, subject, details });
  }
}

async function getOrganization(manager: EntityManager, id: number): Promise<Organization> {
  const organization = await manager.findOneBy(Organization, { id });
  if (!organization) throw new NotFound();
  return organization;
}
