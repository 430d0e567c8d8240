import { Command } from 'commander';
import { addMigrateCommand } from './migrate.js';
import { addOpenApiCommand } from './openapi.js';
import { explain } from './output.js';

const program = new Command('cli')
  .description("CryptoComply's authentication & API keys service, from the command line")
  .option('--json', 'print the result as one JSON object on the last line')
  .showHelpAfterError();

addMigrateCommand(program);
addOpenApiCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
