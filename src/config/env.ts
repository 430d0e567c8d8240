import proxyAddr from '@fastify/proxy-addr';
import { createPrivateKey, createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { rateLimits } from './rate-limits.js';
import { sealingKeys } from './sealing-keys.js';
import { ensureSecrets } from './secrets.js';

/** Texts that people leave in configuration files; a secret that contains one was never set. */
const PLACEHOLDER = /change.?me|secret|example|placeholder|default|password|^(.)\1*$/i;

const secret = (bytes: number) =>
  z
    .string()
    .refine((text) => Buffer.byteLength(text) >= bytes, `must be at least ${bytes} bytes`)
    .refine((text) => !PLACEHOLDER.test(text), 'looks like a placeholder, not like random bytes')
    .refine((text) => new Set(text).size >= 10, 'is not random enough');

const postgresUrl = z.string().regex(/^postgres(?:ql)?:\/\//, 'must start with postgres://');
const wholeNumber = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** JSON, as it is or as base64url, which needs no quotes in an environment file (`cli init` writes that). */
const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(/^[\w-]+$/.test(text) ? Buffer.from(text, 'base64url').toString() : text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

/** `name=value,…`, values percent-encoded. */
const pairs = z.string().transform((text, context): Record<string, string> => {
  try {
    return Object.fromEntries(
      text.split(',').map((part) => {
        const [name = '', ...value] = part.split('=');
        if (name.trim() === '' || value.length === 0) throw new Error('no name, or no value');
        return [name.trim(), decodeURIComponent(value.join('=').trim())];
      }),
    );
  } catch {
    context.addIssue({ code: 'custom', message: 'must be name=value, separated by commas' });
    return z.NEVER;
  }
});

const httpOrigin = z
  .string()
  .refine(
    (text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin, like https://app.example.com: scheme, host and port, nothing behind',
  );

/** Whether the server takes these for proxies: addresses, networks, `loopback` and the like. */
function areProxies(places: string[]): boolean {
  try {
    proxyAddr.compile(places);
    return true;
  } catch {
    return false;
  }
}

const SAMPLE = Buffer.from('sample');

/** Whether this is a whole private key whose signatures hold: parts that don't belong together are read without complaint. */
function isPrivateKey(key: JsonWebKey): boolean {
  try {
    const privateKey = createPrivateKey({ key, format: 'jwk' });
    const signature = sign('sha256', SAMPLE, privateKey);
    return verify('sha256', SAMPLE, createPublicKey(privateKey), signature);
  } catch {
    return false;
  }
}

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(8000, 0, 65_535),
  /** Processes that answer, on this machine. */
  WEB_CONCURRENCY: wholeNumber(1, 1, 64),
  /** How long an instance that ends goes on taking requests after it said that it is not ready; 2 in production. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(300).optional(),
  /** Where browsers and integrators reach the service; cookies and absolute links follow it. */
  PUBLIC_ORIGIN: httpOrigin.optional(),
  /** The server to use; unset: the service starts a PostgreSQL of its own in DATA_DIR. */
  DATABASE_URL: postgresUrl.optional(),
  /** The role that owns the tables; used by `cli migrate` and `cli audit archive` alone. */
  MIGRATION_DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: wholeNumber(10, 1, 200),
  DATA_DIR: z.string().min(1).default('.data'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Root of the derived keys for CSRF tokens, refresh successors, rate limits and the audit log's signatures. */
  SECRET_KEY: secret(32),
  /** Key of the HMAC under every password hash. Changing it makes all passwords unusable. */
  PASSWORD_PEPPER: secret(32),
  /** Signing keys of access and refresh tokens: a private JWK Set; the first signs, all verify. */
  JWT_KEYS: json(
    z.object({
      keys: z
        .array(
          z
            .looseObject({
              kty: z.literal('RSA'),
              kid: z.string().min(1),
              n: z.string().min(340),
              d: z.string(),
            })
            .refine(isPrivateKey, 'holds a key that is no whole private key'),
        )
        .min(1),
    }),
  ),
  /** The key ring that provider keys are sealed with: `{"writer": kid, "keys": {kid: base64 of 32 bytes}}`. */
  SEALING_KEYS: json(sealingKeys),
  /** Where calls to providers go instead of the providers, by key type: for tests and the demo alone. */
  PROVIDER_BASE_URLS: json(
    z.partialRecord(z.enum(['H', 'T', 'O', 'W', 'C', 'A', 'P']), httpOrigin),
  ).optional(),
  BCRYPT_COST: wholeNumber(12, 4, 16),
  // Twice the minute in which a use is noted once: shorter, and steady use would not move it.
  SESSION_IDLE_SECONDS: wholeNumber(12 * 3600, 120, 90 * 86_400),
  SESSION_LIFETIME_SECONDS: wholeNumber(14 * 86_400, 60, 365 * 86_400),
  /** Addresses and networks of the proxies in front of us; only their X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .refine(areProxies, 'must list addresses and networks, like 10.0.0.0/8,192.0.2.7'),
  /** Origins of other sites whose pages may read answers. None: no page of another site reads anything. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .pipe(z.array(httpOrigin)),
  /** Limits other than the contract's: `login_account=10/300,refresh=120/60` (count/seconds); the rest keep theirs. */
  RATE_LIMITS: rateLimits,
  METRICS_TOKEN: secret(16).optional(),
  API_DOCS: z.enum(['on', 'off']).optional(),
  /** Where traces go, by OTLP over HTTP; unset: nothing is traced. This and the next three are OpenTelemetry's own names. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** What is sent along, as `name=value,…`: the collector's password, for example. */
  OTEL_EXPORTER_OTLP_HEADERS: pairs.default({}),
  OTEL_SERVICE_NAME: z.string().min(1).default('cryptocomply-auth'),
  /** `tracecontext`: a request goes on with the trace that its `traceparent` names. By default nobody is believed. */
  OTEL_PROPAGATORS: z.enum(['none', 'tracecontext']).default('none'),
});

type Parsed = z.infer<typeof schema>;

/** The configuration: parsed once, frozen, the same object everywhere. */
export type Env = Readonly<Parsed> & {
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
  const parsed = schema.safeParse({ ...made, ...given });
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
  const parsed = schema
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
  const parsed = schema
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
  for (const name of Object.keys(schema.shape)) {
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
