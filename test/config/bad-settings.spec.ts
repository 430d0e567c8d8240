import { InvalidEnvironment, readEnv } from '../../src/config/env.js';
import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { randomText } from '../../src/common/crypto/random-text.js';

const GOOD = {
  DATABASE_URL: 'postgres://nobody@localhost/nowhere',
  SECRET_KEY: randomText(43),
  PASSWORD_PEPPER: randomText(43),
  JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
  SEALING_KEYS: JSON.stringify(newSealingKeys()),
};

const withoutExponent = { ...newSigningKey(), e: undefined };
const withoutPrime = { ...newSigningKey(), p: undefined };
const NUMBERS = ['many', '-1', '1.5', '1e99', 'NaN', '0x'];
const ORIGINS = [
  '*',
  'null',
  'localhost',
  'auth.example.com',
  'ftp://a.example',
  'https://a.example/',
  'https://a b',
];

const BAD: Readonly<Record<string, readonly string[]>> = {
  NODE_ENV: ['prod'],
  PORT: [...NUMBERS, '65536'],
  WEB_CONCURRENCY: [...NUMBERS, '0'],
  DRAIN_SECONDS: ['soon', '-1', '301'],
  PUBLIC_ORIGIN: ORIGINS,
  DATABASE_URL: ['mysql://localhost/x', 'localhost'],
  MIGRATION_DATABASE_URL: ['mysql://localhost/x'],
  DATABASE_POOL_SIZE: NUMBERS,
  LOG_LEVEL: ['loud'],
  SECRET_KEY: ['short', 'a'.repeat(64)],
  PASSWORD_PEPPER: ['short', 'changeme'.repeat(8)],
  JWT_KEYS: [
    'x',
    '{}',
    'null',
    '{"keys":[]}',
    JSON.stringify({ keys: [withoutExponent] }),
    JSON.stringify({ keys: [withoutPrime] }),
    JSON.stringify({ keys: [{ ...withoutPrime, p: 'AAAA' }] }),
  ],
  SEALING_KEYS: ['x', '{}', 'null', '{"writer":"a","keys":{}}'],
  PROVIDER_BASE_URLS: [
    'x',
    'null',
    '[]',
    '{"Z":"http://127.0.0.1"}',
    ...ORIGINS.map((H) => JSON.stringify({ H })),
  ],
  BCRYPT_COST: [...NUMBERS, '3', '17'],
  SESSION_IDLE_SECONDS: NUMBERS,
  SESSION_LIFETIME_SECONDS: NUMBERS,
  TRUSTED_PROXIES: ['foo', '10.0.0.0/33', '10.0.0.1,proxy.example', '10.0.0.0/-1', '::1/129', '*'],
  CORS_ORIGINS: [...ORIGINS, 'https://a.example,*'],
  RATE_LIMITS: ['login=1', 'login_account=0/1', 'login_account=1'],
  METRICS_TOKEN: ['short', 'a'.repeat(32)],
  API_DOCS: ['yes'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['localhost', 'ftp://a.example', '*'],
  OTEL_EXPORTER_OTLP_HEADERS: ['x', '=y', 'a=%zz'],
  OTEL_PROPAGATORS: ['b3'],
};

it.each(Object.entries(BAD).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  'the setting %s is refused by its name (%#), each problem in a line, and nothing else is',
  (name, value) => {
    const read = (): unknown => readEnv({ ...GOOD, [name]: value });
    expect(read).toThrow(InvalidEnvironment);
    expect(read).toThrow(
      new RegExp(String.raw`^The configuration is not usable:(?:\n {2}- ${name}: [^\n]+)+$`),
    );
  },
);

it.each([
  ['TRUSTED_PROXIES', '10.0.0.0/8, ::1,loopback'],
  ['CORS_ORIGINS', 'https://a.example,http://localhost:3000'],
  ['PUBLIC_ORIGIN', 'http://[::1]:8000'],
])('the setting %s=%j is taken', (name, value) => {
  expect(() => readEnv({ ...GOOD, [name]: value })).not.toThrow();
});

it('a port that the system chooses is refused unless PUBLIC_ORIGIN says where the service is found', () => {
  expect(() => readEnv({ ...GOOD, PORT: '0' })).toThrow(
    /^The configuration is not usable:\n {2}- PORT: with 0 [^\n]+$/,
  );
  expect(readEnv({ ...GOOD, PORT: '0', PUBLIC_ORIGIN: 'https://auth.example.com' }).PORT).toBe(0);
});
