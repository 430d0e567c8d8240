import { Injectable } from '@nestjs/common';
import { ListQuery, OrderedBy, Page } from '../../common/list.js';
import { memberAnswer, MemberListQuery } from '../../organizations/members.dto.js';
import { MembersController } from '../../organizations/members.controller.js';
import { MembersService } from '../../organizations/members.service.js';
import { OrganizationsController } from '../../organizations/organizations.controller.js';
import type { ReachableOrganizationAnswer } from '../../organizations/organizations.dto.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { RolesController } from '../../organizations/roles.controller.js';
import { roleAnswer, RoleListQuery } from '../../organizations/roles.dto.js';
import { RolesService } from '../../organizations/roles.service.js';
import { listed } from '../results.js';
import { listArguments, queryOf } from './arguments.js';
import { organizationTool, ownTool, ToolSet } from './tool.js';

/** REST gives this list whole; here it takes a slice like any other. */
@OrderedBy(['id', 'name'], ['name'])
class OrganizationListArguments extends ListQuery {}

/** Organizations, their members and their roles. */
@Injectable()
export class OrganizationTools extends ToolSet {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly roles: RolesService,
  ) {
    super();
  }

  readonly tools = [
    ownTool([OrganizationsController, 'list'], {
      name: 'organization_list',
      title: 'List organizations',
      description: 'The organizations that the caller reaches, with the role there.',
      takes: listArguments(OrganizationListArguments),
      run: async (caller, taken: OrganizationListArguments) => {
        const query = queryOf(taken);
        const reached = await this.organizations.listReachable(caller);
        return listed(Page.of(found(reached, query), query), query);
      },
    }),
    organizationTool([MembersController, 'list'], {
      name: 'member_list',
      title: 'List members',
      description: 'The members of an organization, and who is invited, with the ids of their users.',
      takes: listArguments(MemberListQuery),
      run: async (member, taken: MemberListQuery) => {
        const query = queryOf(taken);
        return listed((await this.members.list(member, query)).map(memberAnswer), query);
      },
    }),
    organizationTool([RolesController, 'list'], {
      name: 'role_list',
      title: 'List roles',
      description: 'The system roles and the custom ones of an organization, with what they permit.',
      takes: listArguments(RoleListQuery),
      run: async (member, taken: RoleListQuery) => {
        const query = queryOf(taken);
        return listed((await this.roles.list(member, query)).map(roleAnswer), query);
      },
    }),
  ];
}

/** What a search leaves of a list that is at hand whole, in the order that was asked for. */
function found(
  all: readonly ReachableOrganizationAnswer[],
  { search = '', ordering = 'id' }: OrganizationListArguments,
): ReachableOrganizationAnswer[] {
  const terms = search.toLowerCase().split(/[\s,]+/);
  const field = ordering.replace('-', '') === 'name' ? 'name' : 'id';
  const rows = all
    .filter(({ name }) => terms.every((term) => name.toLowerCase().includes(term)))
    .sort((a, b) => (field === 'name' ? a.name.localeCompare(b.name) || a.id - b.id : a.id - b.id));
  return ordering.startsWith('-') ? rows.reverse() : rows;
}
