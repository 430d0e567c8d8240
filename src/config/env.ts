import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureSecrets } from './secrets.js';
import { type Settings, settings } from './settings.js';

/** The configuration: parsed once, frozen, the same object everywhere. */
export type Env = Readonly<Settings> & {
  /** No DATABASE_URL: the service brings its own PostgreSQL and its own secrets. */
  readonly embedded: boolean;
  readonly production: boolean;
  readonly DRAIN_SECONDS: number;
};

/** Everything that is wrong with the configuration, by name; the values are never told. */
export class InvalidEnvironment extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironment';
  }
}

/**
 * Reads the configuration from the environment, from files named by `<NAME>_FILE` (as container platforms mount
 * secrets), and, in the embedded mode, from the data folder's own `secrets.json`, which it makes when there is none.
 * Throws InvalidEnvironment with all problems at once.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const problems: string[] = [];
  const given = withFiles(source, problems);
  const embedded = !given.DATABASE_URL;
  const production = given.NODE_ENV === 'production';
  const dataDir = path.resolve(given.DATA_DIR ?? '.data');
  const made = embedded && !production ? ensureSecrets(dataDir) : {};
  const parsed = settings.safeParse({ ...made, ...given });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      problems.push(
        given[name] === undefined && !(name in made) ? `${name} is missing` : `${name}: ${issue.message}`,
      );
    }
  }
  if (parsed.data?.PORT === 0 && !given.PUBLIC_ORIGIN)
    problems.push(
      'PORT: with 0 the system chooses one, and PUBLIC_ORIGIN must say where the service is found',
    );
  if (production) problems.push(...productionProblems(given));
  if (!parsed.success || problems.length > 0) throw new InvalidEnvironment([...new Set(problems)]);
  const { DRAIN_SECONDS = production ? 2 : 0 } = parsed.data;
  return deepFreeze({ ...parsed.data, DRAIN_SECONDS, DATA_DIR: dataDir, embedded, production });
}

/** Whether the reference and the guides are served: unless said otherwise, everywhere but in production. */
export function servesDocs({ API_DOCS, production }: Pick<Env, 'API_DOCS' | 'production'>): boolean {
  return (API_DOCS ?? (production ? 'off' : 'on')) === 'on';
}

/** Where traces go. */
export type TracingEnv = Pick<Env, 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_SERVICE_NAME' | 'OTEL_PROPAGATORS'> &
  Record<'OTEL_EXPORTER_OTLP_ENDPOINT', string>;

/**
 * Reads where traces go and nothing else, for tracing begins before the service is loaded. `undefined`: nowhere, or the
 * settings are wrong, which `readEnv` tells.
 */
export function readTracingEnv(source: NodeJS.ProcessEnv = process.env): TracingEnv | undefined {
  const parsed = settings
    .pick({
      OTEL_EXPORTER_OTLP_ENDPOINT: true,
      OTEL_EXPORTER_OTLP_HEADERS: true,
      OTEL_SERVICE_NAME: true,
      OTEL_PROPAGATORS: true,
    })
    .safeParse(withFiles(source, []));
  const endpoint = parsed.data?.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!parsed.success || endpoint === undefined) return undefined;
  return { ...parsed.data, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
}

/** Whether npm runs this process (`npm start`): then it is to end with npm. */
export function startedByNpm(source: NodeJS.ProcessEnv = process.env): boolean {
  return source['npm_lifecycle_event'] === 'start';
}

/** The two ways to the database, as far as they are set. */
export type DatabaseEnv = Pick<Env, 'embedded' | 'production' | 'DATA_DIR'> &
  Partial<Record<'DATABASE_URL' | 'MIGRATION_DATABASE_URL', string>>;

/**
 * Reads where the database is and nothing else: whoever migrates need not be given what the service seals and signs with.
 * Throws InvalidEnvironment with all problems at once.
 */
export function readDatabaseEnv(source: NodeJS.ProcessEnv = process.env): DatabaseEnv {
  const problems: string[] = [];
  const given = withFiles(source, problems);
  const parsed = settings
    .pick({ NODE_ENV: true, DATA_DIR: true, DATABASE_URL: true, MIGRATION_DATABASE_URL: true })
    .safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`));
  const embedded = !given['DATABASE_URL'] && !given['MIGRATION_DATABASE_URL'];
  const production = given['NODE_ENV'] === 'production';
  if (embedded && production)
    problems.push('MIGRATION_DATABASE_URL is missing: production never runs on the embedded database');
  if (!parsed.success || problems.length > 0) throw new InvalidEnvironment(problems);
  return { ...parsed.data, DATA_DIR: path.resolve(parsed.data.DATA_DIR), embedded, production };
}

/** The secrets that are keys which are rolled. */
export type RolledKeys = 'SEALING_KEYS' | 'JWT_KEYS';

/** Where such keys are kept: the data folder's secrets, a file that `<NAME>_FILE` names, or the variable itself. */
export type KeySource =
  { readonly dataDir: string } | { readonly file: string } | { readonly variable: true };

/** Where `readEnv` found the keys of this environment. */
export function keySource(
  name: RolledKeys,
  { embedded, DATA_DIR: dataDir }: Env,
  source = process.env,
): KeySource {
  if (source[name]) return { variable: true };
  const file = source[`${name}_FILE`];
  if (file) return { file };
  return embedded ? { dataDir } : { variable: true };
}

/** The same configuration, pointed at the database that the embedded mode opened. */
export function withDatabase<E extends DatabaseEnv>(
  env: E,
  { databaseUrl, migrationDatabaseUrl }: Record<'databaseUrl' | 'migrationDatabaseUrl', string>,
): E {
  return Object.freeze({ ...env, DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: migrationDatabaseUrl });
}

/** Production closes what development leaves open. */
function productionProblems(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if (!given.DATABASE_URL)
    problems.push('DATABASE_URL is missing: production never runs on the embedded database');
  if (!given.PUBLIC_ORIGIN) problems.push('PUBLIC_ORIGIN is missing');
  else if (!given.PUBLIC_ORIGIN.startsWith('https://'))
    problems.push('PUBLIC_ORIGIN must be https in production');
  if (given.PROVIDER_BASE_URLS)
    problems.push('PROVIDER_BASE_URLS must not be set: in production calls go to the providers alone');
  if (given.BCRYPT_COST !== undefined && Number(given.BCRYPT_COST) < 10)
    problems.push('BCRYPT_COST must be at least 10 in production');
  return problems;
}

function withFiles(source: NodeJS.ProcessEnv, problems: string[]): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = {};
  for (const name of Object.keys(settings.shape)) {
    const file = source[`${name}_FILE`];
    if (source[name]) given[name] = source[name];
    else if (file) {
      const text = textOf(file);
      if (text === undefined) problems.push(`${name}_FILE names a file that can't be read`);
      given[name] = text;
    }
  }
  return given;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined; // told by its name: what is wrong with it is seen where it lies
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
