import { randomBytes } from 'node:crypto';
import { createApp } from '../../app.js';
import { readEnv } from '../../config/env.js';
import { newSealingKeys } from '../../config/sealing-keys.js';
import { newSigningKey } from '../../config/secrets.js';
import { describeApi } from '../../openapi/describe-api.js';

/** The API document, from the decorators alone. */
export async function makeDocument(): Promise<object> {
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
