import { OPERATOR } from '../../access/principal.js';
import {
  type AccessKeyAnswer,
  accessKeyAnswer,
  issuedKeyAnswer,
  madeAnswer,
  revokedKeyAnswer,
} from '../../api-access-keys/access-key.dto.js';
import {
  changesOf,
  ChangeKeyBody,
  instantOf,
  IssueKeyBody,
  orderOf,
  RevokeKeyAsStaffBody,
  RotateKeyBody,
  rotationOf,
  staffRevocationOf,
  SuspendKeyBody,
} from '../../api-access-keys/access-key-bodies.dto.js';
import { KeyListQuery } from '../../api-access-keys/access-key-list.dto.js';
import { AccessKeysService } from '../../api-access-keys/access-keys.service.js';
import { everyKey } from '../../api-access-keys/key-scope.js';
import type { Given, Action } from '../command.js';
import type { Services } from '../context.js';
import type { Column } from '../output.js';
import { of } from '../refused.js';
import { bodyOf, mustChange, queryOf, wordOf } from './queries.js';

const EVERY_KEY = everyKey(OPERATOR);

const COLUMNS: readonly Column<AccessKeyAnswer>[] = [
  ['id', ({ id }) => id],
  ['prefix', ({ prefix }) => prefix],
  ['name', ({ name }) => name],
  ['user', ({ user }) => user],
  ['org', ({ organization }) => organization],
  ['level', ({ access_level: level }) => level],
  ['status', ({ status }) => status],
  ['expires at', ({ expires_at: at }) => at],
  ['last used at', ({ last_used_at: at }) => at],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(KeyListQuery, given, page);
    return (await services(AccessKeysService).list(EVERY_KEY, query)).map(accessKeyAnswer);
  });

export const show: Action = async (services, given, output) => {
  output.print(await get(services, given));
};

export const issue: Action = async (services, given, output) => {
  const order = orderOf(await bodyOf(IssueKeyBody, given));
  output.print(issuedKeyAnswer(await services(AccessKeysService).issue(OPERATOR, order)));
};

export const change: Action = async (services, given, output) => {
  const { id } = await get(services, given);
  const changes = mustChange(changesOf(await bodyOf(ChangeKeyBody, given)));
  output.print(accessKeyAnswer(await services(AccessKeysService).change(EVERY_KEY, id, changes)));
};

export const suspend: Action = async (services, given, output) => {
  const { until } = await bodyOf(SuspendKeyBody, given);
  const suspended = services(AccessKeysService).suspend(EVERY_KEY, whichOf(given), instantOf(until));
  output.print(accessKeyAnswer(await named(given, suspended)));
};

export const resume: Action = async (services, given, output) => {
  const resumed = services(AccessKeysService).resume(EVERY_KEY, whichOf(given));
  output.print(accessKeyAnswer(await named(given, resumed)));
};

export const rotate: Action = async (services, given, output) => {
  const rotation = rotationOf(await bodyOf(RotateKeyBody, given));
  const rotated = services(AccessKeysService).rotate(EVERY_KEY, whichOf(given), rotation);
  output.print(issuedKeyAnswer(await named(given, rotated)));
};

export const revoke: Action = async (services, given, output) => {
  const revocation = staffRevocationOf(await bodyOf(RevokeKeyAsStaffBody, given));
  const revoked = services(AccessKeysService).revoke(EVERY_KEY, whichOf(given), revocation);
  output.print(revokedKeyAnswer(await named(given, revoked)));
};

export const made: Action = async (services, given, output) => {
  const { id } = await get(services, given);
  const things = (await services(AccessKeysService).listMade(EVERY_KEY, id)).map(madeAnswer);
  await output.all(
    [
      ['type', ({ type }) => type],
      ['id', (thing) => thing.id],
      ['name', ({ name }) => name],
      ['status', ({ status }) => status],
    ],
    things,
  );
};

async function get(services: Services, given: Given): Promise<AccessKeyAnswer> {
  return accessKeyAnswer(await named(given, services(AccessKeysService).get(EVERY_KEY, whichOf(given))));
}

function whichOf(given: Given): { prefix: string } {
  return { prefix: wordOf(given) };
}

function named<T>(given: Given, work: Promise<T>): Promise<T> {
  return of(`access key ${wordOf(given)}`, work);
}
