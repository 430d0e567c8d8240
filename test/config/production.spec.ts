import { InvalidEnvironment, readEnv } from '../../src/config/env.js';
import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { Client } from '../support/client.js';
import { startTestApp } from '../support/app.js';

const good = (): Record<string, string> => ({
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://nobody@localhost/nowhere',
  PUBLIC_ORIGIN: 'https://auth.example.com',
  SECRET_KEY: randomText(43),
  PASSWORD_PEPPER: randomText(43),
  JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
  SEALING_KEYS: JSON.stringify(newSealingKeys()),
});

function problemsOf(source: Record<string, string | undefined>): readonly string[] {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    return (error as InvalidEnvironment).problems;
  }
}

describe('A production configuration (M3)', () => {
  it('that is complete is taken', () => {
    expect(problemsOf(good())).toEqual([]);
    expect(readEnv(good())).toMatchObject({ production: true, embedded: false });
  });

  it.each(['DATABASE_URL', 'PUBLIC_ORIGIN', 'SECRET_KEY', 'PASSWORD_PEPPER', 'JWT_KEYS', 'SEALING_KEYS'])(
    'without %s is refused, and makes nothing up',
    (name) => {
      expect(problemsOf({ ...good(), [name]: undefined })).toEqual([
        expect.stringContaining(`${name} is missing`),
      ]);
    },
  );

  it.each([
    ['SECRET_KEY', 'short'],
    ['SECRET_KEY', 'changeme-changeme-changeme-changeme-changeme'],
    ['SECRET_KEY', 'a'.repeat(64)],
    ['PASSWORD_PEPPER', 'this-is-the-example-pepper-of-the-documentation'],
    ['PUBLIC_ORIGIN', 'http://auth.example.com'],
    ['PUBLIC_ORIGIN', 'https://auth.example.com/api'],
    ['DATABASE_URL', 'mysql://nobody:hunter2hunter2@localhost/nowhere'],
    ['JWT_KEYS', '{"keys":[]}'],
    ['JWT_KEYS', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'],
    ['JWT_KEYS', 'not-json-but-something-secret'],
    ['SEALING_KEYS', '{"writer":"k1","keys":{"k1":"c2hvcnQta2V5"}}'],
    ['BCRYPT_COST', '4'],
    ['PROVIDER_BASE_URLS', '{"H":"http://127.0.0.1:4701"}'],
    ['METRICS_TOKEN', 'short-token'],
    ['PORT', '70000'],
    ['DATABASE_POOL_SIZE', 'many'],
    ['RATE_LIMITS', 'login_account=no-such-limit'],
  ])('with %s as %j is refused by name, and the value is not told', (name, value) => {
    const problems = problemsOf({ ...good(), [name]: value });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.startsWith(name))).toBe(true);
    if (value.length > 8) expect(problems.join('\n')).not.toContain(value);
  });

  it('with many things wrong: all are listed at once, with none of the values', () => {
    const wrong = {
      ...good(),
      SECRET_KEY: 'changeme-1f0c5d8e',
      PASSWORD_PEPPER: 'password-77ab01',
      PUBLIC_ORIGIN: 'http://here.example.com',
      SEALING_KEYS: 'no-json-93fe',
      BCRYPT_COST: '5',
      PORT: 'eighty',
    };
    const problems = problemsOf(wrong);
    const names = new Set(problems.map((problem) => problem.split(/[: ]/, 1)[0]));
    expect(names).toEqual(
      new Set(['SECRET_KEY', 'PASSWORD_PEPPER', 'PUBLIC_ORIGIN', 'SEALING_KEYS', 'BCRYPT_COST', 'PORT']),
    );
    const { message } = new InvalidEnvironment(problems);
    for (const value of [
      'changeme-1f0c5d8e',
      'password-77ab01',
      'no-json-93fe',
      'here.example.com',
      'eighty',
    ])
      expect(message).not.toContain(value);
  });
});

it('in production the API’s documentation and the metrics are not there, unless metrics are asked for with their token (M2)', async () => {
  const production = { NODE_ENV: 'production', PUBLIC_ORIGIN: 'https://auth.example.com', BCRYPT_COST: '10' };
  const METRICS_TOKEN = randomText(32);
  const test = await startTestApp();
  const closed = await test.another(production);
  const watched = await test.another({ ...production, METRICS_TOKEN });
  for (const path of ['/api/docs/', '/api/schema/', '/api/docs/scalar.js', '/api/docs/page.js', '/metrics'])
    expect({ path, status: (await new Client(closed.url).get(path)).status }).toEqual({ path, status: 404 });
  const metrics = new Client(watched.url);
  expect((await metrics.get('/metrics')).status).toBe(404);
  expect((await metrics.as({ bearer: randomText(32) }).get('/metrics')).status).toBe(404);
  expect((await metrics.as({ bearer: METRICS_TOKEN }).get('/metrics')).status).toBe(200);
  const lowerCase = metrics.with({ authorization: `bearer ${METRICS_TOKEN}` });
  expect((await lowerCase.get('/metrics')).status).toBe(200);
  await watched.close();
  await closed.close();
  await test.close();
});
