import type { Command } from 'commander';
import { CommandRefused } from './refused.js';
import { isJson, print } from './output.js';

/** What is lost with each secret: it decides where a copy is kept, and how well. */
const KEPT = {
  SECRET_KEY:
    'Without it, and with another: CSRF tokens are void, the audit log’s heads bear an unknown key.',
  PASSWORD_PEPPER: 'Without it no password works, ever again.',
  JWT_KEYS: 'Without it tokens that are alive are refused, and everybody logs in again.',
  SEALING_KEYS: 'Without it no provider key opens, ever again.',
  METRICS_TOKEN: 'For whoever reads /metrics; it can be replaced at any time.',
};

/** `cli init`: needs neither a database nor a configuration. */
export function define(command: Command): void {
  command
    .argument('<file>', 'a new file; one that exists is never touched')
    .addHelpText(
      'after',
      `
Examples:
  cli init production.env                                   # then fill in PUBLIC_ORIGIN and DATABASE_URL there
  set -a; . ./production.env; set +a; cli doctor            # a shell reads it; so do docker --env-file and systemd`,
    )
    .action(async (file: string) => {
      const { writeSecrets } = await import('./actions/init.js');
      try {
        writeSecrets(file);
      } catch (error) {
        throw new CommandRefused(whyNot(file, error));
      }
      print(command, {
        written_to: file,
        mode: '0600',
        ...(isJson(command) ? { secrets: Object.keys(KEPT) } : {}),
      });
      if (!isJson(command)) console.log(toldAfter(file));
    });
}

function toldAfter(file: string): string {
  const width = Math.max(...Object.keys(KEPT).map((name) => name.length));
  const kept = Object.entries(KEPT).map(([name, why]) => `  ${name.padEnd(width)}  ${why}`);
  return `
${kept.join('\n')}

1. Keep a copy of ${file} in your store of secrets (a vault, an offline safe), apart from the database's backups:
   together they are everything, and each without the other is worth nothing to a thief.
2. Fill in PUBLIC_ORIGIN and DATABASE_URL there, and give every instance the same file.
3. \`cli migrate\` with MIGRATION_DATABASE_URL, which the service itself is not given; then \`cli doctor\`.`;
}

function whyNot(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST')
    return `${file} exists already and was left as it is: it may hold the secrets of a running service.`;
  return `${file} can't be written: ${message}.`;
}
