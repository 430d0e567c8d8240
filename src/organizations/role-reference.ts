import type { EntityManager } from 'typeorm';
import { Field, keyProblem, textProblem } from '../common/fields.js';
import { LARGEST_ID } from '../common/ids.js';
import { InvalidInput } from '../common/errors.js';
import { Role } from './role.entity.js';

/** A role as a request names it: by id, or by name. */
export type RoleReference = number | string;

/** A role, by its id or its name. Whether there is such a role in the organization, `getRole` tells. */
export function RoleField(options: { optional?: boolean } = {}): PropertyDecorator {
  return Field(
    (value) => (typeof value === 'string' ? textProblem(value) : keyProblem(value)),
    {
      oneOf: [{ type: 'integer', minimum: 1, maximum: LARGEST_ID }, { type: 'string' }],
      description: "The role's id, or its name.",
    } as never,
    options,
  );
}

/**
 * The role that an organization's request names: a system role or one of its own. Errors: InvalidInput in the words of
 * Django REST Framework, the same for a role of another organization as for none.
 */
export async function getRole(
  manager: EntityManager,
  organizationId: number,
  reference: RoleReference,
): Promise<Role> {
  const builder = manager
    .createQueryBuilder(Role, 'r')
    .where('(r.organizationId = :organizationId OR r.organizationId IS NULL)', { organizationId });
  if (typeof reference === 'number') builder.andWhere('r.id = :id', { id: reference });
  else builder.andWhere('lower(r.name) = lower(:name)', { name: reference });
  const role = await builder.getOne();
  if (role) return role;
  throw InvalidInput.field(
    'role',
    typeof reference === 'number'
      ? `Invalid pk "${reference}" - object does not exist.`
      : `Object with name=${reference} does not exist.`,
  );
}
