import { OPERATOR } from '../../access/principal.js';
import {
  ChangeOrganizationAsStaffBody,
  CreateOrganizationBody,
  type OrganizationAdminAnswer,
  organizationAdminAnswer,
  OrganizationListQuery,
} from '../../organizations/organizations.dto.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import type { Given, Action } from '../command.js';
import type { Services } from '../context.js';
import type { Column } from '../output.js';
import { of } from '../refused.js';
import { bodyOf, idOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<OrganizationAdminAnswer>[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['disabled at', ({ disabled_at: at }) => at],
  ['issuing', ({ policy }) => (policy.issuing_stopped ? 'stopped' : 'allowed')],
  ['created at', ({ created_at: at }) => at],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(OrganizationListQuery, given, page);
    return (await services(OrganizationsService).listAll(query)).map(organizationAdminAnswer);
  });

export const show: Action = async (services, given, output) => {
  output.print(await get(services, given));
};

export const create: Action = async (services, given, output) => {
  const input = await bodyOf(CreateOrganizationBody, given);
  output.print(organizationAdminAnswer(await services(OrganizationsService).create(OPERATOR, input)));
};

export const rename: Action = async (services, given, output) => {
  const { name } = await bodyOf(ChangeOrganizationAsStaffBody, given);
  output.print(await change(services, given, { name }));
};

export const disable: Action = async (services, given, output) => {
  output.print(await change(services, given, { disabled: true }));
};

export const enable: Action = async (services, given, output) => {
  output.print(await change(services, given, { disabled: false }));
};

/** The organization that was named. */
export async function get(services: Services, given: Given): Promise<OrganizationAdminAnswer> {
  const id = idOf(given, 'organization');
  return organizationAdminAnswer(
    await of(`organization ${id}`, services(OrganizationsService).getAsStaff(id)),
  );
}

/** Changes the organization that was named, as staff do. */
export async function change(
  services: Services,
  given: Given,
  changes: ChangeOrganizationAsStaffBody,
): Promise<OrganizationAdminAnswer> {
  const id = idOf(given, 'organization');
  const changed = services(OrganizationsService).changeAsStaff(OPERATOR, id, changes);
  return organizationAdminAnswer(await of(`organization ${id}`, changed));
}
