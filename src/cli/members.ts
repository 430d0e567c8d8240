import type { Command } from 'commander';
import { OPERATOR } from '../access/principal.js';
import { MembersService } from '../organizations/members.service.js';
import { withServices } from './context.js';
import { idOption } from './options.js';
import { print } from './output.js';

/** `cli members …` */
export function addMemberCommands(program: Command): void {
  program
    .command('members')
    .description('who belongs to which organization')
    .command('add')
    .requiredOption('--org <id>', 'the organization', idOption)
    .requiredOption('--user <id>', 'the user', idOption)
    .requiredOption('--role <name>', 'Owner, Administrator, Analyst, Viewer, or a role of the organization')
    .action(async ({ org, user, role }: { org: number; user: number; role: string }, command: Command) => {
      const member = await withServices((services) =>
        services(MembersService).add(OPERATOR, org, { userId: user, role }),
      );
      print(command, { id: member.id, organization: org, user, role });
    });
}
