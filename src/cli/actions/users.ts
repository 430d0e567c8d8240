import { OPERATOR } from '../../access/principal.js';
import { PasswordLinksService } from '../../auth/accounts/password-links.service.js';
import { passwordLinkAnswer } from '../../auth/accounts/passwords.dto.js';
import { InvalidInput } from '../../common/errors.js';
import type { User } from '../../users/user.entity.js';
import {
  ChangeUserBody,
  CreateUserBody,
  type UserAnswer,
  userAnswer,
  UserListQuery,
} from '../../users/users.dto.js';
import { UsersService } from '../../users/users.service.js';
import type { Given, Action } from '../command.js';
import type { Services } from '../context.js';
import type { Column } from '../output.js';
import { bodyOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<UserAnswer>[] = [
  ['id', ({ id }) => id],
  ['email', ({ email }) => email],
  ['name', ({ name }) => name],
  ['staff', ({ is_staff: staff }) => (staff ? 'yes' : 'no')],
  ['active', ({ is_active: active }) => (active ? 'yes' : 'no')],
  ['created at', ({ created_at: at }) => at],
];

export const list: Action = (services, given, output) =>
  output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(UserListQuery, given, page);
    return (await services(UsersService).listAll(query)).map(userAnswer);
  });

export const show: Action = async (services, given, output) => {
  output.print(userAnswer(await byEmail(services, given)));
};

export const create: Action = async (services, given, output) => {
  const isStaff = given.fields['staff'] === true;
  const input = { ...(await bodyOf(CreateUserBody, given)), isStaff };
  output.print(userAnswer(await services(UsersService).create(OPERATOR, input)));
};

export const rename: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  const changes = await bodyOf(ChangeUserBody, given);
  output.print(userAnswer(await services(UsersService).change(OPERATOR, id, changes)));
};

export const deactivate: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  output.print(userAnswer(await services(UsersService).deactivate(OPERATOR, id)));
};

export const activate: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  output.print(userAnswer(await services(UsersService).activate(OPERATOR, id)));
};

export const addStaff: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  output.print(userAnswer(await services(UsersService).setStaff(id, true)));
};

export const removeStaff: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  output.print(userAnswer(await services(UsersService).setStaff(id, false)));
};

export const passwordLink: Action = async (services, given, output) => {
  const { id } = await byEmail(services, given);
  output.print(passwordLinkAnswer(await services(PasswordLinksService).create(OPERATOR, id)));
};

async function byEmail(services: Services, { fields }: Given): Promise<User> {
  const user = await services(UsersService).findByEmail(fields['email'] as string);
  if (!user) throw InvalidInput.field('email', 'No user has this e-mail address.');
  return user;
}
