import { Command } from 'commander';
import { addAccessKeyCommands } from './access-keys.js';
import { addAuditCommands } from './audit.js';
import { addKeyringCommands } from './keyring.js';
import { addMemberCommands } from './members.js';
import { addMigrateCommand } from './migrate.js';
import { addOpenApiCommand } from './openapi.js';
import { addOrganizationCommands } from './organizations.js';
import { explain } from './output.js';
import { addUserCommands } from './users.js';

/** Runs the command that the arguments of the process name. Sets the exit status, and never rejects. */
export async function runCli(): Promise<void> {
  const program = new Command('cli')
    .description("CryptoComply's authentication & API keys service, from the command line")
    .option('--json', 'print the result as one JSON object on the last line')
    .showHelpAfterError();

  addUserCommands(program);
  addOrganizationCommands(program);
  addMemberCommands(program);
  addAccessKeyCommands(program);
  addAuditCommands(program);
  addKeyringCommands(program);
  addMigrateCommand(program);
  addOpenApiCommand(program);

  try {
    await program.parseAsync();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
