import type { Command } from 'commander';
import { OPERATOR } from '../access/principal.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { withServices } from './context.js';
import { print } from './output.js';

/** `cli orgs …` */
export function define(orgs: Command): void {
  orgs
    .command('create')
    .requiredOption('--name <name>')
    .action(async ({ name }: { name: string }, command: Command) => {
      const made = await withServices((services) =>
        services(OrganizationsService).create(OPERATOR, { name }),
      );
      print(command, { id: made.id, name: made.name });
    });
}
