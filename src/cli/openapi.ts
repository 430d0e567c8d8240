import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createApp } from '../app.js';
import { readEnv } from '../config/env.js';
import { newSealingKeys } from '../config/sealing-keys.js';
import { newSigningKey } from '../config/secrets.js';
import { describeApi } from '../openapi/describe-api.js';

const FILE = 'docs/api/openapi.json';

/** `cli openapi`: needs neither a database nor a configuration. */
export function define(command: Command): void {
  command
    .option('--check', 'write nothing; fail when the file is not what the decorators say', false)
    .action(async ({ check }: { check: boolean }) => {
      const document = `${JSON.stringify(await makeDocument(), null, 2)}\n`;
      if (!check) writeFileSync(FILE, document);
      else if (readFileSync(FILE, 'utf8') !== document)
        throw new Error(`${FILE} is stale: run \`npm run openapi\`.`);
    });
}

async function makeDocument(): Promise<object> {
  const random = (): string => randomBytes(32).toString('base64url');
  const env = readEnv({
    DATABASE_URL: 'postgres://nobody@localhost/nowhere',
    LOG_LEVEL: 'silent',
    SECRET_KEY: random(),
    PASSWORD_PEPPER: random(),
    JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
  });
  const app = await createApp(env, { preview: true });
  try {
    return describeApi(app);
  } finally {
    await app.close();
  }
}
