import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { AuditHeads } from '../audit/audit-heads.js';
import { AuditVerifications } from '../audit/audit-verifications.js';
import { readHeads } from '../audit/head.js';
import { withServices } from './context.js';
import { print } from './output.js';

/** `cli audit …` */
export function define(audit: Command): void {
  audit
    .command('verify')
    .description(
      'recompute every chain; exit status 1 when a row was altered, removed, inserted or reordered',
    )
    .option('--head <file>', 'heads exported earlier: with them a cut tail is found as well')
    .action(async ({ head }: { head?: string }, command: Command) => {
      const evidence = head === undefined ? {} : readHeads(readFileSync(head, 'utf8'));
      const verdict = await withServices((services) => services(AuditVerifications).verify(evidence));
      if (!verdict.ok) process.exitCode = 1;
      print(command, { ...verdict });
    });

  audit
    .command('heads')
    .description('the signed heads of all chains, to be kept where the database’s owner can’t reach them')
    .action(async (_options: object, command: Command) => {
      print(command, { ...(await withServices((services) => services(AuditHeads).export())) });
    });
}
