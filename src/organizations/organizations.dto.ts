import { ApiProperty } from '@nestjs/swagger';
import { type Permission, PERMISSIONS } from '../access/permissions.js';
import { BooleanField, IntegerField, TextField } from '../common/fields.js';
import { ObjectField } from '../common/object-fields.js';
import { NetworkListField, NETWORKS } from '../common/list-fields.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { BooleanFilter } from '../common/list-filters.js';
import type { Organization } from './organization.entity.js';

const LONGEST_NAME = 150;
/** Ten years, in days. */
export const LONGEST_LIFETIME_DAYS = 3650;

/** What an organization starts as. */
export class CreateOrganizationBody {
  @TextField({ max: LONGEST_NAME, visible: true })
  name!: string;
}

/** What of a policy changes; the rest stays. */
export class PolicyChanges {
  @BooleanField({ optional: true, description: 'May members issue access keys for themselves?' })
  self_serve_keys?: boolean;

  @IntegerField({
    min: 1,
    max: LONGEST_LIFETIME_DAYS,
    optional: true,
    description: 'The longest life of a key that a member issues, in days.',
  })
  longest_key_lifetime_days?: number;

  @BooleanField({ optional: true, description: 'Do keys that name no organization reach this one?' })
  allow_user_wide_keys?: boolean;

  @BooleanField({
    optional: true,
    description:
      'Does the policy hold for existing keys? Keys of this organization that it would not allow are `blocked`.',
  })
  enforce_on_use?: boolean;

  @IntegerField({
    min: 1,
    max: LONGEST_LIFETIME_DAYS,
    optional: true,
    nullable: true,
    description: 'Days without use after which a key is not allowed any more; null: however many.',
  })
  longest_unused_days?: number | null;

  @BooleanField({ optional: true, description: 'No key of this organization is made or rotated.' })
  issuing_stopped?: boolean;

  @NetworkListField({
    optional: true,
    description: 'Networks from which alone the organization is reachable; none: from everywhere.',
  })
  allowed_networks?: string[];
}

/** What of an organization its Owners can edit. */
export class ChangeOrganizationBody {
  @TextField({ max: LONGEST_NAME, visible: true, optional: true })
  name?: string;

  @ObjectField(PolicyChanges, { optional: true })
  policy?: PolicyChanges;
}

/** What of an organization staff can edit. */
export class ChangeOrganizationAsStaffBody extends ChangeOrganizationBody {
  @BooleanField({ optional: true, description: 'A disabled organization is 404 for everyone but staff.' })
  disabled?: boolean;
}

/** What the list of all organizations takes. */
@OrderedBy(['id', 'name', 'created_at'], ['name'])
export class OrganizationListQuery extends ListQuery {
  @BooleanFilter()
  disabled?: boolean;
}

/** An organization as `GET /api/orgs/` lists it. */
export class ReachableOrganizationAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: "The caller's role there." }) role!: string;
}

/** What an organization allows its members. */
class Policy {
  @ApiProperty() self_serve_keys!: boolean;
  @ApiProperty({ type: 'integer', description: 'In days.' }) longest_key_lifetime_days!: number;
  @ApiProperty() allow_user_wide_keys!: boolean;
  @ApiProperty({ description: 'Existing keys that it would not allow are blocked.' })
  enforce_on_use!: boolean;
  @ApiProperty({ type: 'integer', nullable: true }) longest_unused_days!: number | null;
  @ApiProperty({ description: 'No key is made or rotated.' }) issuing_stopped!: boolean;
  @ApiProperty({ ...NETWORKS, description: 'None: it is reachable from everywhere.' })
  allowed_networks!: string[];
}

/** An organization as its members see it. */
export class OrganizationAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty() policy!: Policy;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
}

/** An organization as staff see it. */
export class OrganizationAdminAnswer extends OrganizationAnswer {
  @ApiProperty() disabled!: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) disabled_at!: Date | null;
}

/** An organization as its members see it. */
export function organizationAnswer(organization: Organization): OrganizationAnswer {
  const { id, name, createdAt } = organization;
  return {
    id,
    name,
    policy: {
      self_serve_keys: organization.selfServeKeys,
      longest_key_lifetime_days: organization.longestKeyLifetimeDays,
      allow_user_wide_keys: organization.allowUserWideKeys,
      enforce_on_use: organization.enforceOnUse,
      longest_unused_days: organization.longestUnusedDays,
      issuing_stopped: organization.issuingStopped,
      allowed_networks: organization.allowedNetworks ?? [],
    },
    created_at: createdAt,
  };
}

/** An organization as staff see it. */
export function organizationAdminAnswer(organization: Organization): OrganizationAdminAnswer {
  const { disabledAt } = organization;
  return { ...organizationAnswer(organization), disabled: disabledAt !== null, disabled_at: disabledAt };
}

/** The same with what the caller may do there. */
export class ReachableMembershipAnswer extends ReachableOrganizationAnswer {
  @ApiProperty({ enum: PERMISSIONS, isArray: true }) permissions!: Permission[];
}
