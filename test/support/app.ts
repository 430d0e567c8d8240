import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.js';
import { type Env, readEnv } from '../../src/config/env.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { Client } from './client.js';
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
  /** A second instance on the same database, with the same secrets. */
  another(): Promise<TestApp>;
  close(): Promise<void>;
}

const signingKeys = JSON.stringify({ keys: [newSigningKey()] });

/** Starts the service; `overrides` are environment variables. Close it in `afterAll`. */
export async function startTestApp(overrides: Record<string, string> = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const variables = {
    NODE_ENV: 'test',
    DATABASE_URL: database.databaseUrl,
    PUBLIC_ORIGIN: TEST_ORIGIN,
    PORT: '0',
    LOG_LEVEL: 'silent',
    BCRYPT_COST: '4',
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
    JWT_KEYS: signingKeys,
    ...overrides,
  };
  const first = await startInstance(database, variables);
  return { ...first, close: () => first.close().finally(() => database.drop()) };
}

async function startInstance(database: TestDatabase, variables: Record<string, string>): Promise<TestApp> {
  const env = readEnv(variables);
  const app = await createApp(env);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    env,
    database,
    url,
    make: new Factory(database, env),
    api: new Client(url),
    another: () => startInstance(database, variables),
    close: () => app.close(),
  };
}
