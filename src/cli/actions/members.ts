import { OPERATOR } from '../../access/principal.js';
import {
  AddMemberBody,
  ChangeMemberBody,
  type MemberAnswer,
  memberAnswer,
  MemberListQuery,
} from '../../organizations/members.dto.js';
import { MembersService } from '../../organizations/members.service.js';
import type { Given, Action } from '../command.js';
import type { Column } from '../output.js';
import { of } from '../refused.js';
import { bodyOf, idOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<MemberAnswer>[] = [
  ['id', ({ id }) => id],
  ['status', ({ status }) => status],
  ['user', ({ user }) => user.id],
  ['email', ({ user }) => user.email],
  ['name', ({ user }) => user.name],
  ['role', ({ role }) => role.name],
];

export const list: Action = async (services, given, output) => {
  const org = idOf(given, 'organization');
  await output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(MemberListQuery, given, page);
    const members = services(MembersService).listAsStaff(org, query);
    return (await of(`organization ${org}`, members)).map(memberAnswer);
  });
};

export const show: Action = async (services, given, output) => {
  const { org, id } = whichOf(given);
  output.print(memberAnswer(await inOrg(org, id, services(MembersService).getAsStaff(org, id))));
};

export const add: Action = async (services, given, output) => {
  const org = idOf(given, 'organization');
  const { user: userId, role } = await bodyOf(AddMemberBody, given);
  const added = services(MembersService).add(OPERATOR, org, { userId, role });
  output.print(memberAnswer(await of(`organization ${org}`, added)));
};

export const change: Action = async (services, given, output) => {
  const { org, id } = whichOf(given);
  const changes = await bodyOf(ChangeMemberBody, given);
  const changed = services(MembersService).changeAsStaff(OPERATOR, org, id, changes);
  output.print(memberAnswer(await inOrg(org, id, changed)));
};

export const remove: Action = async (services, given, output) => {
  const { org, id } = whichOf(given);
  await inOrg(org, id, services(MembersService).removeAsStaff(OPERATOR, org, id));
  output.print({ id, organization: org, removed: true });
};

function whichOf(given: Given): { org: number; id: number } {
  return { org: idOf(given, 'organization'), id: idOf(given, 'member') };
}

function inOrg<T>(org: number, id: number, work: Promise<T>): Promise<T> {
  return of(`member ${id} in organization ${org}`, work);
}
