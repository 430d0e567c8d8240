import { Command, CommanderError } from 'commander';
import { version } from '../config/version.js';

/** What there is, in the order of the help; how a command works is loaded when it is called, for that takes a second. */
const COMMANDS: readonly [
  name: string,
  description: string,
  load: () => Promise<{ define(command: Command): void }>,
][] = [
  ['init', 'make the secrets of a new installation, into a new environment file', () => import('./init.js')],
  [
    'migrate',
    'bring the schema up to date, and give the service’s role its privileges',
    () => import('./migrate.js'),
  ],
  ['doctor', 'examine settings, database and secrets, and say what to do', () => import('./doctor.js')],
  ['users', 'people', () => import('./users.js')],
  ['orgs', 'organizations', () => import('./organizations.js')],
  ['members', 'who belongs to which organization', () => import('./members.js')],
  ['access-keys', 'what authenticates a caller to us', () => import('./access-keys.js')],
  ['access-key-requests', 'members who ask for an access key', () => import('./access-key-requests.js')],
  ['audit', 'the append-only record of who did what', () => import('./audit.js')],
  ['keyring', 'the keys that provider keys are sealed with', () => import('./keyring.js')],
  ['openapi', 'write docs/api/openapi.json from the decorators', () => import('./openapi.js')],
];

const EXIT_STATUS = `
Exit status:
  0  done
  1  refused, or something was found: a row, a broken chain, a problem
  2  the command line is wrong; nothing was tried
  3  the settings or the database can't be used; nothing was tried
  4  a fault of ours`;

/** Runs the command that the arguments of the process name. Sets the exit status, and never rejects. */
export async function runCli(): Promise<void> {
  const program = new Command('cli')
    .description("CryptoComply's authentication & API keys service, from the command line")
    .version(version(), '--version', 'print the version')
    .option('--json', 'print what came out as one JSON object on the last line, failures too')
    .helpCommand(false)
    .addHelpText('after', EXIT_STATUS)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (asJson() || process.stderr.write(text)) });
  for (const [name, description] of COMMANDS)
    program.command(name).description(description).enablePositionalOptions(false);
  program.hook('preSubcommand', async (_program, chosen) => {
    const [, , load] = COMMANDS.find(([name]) => name === chosen.name()) ?? [];
    (await load?.())?.define(chosen);
  });

  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help or version, which is printed
    const { failureOf } = await import('./failures.js');
    const { status, ...told } = failureOf(error);
    process.exitCode = status;
    if (asJson()) console.log(JSON.stringify({ error: told }));
    else if (!(error instanceof CommanderError)) console.error(told.message);
  }
}

/** Asked before the arguments are understood, too: whoever reads JSON is told in JSON that they aren't. */
function asJson(): boolean {
  return process.argv.includes('--json');
}
