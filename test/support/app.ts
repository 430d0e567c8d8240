import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.js';
import { type Env, readEnv } from '../../src/config/env.js';
import { newSealingKeys, type SealingKeys } from '../../src/config/sealing-keys.js';
import { assertNoSecret, rememberSecret } from './canary.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { SIGNING_KEYS } from './env.js';
import { Client } from './client.js';
import { WatchedAnswers } from './contract/watched-answers.js';
import { Factory } from './factory.js';

/** The origin that the service under test believes to be reached at; browsers in tests send it as `Origin`. */
export const TEST_ORIGIN = 'http://127.0.0.1:8000';

/** The whole service on real HTTP and a real database of its own. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly env: Env;
  readonly database: TestDatabase;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Makes users, organizations, members and keys. */
  readonly make: Factory;
  /** Sends requests. */
  readonly api: Client;
  /** Everything that this instance has logged. */
  logs(): string;
  /** How many answers this instance has given, each held against the OpenAPI document. */
  answered(): number;
  /** A second instance on the same database, with the same secrets but for the overrides. */
  another(overrides?: Record<string, string>): Promise<TestApp>;
  close(): Promise<void>;
}

/** Suites send from one address what no single caller would; the specs of the limits set their own. */
export const GENEROUS_LIMITS = [
  'login_account',
  'login_address',
  'refresh',
  'diagnose',
  'report_leak',
  'password',
]
  .concat('bad_key', 'provider_check')
  .map((name) => `${name}=100000/60`)
  .join(',');

/** Starts the service; `overrides` are environment variables. Close it in `afterAll`, and with it goes its database. */
export async function startTestApp(
  overrides: Record<string, string> = {},
  ofItsOwn?: TestDatabase,
): Promise<TestApp> {
  const database = ofItsOwn ?? (await createTestDatabase());
  const variables = {
    NODE_ENV: 'test',
    DATABASE_URL: database.databaseUrl,
    PUBLIC_ORIGIN: TEST_ORIGIN,
    PORT: '0',
    LOG_LEVEL: 'info',
    BCRYPT_COST: '4',
    RATE_LIMITS: GENEROUS_LIMITS,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
    JWT_KEYS: SIGNING_KEYS,
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
    ...overrides,
  };
  rememberSecret(variables.SECRET_KEY);
  rememberSecret(variables.PASSWORD_PEPPER);
  const { keys } = JSON.parse(variables.SEALING_KEYS) as SealingKeys;
  for (const key of Object.values(keys)) rememberSecret(key);
  const first = await startInstance(database, variables);
  const close = async (): Promise<void> => {
    await first.close();
    assertNoSecret(await dumpOf(database), 'the database');
    await database.drop();
  };
  return { ...first, close };
}

/** Every row of every table as text: what somebody with a dump has. */
async function dumpOf(database: TestDatabase): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const dumps = await Promise.all(
    tables.map(({ name }) => database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)),
  );
  return dumps
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

async function startInstance(database: TestDatabase, variables: Record<string, string>): Promise<TestApp> {
  const env = readEnv(variables);
  const log: string[] = [];
  const app = await createApp(env, { logTo: { write: (line) => void log.push(line) } });
  const answers = new WatchedAnswers(app);
  try {
    await app.listen(env.PORT, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    env,
    database,
    url,
    make: new Factory(database, env),
    api: new Client(url),
    another: (overrides) => startInstance(database, { ...variables, ...overrides }),
    logs: () => log.join(''),
    answered: () => answers.count,
    close: async () => {
      await app.close();
      answers.assertAllDeclared();
      assertNoSecret(log.join(''), 'the log');
      assertNoSecret(await app.get(Metrics).registry.metrics(), 'the metrics');
    },
  };
}
