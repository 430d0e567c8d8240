import { OPERATOR } from '../../access/principal.js';
import { RequestListQuery } from '../../api-access-keys/requests/request-list.dto.js';
import { everyRequest } from '../../api-access-keys/requests/request-scope.js';
import {
  ApproveRequestBody,
  DeclineRequestBody,
  narrowingOf,
  type RequestAnswer,
  requestAnswer,
} from '../../api-access-keys/requests/requests.dto.js';
import { RequestsService } from '../../api-access-keys/requests/requests.service.js';
import type { Action } from '../command.js';
import type { Column } from '../output.js';
import { of } from '../refused.js';
import { bodyOf, idWordOf, queryOf } from './queries.js';

const EVERY_REQUEST = everyRequest(OPERATOR);

const COLUMNS: readonly Column<RequestAnswer>[] = [
  ['id', ({ id }) => id],
  ['status', ({ status }) => status],
  ['user', ({ user }) => user],
  ['org', ({ organization }) => organization],
  ['level', ({ access_level: level }) => level],
  ['name', ({ name }) => name],
  ['reason', ({ reason }) => reason],
  ['lapses at', ({ lapses_at: at }) => at],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(RequestListQuery, given, page);
    return (await services(RequestsService).list(EVERY_REQUEST, query)).map(requestAnswer);
  });

export const show: Action = async (services, given, output) => {
  const id = idWordOf(given);
  output.print(await answer(id, services(RequestsService).get(EVERY_REQUEST, id)));
};

export const approve: Action = async (services, given, output) => {
  const id = idWordOf(given);
  const narrowing = narrowingOf(await bodyOf(ApproveRequestBody, given));
  const approved = services(RequestsService).approve(EVERY_REQUEST, id, narrowing);
  output.print(await answer(id, approved));
};

export const decline: Action = async (services, given, output) => {
  const id = idWordOf(given);
  const { reason } = await bodyOf(DeclineRequestBody, given);
  const declined = services(RequestsService).decline(EVERY_REQUEST, id, reason);
  output.print(await answer(id, declined));
};

type Row = Parameters<typeof requestAnswer>[0];

async function answer(id: number, row: Promise<Row>): Promise<RequestAnswer> {
  return requestAnswer(await of(`request ${id}`, row));
}
