import { OPERATOR } from '../../access/principal.js';
import { GrantListQuery } from '../../api-access-keys/grants/grant-list.dto.js';
import {
  type GrantAnswer,
  grantAnswer,
  grantOrderOf,
  IssueGrantBody,
} from '../../api-access-keys/grants/grants.dto.js';
import { GrantsService } from '../../api-access-keys/grants/grants.service.js';
import type { Action } from '../command.js';
import type { Column } from '../output.js';
import { of } from '../refused.js';
import { bodyOf, idWordOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<GrantAnswer>[] = [
  ['id', ({ id }) => id],
  ['status', ({ status }) => status],
  ['user', ({ user }) => user],
  ['org', ({ organization }) => organization],
  ['level', ({ access_level: level }) => level],
  ['name', ({ name }) => name],
  ['expires at', ({ expires_at: at }) => at],
  ['key', ({ access_key: key }) => key],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(GrantListQuery, given, page);
    return (await services(GrantsService).listAll(OPERATOR, query)).map(grantAnswer);
  });

export const issue: Action = async (services, given, output) => {
  const order = grantOrderOf(await bodyOf(IssueGrantBody, given));
  output.print(grantAnswer(await services(GrantsService).issue(OPERATOR, order)));
};

export const cancel: Action = async (services, given, output) => {
  const id = idWordOf(given);
  const cancelled = services(GrantsService).cancel(OPERATOR, id);
  output.print(grantAnswer(await of(`grant ${id}`, cancelled)));
};
