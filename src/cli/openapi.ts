import type { Command } from 'commander';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'docs/api/openapi.json';

/** `cli openapi`: needs neither a database nor a configuration. */
export function define(command: Command): void {
  command
    .option('--check', 'write nothing; fail when the file is not what the decorators say', false)
    .addHelpText('after', '\nExamples:\n  cli openapi\n  cli openapi --check')
    .action(async ({ check }: { check: boolean }) => {
      const { makeDocument } = await import('./actions/openapi.js');
      const document = `${JSON.stringify(await makeDocument(), null, 2)}\n`;
      if (!check) writeFileSync(FILE, document);
      else if (readFileSync(FILE, 'utf8') !== document)
        throw new Error(`${FILE} is stale: run \`npm run openapi\`.`);
    });
}
