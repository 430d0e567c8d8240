import type { Command } from 'commander';
import { OPERATOR } from '../access/principal.js';
import { PasswordLinksService } from '../auth/accounts/password-links.service.js';
import { InvalidInput } from '../common/errors.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { type Services, withServices } from './context.js';
import { print } from './output.js';

/** `cli users …` */
export function define(users: Command): void {
  users
    .command('create')
    .description('make a user; a password link lets them choose a password')
    .requiredOption('--email <email>')
    .requiredOption('--name <name>')
    .option('--staff', 'one of our own staff', false)
    .action(
      async ({ email, name, staff }: { email: string; name: string; staff: boolean }, command: Command) => {
        const user = await withServices((services) =>
          services(UsersService).create(OPERATOR, { email, name, isStaff: staff }),
        );
        print(command, toOutput(user));
      },
    );

  users
    .command('deactivate')
    .description('end all of a user’s sessions, tokens and keys at once')
    .requiredOption('--email <email>')
    .action(async ({ email }: { email: string }, command: Command) => {
      const user = await withServices(async (services) =>
        services(UsersService).deactivate(OPERATOR, (await byEmail(services, email)).id),
      );
      print(command, toOutput(user));
    });

  users
    .command('password-link')
    .description('a one-time link with which a user chooses a password')
    .requiredOption('--email <email>')
    .action(async ({ email }: { email: string }, command: Command) => {
      const { token, url, expiresAt } = await withServices(async (services) =>
        services(PasswordLinksService).create(OPERATOR, (await byEmail(services, email)).id),
      );
      print(command, { token, url, expires_at: expiresAt });
    });
}

async function byEmail(services: Services, email: string): Promise<User> {
  const user = await services(UsersService).findByEmail(email);
  if (!user) throw InvalidInput.field('email', 'No user has this e-mail address.');
  return user;
}

function toOutput({ id, email, name, isStaff, isActive }: User): Record<string, unknown> {
  return { id, email, name, is_staff: isStaff, is_active: isActive };
}
