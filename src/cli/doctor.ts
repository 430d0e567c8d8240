import type { Command } from 'commander';
import type { Finding } from './doctor/finding.js';
import { isJson, print } from './output.js';

/** `cli doctor`: looks, and changes nothing. */
export function define(command: Command): void {
  command
    .addHelpText(
      'after',
      `
Exit status 1 when there is a problem; warnings alone leave it 0.

Examples:
  set -a; . ./production.env; set +a; cli doctor
  cli doctor --json | jq '.findings[] | select(.state != "ok")'`,
    )
    .action(async () => {
      const { examine } = await import('./actions/doctor.js');
      const findings = await examine();
      const problems = findings.filter(({ state }) => state === 'problem').length;
      if (problems > 0) process.exitCode = 1;
      if (isJson(command)) print(command, { ok: problems === 0, findings });
      else console.log(reportOf(findings));
    });
}

function reportOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, state, found, todo }) => [
    `${state.padEnd(7)}  ${check.padEnd(width)}  ${found}`,
    ...(todo === undefined ? [] : [`${' '.repeat(width + 11)}→ ${todo}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  return [...lines, '', `${count('problem')} problems, ${count('warning')} warnings.`].join('\n');
}
