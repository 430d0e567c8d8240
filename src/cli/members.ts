import type { Command } from 'commander';
import { OPERATOR } from '../access/principal.js';
import { memberAnswer } from '../organizations/members.dto.js';
import { MembersService } from '../organizations/members.service.js';
import { withServices } from './context.js';
import { idOption } from './options.js';
import { everyPage, print, printList } from './output.js';

const ROLE = 'Owner, Administrator, Analyst, Viewer, or a role of the organization';

interface MemberOptions {
  readonly org: number;
  readonly member: number;
}

/** `cli members …` */
export function define(members: Command): void {
  members
    .command('list')
    .description('the members, and who is invited')
    .requiredOption('--org <id>', 'the organization', idOption)
    .action(async ({ org }: { org: number }, command: Command) => {
      const rows = await withServices((services) =>
        everyPage((page) => services(MembersService).listAsStaff(org, { page, page_size: '100' })),
      );
      printList(
        command,
        rows.map(memberAnswer).map(({ id, status, user, role }) => ({
          id,
          status,
          user: user.id,
          email: user.email,
          role: role.name,
        })),
      );
    });

  members
    .command('add')
    .description('make a user a member, without an invitation')
    .requiredOption('--org <id>', 'the organization', idOption)
    .requiredOption('--user <id>', 'the user', idOption)
    .requiredOption('--role <name>', ROLE)
    .action(async ({ org, user, role }: { org: number; user: number; role: string }, command: Command) => {
      const member = await withServices((services) =>
        services(MembersService).add(OPERATOR, org, { userId: user, role }),
      );
      print(command, { id: member.id, organization: org, user, role });
    });

  members
    .command('change')
    .description('give a member, or an invited one, another role')
    .requiredOption('--org <id>', 'the organization', idOption)
    .requiredOption('--member <id>', 'the membership, as `members list` names it', idOption)
    .requiredOption('--role <name>', ROLE)
    .action(async ({ org, member, role }: MemberOptions & { role: string }, command: Command) => {
      const { userId: user } = await withServices((services) =>
        services(MembersService).changeAsStaff(OPERATOR, org, member, { role }),
      );
      print(command, { id: member, organization: org, user, role });
    });

  members
    .command('remove')
    .description('end a membership, or withdraw an invitation')
    .requiredOption('--org <id>', 'the organization', idOption)
    .requiredOption('--member <id>', 'the membership', idOption)
    .action(async ({ org, member }: MemberOptions, command: Command) => {
      await withServices((services) => services(MembersService).removeAsStaff(OPERATOR, org, member));
      print(command, { id: member, organization: org, removed: true });
    });
}
