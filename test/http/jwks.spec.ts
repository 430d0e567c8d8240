import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { JWT_AUDIENCE, JWT_ISSUER } from '../../src/auth/signing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { logInForTokens } from '../support/log-in.js';
import { decoded } from '../support/tokens.js';

const [oldKey, newKey] = [newSigningKey(), newSigningKey()];
const keys = (...list: Record<string, unknown>[]): { JWT_KEYS: string } => ({
  JWT_KEYS: JSON.stringify({ keys: list }),
});

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp(keys(oldKey));
});
afterAll(() => test.close());

const jwks = (at: TestApp): Promise<Answer> => at.api.get('/.well-known/jwks.json');
const me = (at: TestApp, bearer: string): Promise<Answer> => at.api.as({ bearer }).get('/api/auth/me/');
const kidOf = (token: string): unknown => decoded(token).header.kid;

describe('GET /.well-known/jwks.json', () => {
  it('gives the public halves alone, to anyone, whatever they send', async () => {
    const answer = await test.api.with({ authorization: 'Bearer nonsense' }).get('/.well-known/jwks.json');
    expect(answer).toMatchObject({ status: 200 });
    const { n, e, kid } = oldKey;
    expect(answer.body).toEqual({ keys: [{ kty: 'RSA', n, e, kid, use: 'sig', alg: 'RS256' }] });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('lets others verify an access token with a stock library', async () => {
    const user = await test.make.user();
    const { bearer } = await logInForTokens(test, user);
    const set = createLocalJWKSet((await jwks(test)).body as JSONWebKeySet);
    const { payload } = await jwtVerify(bearer, set, {
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ user_id: user.id, token_type: 'access' });
  });
});

describe('rolling the signing key (B15)', () => {
  it('the new key is published first, then signs while the old one verifies, then the old one is gone', async () => {
    const announced = await test.another(keys(oldKey, newKey));
    const signing = await test.another(keys(newKey, oldKey));
    const rolled = await test.another(keys(newKey));
    const user = await test.make.user();
    const old = await logInForTokens(test, user);
    expect(kidOf(old.bearer)).toBe(oldKey.kid);

    for (const at of [announced, signing]) {
      const published = (await jwks(at)).body.keys.map(({ kid }: { kid: string }) => kid);
      expect(published.sort()).toEqual([oldKey.kid, newKey.kid].sort());
      expect(await me(at, old.bearer)).toMatchObject({ status: 200 });
    }
    const next = await signing.api.post('/api/auth/token/refresh/', { refresh: old.refresh });
    expect(next.status).toBe(200);
    expect([kidOf(next.body.access), kidOf(next.body.refresh)]).toEqual([newKey.kid, newKey.kid]);
    for (const at of [announced, signing, rolled]) {
      expect(await me(at, next.body.access)).toMatchObject({ status: 200 });
    }
    expect(await me(rolled, old.bearer)).toMatchObject({ status: 401, body: { code: 'token_not_valid' } });
    for (const at of [announced, signing, rolled]) await at.close();
  });

  it('costs nobody a valid token while requests go on', async () => {
    const stages = [keys(oldKey), keys(oldKey, newKey), keys(newKey, oldKey), keys(newKey, oldKey)];
    let { bearer, refresh } = await logInForTokens(test, await test.make.user());
    for (const stage of stages) {
      const at = await test.another(stage);
      const statuses = await Promise.all(Array.from({ length: 20 }, () => me(at, bearer)));
      expect(statuses.map(({ status }) => status)).toEqual(statuses.map(() => 200));
      const answer = await at.api.post('/api/auth/token/refresh/', { refresh });
      expect(answer.status).toBe(200);
      ({ access: bearer, refresh } = answer.body);
      await at.close();
    }
    expect(kidOf(bearer)).toBe(newKey.kid);
  });
});

describe('weak signing keys and secrets (B3)', () => {
  it.each<[string, Record<string, string>]>([
    ['SECRET_KEY', { SECRET_KEY: '' }],
    ['SECRET_KEY', { SECRET_KEY: 'secret' }],
    ['SECRET_KEY', { SECRET_KEY: 'kX9vQ2mZ7pL4rT8wN3bY6cJ1hF5gD0s' }],
    ['SECRET_KEY', { SECRET_KEY: 'x'.repeat(64) }],
    ['JWT_KEYS', { JWT_KEYS: '' }],
    ['JWT_KEYS', keys()],
    ['JWT_KEYS', keys({ kty: 'oct', kid: 'a', k: 'AAAA' })],
    ['JWT_KEYS', keys({ ...oldKey, n: 'AQAB' })],
    ['JWT_KEYS', keys({ ...oldKey, kid: '' })],
  ])('keep the service from starting: %s, case %#, named without its value', async (name, override) => {
    const problem: unknown = await test.another(override).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Error);
    const { message } = problem as Error;
    expect(message).toContain(name);
    for (const value of Object.values(override)) if (value.length > 4) expect(message).not.toContain(value);
  });
});
