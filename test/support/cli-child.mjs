// Run by service-process.ts as a process of its own: a command of the CLI, given as JSON in CLI_ARGUMENTS.
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
process.argv.splice(2, Infinity, ...JSON.parse(process.env.CLI_ARGUMENTS));
const { runCli } = require('../../src/cli/program.ts');
await runCli();
if (process.env.TELL_PACKAGES) {
  const packages = Object.keys(require.cache).flatMap(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  );
  const ofTheService = packages.filter((name) => !name.startsWith('@swc/')); // that compiles it, for tests alone
  console.error(JSON.stringify([...new Set(ofTheService)]));
}
