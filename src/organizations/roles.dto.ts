import { ApiProperty } from '@nestjs/swagger';
import { type Permission, PERMISSIONS } from '../access/permissions.js';
import { TextField } from '../common/fields.js';
import { ChoiceListField } from '../common/list-fields.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { BooleanFilter } from '../common/list-filters.js';
import type { Role } from './role.entity.js';

const LONGEST_NAME = 100;

/** A custom role. */
export class DefineRoleBody {
  @TextField({
    max: LONGEST_NAME,
    visible: true,
    description:
      'Unique in the organization: whatever the case, the accents, and letters that only look alike.',
  })
  name!: string;

  @ChoiceListField(PERMISSIONS, { description: 'Only what the caller holds.' })
  permissions!: Permission[];
}

/** What of a custom role can be edited. */
export class ChangeRoleBody {
  @TextField({ max: LONGEST_NAME, visible: true, optional: true })
  name?: string;

  @ChoiceListField(PERMISSIONS, { optional: true })
  permissions?: Permission[];
}

/** What the list of roles takes. */
@OrderedBy(['id', 'name', 'created_at'], ['name'])
export class RoleListQuery extends ListQuery {
  @BooleanFilter()
  is_system?: boolean;
}

/** A role together with how many members and invited ones of the organization have it. */
export interface CountedRole {
  readonly role: Role;
  readonly memberCount: number;
  readonly version: number;
}

/** A bundle of permissions. */
export class RoleAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'Ships with the product and can not be changed.' }) is_system!: boolean;
  @ApiProperty({ enum: PERMISSIONS, isArray: true }) permissions!: Permission[];
  @ApiProperty({ type: 'integer', description: 'Members and invited ones of this organization.' })
  member_count!: number;
}

/** A role with how many have it. */
export function roleAnswer({ role, memberCount }: CountedRole): RoleAnswer {
  const { id, name, organizationId, permissions } = role;
  return { id, name, is_system: organizationId === null, permissions, member_count: memberCount };
}

/** Permissions that belong together. */
export class PermissionCategoryAnswer {
  @ApiProperty() category!: string;
  @ApiProperty({ type: () => [PermissionAnswer] }) permissions!: readonly PermissionAnswer[];
}

/** What a role can permit. */
class PermissionAnswer {
  @ApiProperty({ enum: PERMISSIONS }) codename!: Permission;
  @ApiProperty() description!: string;
}
