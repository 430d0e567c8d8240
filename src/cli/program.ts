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
  ['policy', 'what organizations, and all of them, allow of access keys', () => import('./policy.js')],
  ['grants', 'who may make an access key', () => import('./grants.js')],
  ['requests', 'members who ask for an access key', () => import('./requests.js')],
  [
    'provider-keys',
    'what authenticates an organization to third parties',
    () => import('./provider-keys.js'),
  ],
  ['audit', 'the append-only record of who did what', () => import('./audit.js')],
  ['keyring', 'the keys that provider keys are sealed with', () => import('./keyring.js')],
  ['signing-keys', 'the keys that sign our tokens', () => import('./signing-keys.js')],
  ['openapi', 'write docs/api/openapi.json from the decorators', () => import('./openapi.js')],
];

/** What the exit status of any command means; docs/command-line.md tells the same. */
export const EXIT_STATUS = `
Exit status:
  0  done
  1  refused, or something was found: a row, a broken chain, a problem
  2  the command line is wrong; nothing was tried
  3  the settings or the database can't be used; nothing was tried
  4  a fault of ours`;

/** All commands; what is in a group is defined once one of it is asked for. */
export function buildProgram(): Command {
  const program = new Command('cli')
    .description("CryptoComply's authentication & API keys service, from the command line")
    .version(version(), '--version', 'print the version')
    .option('--json', 'print what came out as one JSON object on the last line, failures too')
    .option('--progress', 'tell how far long work is, on standard error, where that is no terminal, too')
    .helpCommand(false)
    .addHelpText('after', `${EXIT_STATUS}\n\nEach command tells of itself: cli access-keys issue --help`)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (asJson() || process.stderr.write(text)) });
  for (const [name, description] of COMMANDS)
    program.command(name).description(description).enablePositionalOptions(false);
  return program.hook('preSubcommand', (_program, chosen) => load(chosen));
}

/** Defines what is in a command of `buildProgram`. */
export async function load(command: Command): Promise<void> {
  const [, , module] = COMMANDS.find(([name]) => name === command.name()) ?? [];
  (await module?.())?.define(command);
}

/** Runs the command that the arguments of the process name. Sets the exit status, and never rejects. */
export async function runCli(): Promise<void> {
  process.stdout.on('error', stopWithoutReader);
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help or version, which is printed
    const { failureOf } = await import('./failures.js');
    const { status, ...told } = failureOf(error);
    process.exitCode = status;
    if (asJson()) console.log(JSON.stringify({ error: told }));
    else if (!(error instanceof CommanderError)) console.error(told.message);
  }
}

/** `cli … | head`: who reads has enough. */
function stopWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/** Asked before the arguments are understood, too: whoever reads JSON is told in JSON that they aren't. */
function asJson(): boolean {
  return process.argv.includes('--json');
}
