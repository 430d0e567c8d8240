import { readDatabaseEnv } from '../../config/env.js';
import { openDatabase } from '../../database/open-database.js';
import { examineAddress } from '../doctor/address.js';
import { examineDatabase } from '../doctor/database.js';
import type { Finding } from '../doctor/finding.js';
import { examineSecrets } from '../doctor/secrets.js';
import { examineSettings } from '../doctor/settings.js';

/** What there is to say about settings, address, database and secrets. */
export async function examine(): Promise<Finding[]> {
  const { env, findings: ofSettings } = examineSettings();
  const findings = env ? [...ofSettings, await examineAddress(env)] : ofSettings;
  const database = await openDatabase(env ?? readDatabaseEnv());
  try {
    const { DATABASE_URL: url, production } = database.env;
    if (url === undefined) return findings;
    const ofDatabase = await examineDatabase(url, production, env);
    const usable = ofDatabase.every(({ state }) => state !== 'problem');
    const ofSecrets = env && usable ? await examineSecrets({ ...env, DATABASE_URL: url }) : [];
    return [...findings, ...ofDatabase, ...ofSecrets];
  } finally {
    await database.close();
  }
}
