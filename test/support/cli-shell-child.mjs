// Run by command-shell.ts as a process of its own: commands of the CLI, a JSON array of words a line on standard input, one
// after the other. What each prints is followed by a line with its exit status.
import { createInterface } from 'node:readline';
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { runCli } = require('../../src/cli/program.ts');
process.stdout.setMaxListeners(0); // each command watches it, and usually there is one
for await (const line of createInterface({ input: process.stdin })) {
  process.argv.splice(2, Infinity, ...JSON.parse(line));
  process.exitCode = undefined;
  await runCli();
  process.stdout.write(`${JSON.stringify({ exitStatus: process.exitCode ?? 0 })}\n`);
}
process.exitCode = 0;
