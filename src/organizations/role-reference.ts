import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { Asker, Lookup } from '../common/field-rules.js';
import { Field, ifAny, keyProblem, noSuchObject, textProblems } from '../common/fields.js';
import { LARGEST_ID, parseId } from '../common/ids.js';
import { InvalidInput } from '../common/errors.js';
import { Role } from './role.entity.js';

/** A role as a request names it: by id, or by name. */
export type RoleReference = number | string;

/** A role, by its id or its name. Whether there is such a role in the organization, `getRole` tells. */
export function RoleField(options: { optional?: boolean } = {}): PropertyDecorator {
  return Field(
    (value) => (typeof value === 'string' ? ifAny(textProblems(value)) : keyProblem(value)),
    {
      oneOf: [{ type: 'integer', minimum: 1, maximum: LARGEST_ID }, { type: 'string' }],
      description: "The role's id, or its name.",
    } as never,
    { ...options, lookup: OrganizationRole },
  );
}

/**
 * The role that an organization's request names: a system role or one of its own. Errors: InvalidInput, the same for a role
 * of another organization as for none.
 */
export async function getRole(
  manager: EntityManager,
  organizationId: number,
  reference: RoleReference,
): Promise<Role> {
  const role = await findRole(manager, organizationId, reference);
  if (role) return role;
  throw InvalidInput.field('role', noSuchRole(reference));
}

/** There is such a role in the organization of the path. */
@Injectable()
export class OrganizationRole implements Lookup<RoleReference> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(reference: RoleReference, { params }: Asker): Promise<string | undefined> {
    const organizationId = parseId(params.org_pk ?? params.id) ?? 0;
    const role = await findRole(this.dataSource.manager, organizationId, reference);
    return role ? undefined : noSuchRole(reference);
  }
}

/** The same, or `null`. A text that is the name of none may be the digits of an id: a form has texts alone. */
export async function findRole(
  manager: EntityManager,
  organizationId: number,
  reference: RoleReference,
): Promise<Role | null> {
  const roles = (): SelectQueryBuilder<Role> =>
    manager
      .createQueryBuilder(Role, 'r')
      .where('(r.organizationId = :organizationId OR r.organizationId IS NULL)', { organizationId });
  if (typeof reference === 'string') {
    const named = await roles().andWhere('lower(r.name) = lower(:name)', { name: reference }).getOne();
    if (named) return named;
  }
  const id = idOf(reference);
  return id === undefined ? null : roles().andWhere('r.id = :id', { id }).getOne();
}

/** The words of Django REST Framework for a role that isn't there. */
export function noSuchRole(reference: RoleReference): string {
  return idOf(reference) === undefined
    ? `Object with name=${reference} does not exist.`
    : noSuchObject(reference);
}

function idOf(reference: RoleReference): number | undefined {
  return parseId(String(reference));
}
