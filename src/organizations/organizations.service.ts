import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor, Membership, Principal } from '../access/principal.js';
import type { Rank } from '../access/rank.js';
import type { Act, Subject } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asMember, asStaff } from '../acts/authority.js';
import { type ExpectedVersions, writeAtVersion } from '../common/edit-version.js';
import { NotFound } from '../common/errors.js';
import { listPage, type Page } from '../common/list.js';
import { validated } from '../common/validated.js';
import { holdOrganization } from './organization-rows.js';
import { Organization } from './organization.entity.js';
import { changedPolicy, mustNotLockOut, mustNotOpenByKey } from './policy.js';
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
    @InjectRepository(Organization) private readonly organizations: Repository<Organization>,
    private readonly acts: Acts,
  ) {}

  /**
   * The organizations that the caller's credential reaches, oldest first: of a confined key its own, of a user-wide key
   * those that allow such keys, otherwise all in which the user is a member; and of those, the ones that the address reaches.
   */
  async listReachable(principal: Principal): Promise<ReachableOrganizationAnswer[]> {
    const memberships = await this.listMemberships(principal);
    return memberships.map(({ id, name, role }) => ({ id, name, role }));
  }

  /** The same with what the caller's role permits there. */
  listMemberships({ userId, credential, origin }: Principal): Promise<ReachableMembershipAnswer[]> {
    const isKey = credential.scheme === 'access_key';
    return this.organizations.query<ReachableMembershipAnswer[]>(
      `SELECT organization_id AS id, organization_name AS name, role_name AS role, permissions FROM memberships
       WHERE user_id = $1 AND live AND (NOT $2 OR access_key_reaches($3, organization_id, allow_user_wide_keys))
         AND address_allowed($4, allowed_networks)
       ORDER BY organization_id`,
      [userId, isKey, isKey ? credential.organizationId : null, origin.ip],
    );
  }

  /** The member's organization. */
  get({ organizationId }: Membership): Promise<Organization> {
    return getOrganization(this.organizations.manager, organizationId);
  }

  /**
   * Renames the member's organization or changes its policy. Errors: NotFound and PermissionDenied when the member lost
   * the right meanwhile, PermissionDenied for a wider list of networks than staff set, and for what a key may not open,
   * Conflict `edit_conflict`, `would_lock_out`.
   */
  change(
    member: Membership,
    changes: ChangeOrganizationBody,
    versions?: ExpectedVersions,
  ): Promise<Organization> {
    return this.acts.run(asMember(member, 'organization.update'), (act) =>
      update(act, 'manager', member.organizationId, changes, versions),
    );
  }

  /** Makes an organization without members. Errors: InvalidInput for a bad name. */
  async create(by: Actor, input: CreateOrganizationBody): Promise<Organization> {
    const { name } = await validated(CreateOrganizationBody, input);
    return this.acts.run(asStaff(by), async (act) => {
      const organization = act.manager.create(Organization, {
        name,
        longestUnusedDays: null,
        allowedNetworks: null,
        networksSetAs: null,
        disabledAt: null,
      });
      await act.manager.insert(Organization, organization);
      await act.record('organization.created', subjectOf(organization.id), { name });
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

  /**
   * Renames, changes the policy, disables or enables, as staff. Errors: NotFound, PermissionDenied for what a key may not
   * open, Conflict `edit_conflict`.
   */
  changeAsStaff(
    by: Actor,
    id: number,
    changes: ChangeOrganizationAsStaffBody,
    versions?: ExpectedVersions,
  ): Promise<Organization> {
    return this.acts.run(asStaff(by), (act) => update(act, 'staff', id, changes, versions));
  }

  /** Whether there is such an organization, for staff. */
  exists(_scope: Membership | Principal, id: number): Promise<boolean> {
    return this.organizations.existsBy({ id });
  }
}

function subjectOf(id: number): Subject {
  return { type: 'organization', id, organizationId: id };
}

async function update(
  act: Act,
  rank: Rank,
  id: number,
  changes: ChangeOrganizationAsStaffBody,
  versions?: ExpectedVersions,
): Promise<Organization> {
  const { manager } = act;
  const { name, policy = {}, disabled } = changes;
  await holdOrganization(manager, id);
  const organization = await getOrganization(manager, id);
  await act.judge(); // now: the change may end what the caller's own key opens
  await mustNotOpenByKey(act, organization, changes);
  const write = manager
    .createQueryBuilder()
    .update(Organization)
    .set({
      version: () => 'version + 1',
      ...(name !== undefined && { name }),
      ...(await changedPolicy(act, organization, policy, rank)),
      ...(disabled !== undefined && {
        disabledAt: () => (disabled ? 'coalesce(disabled_at, app_now())' : 'NULL'),
      }),
    })
    .where('id = :id', { id });
  await writeAtVersion(write, versions);
  if (policy.allowed_networks && rank !== 'staff') await mustNotLockOut(act, id);
  const changed = await getOrganization(manager, id);
  await act.record('organization.changed', subjectOf(id), {
    ...(name !== undefined && { name }),
    ...policy,
    ...(policy.allowed_networks && { allowed_networks: changed.allowedNetworks ?? [] }), // as they are kept
    ...(disabled !== undefined && { disabled }),
  });
  return changed;
}

async function getOrganization(manager: EntityManager, id: number): Promise<Organization> {
  const organization = await manager.findOneBy(Organization, { id });
  if (!organization) throw new NotFound();
  return organization;
}
