import proxyAddr from '@fastify/proxy-addr';
import { createPrivateKey, createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { rateLimits } from './rate-limits.js';
import { sealingKeys } from './sealing-keys.js';

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

/** Every setting: its name in the environment, what it must be, and its default. docs/operations.md tells operators of each. */
export const settings = z.object({
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
  /** The public keys that verify what earlier SECRET_KEYs signed in the audit log, as `cli audit public-keys` tells them. */
  AUDIT_PUBLIC_KEYS: json(
    z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string().regex(/^[\w-]{43}$/, 'must be the 32 bytes of a public key, as base64url'),
        kid: z.string().min(1),
      }),
    ),
  ).default([]),
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

/** The settings as they were read. */
export type Settings = z.infer<typeof settings>;
