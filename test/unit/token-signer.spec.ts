import jwt from 'jsonwebtoken';
import { createHmac, createPublicKey, createSign } from 'node:crypto';
import { JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../../src/auth/signing-keys.js';
import type { CredentialLookup } from '../../src/auth/lookup/credential-lookup.js';
import { StrategyRefusal } from '../../src/auth/run-strategy.js';
import { JwtStrategy } from '../../src/auth/strategies/jwt.strategy.js';
import type { TokenClaims } from '../../src/auth/tokens/token-claims.js';
import { TokenSigner } from '../../src/auth/tokens/token-signer.js';
import { newRsaKey } from '../../src/config/rsa-key.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { testEnv } from '../support/env.js';

const [first, second] = [newSigningKey(), newSigningKey()];
const keysOf = (...jwks: object[]): SigningKeys =>
  new SigningKeys(testEnv({ JWT_KEYS: JSON.stringify({ keys: jwks }) }));
const keys = keysOf(first, second);
const signer = new TokenSigner(keys);
/** What a token says, `undefined`: it does not open. No state is read. */
const opener = (of: SigningKeys) => {
  const strategy = new JwtStrategy({} as CredentialLookup, of);
  return (token: string): Promise<TokenClaims | undefined> =>
    strategy.open(token).catch((error: unknown) => {
      expect(error).toBeInstanceOf(StrategyRefusal);
      return undefined;
    });
};
const open = opener(keys);

const CLAIMS: TokenClaims = {
  type: 'refresh',
  jti: 'a-jti',
  userId: 7,
  familyId: 9,
  issuedAt: new Date('2023-11-14T22:13:20Z'),
  expiresAt: new Date('2023-11-14T22:18:20Z'),
};

const partsOf = (token: string) =>
  token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A good token with other claims or another header, signed with our own key unless `sign` does it. */
function forged({ header = {}, claims = {}, sign = byUs } = {}): string {
  const [goodHeader, goodClaims] = partsOf(signer.sign(CLAIMS));
  const input = `${base64url({ ...goodHeader, ...header })}.${base64url({ ...goodClaims, ...claims })}`;
  return `${input}.${sign(input)}`;
}
const byUs = (input: string): string =>
  createSign('RSA-SHA256').update(input).sign(keys.signer.privateKey, 'base64url');

it('what was signed opens again, long expired as well: the database’s clock judges that', async () => {
  expect(await open(signer.sign(CLAIMS))).toEqual(CLAIMS);
});

it('the same claims give the same token', () => {
  expect(signer.sign({ ...CLAIMS })).toBe(signer.sign(CLAIMS));
});

it('a token says the algorithm, its key, and for whom it is (B1, B4)', () => {
  const [header, claims] = partsOf(signer.sign(CLAIMS));
  expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: first.kid });
  expect(claims).toMatchObject({ iss: 'cryptocomply', aud: 'cryptocomply-api', user_id: 7, sid: 9 });
  expect([JWT_ISSUER, JWT_AUDIENCE]).toEqual(['cryptocomply', 'cryptocomply-api']);
});

describe('Keys roll (B15)', () => {
  it('the first signs, all verify, and one that was taken out opens nothing', async () => {
    const later = new TokenSigner(keysOf(second, first));
    const token = signer.sign(CLAIMS);
    expect(await opener(keysOf(second, first))(token)).toEqual(CLAIMS);
    expect(await opener(keysOf(second))(token)).toBeUndefined();
    expect(partsOf(later.sign(CLAIMS))[0]).toMatchObject({ kid: second.kid });
  });

  it('the public set holds every key and nothing private', () => {
    expect(keys.jwks).toEqual({
      keys: [first, second].map(({ kid, n }) => ({
        kty: 'RSA',
        n,
        e: 'AQAB',
        kid,
        use: 'sig',
        alg: 'RS256',
      })),
    });
  });
});

describe('What is not signed by us for us does not open (B1, B2, B3)', () => {
  const other = newRsaKey();
  const pem = createPublicKey(keys.signer.privateKey).export({ type: 'spki', format: 'pem' });
  const byAnother = (input: string): string =>
    createSign('RSA-SHA256').update(input).sign(other, 'base64url');
  const byPublicKey = (input: string): string => createHmac('sha256', pem).update(input).digest('base64url');
  const by512 = (input: string): string =>
    createSign('RSA-SHA512').update(input).sign(keys.signer.privateKey, 'base64url');

  it('the forger forges well: unchanged, it opens', async () => {
    expect(await open(forged())).toEqual(CLAIMS);
  });

  it.each<[string, () => string]>([
    ['another issuer', () => forged({ claims: { iss: 'elsewhere' } })],
    ['no issuer', () => forged({ claims: { iss: undefined } })],
    ['another audience', () => forged({ claims: { aud: 'elsewhere' } })],
    ['no audience', () => forged({ claims: { aud: undefined } })],
    ['not valid yet', () => forged({ claims: { nbf: 99_999_999_999 } })],
    ['a claim of the wrong kind', () => forged({ claims: { user_id: '7' } })],
    ['another key under our name', () => forged({ sign: byAnother })],
    ['no signature, alg none', () => forged({ header: { alg: 'none' }, sign: () => '' })],
    ['our public key as an HMAC secret', () => forged({ header: { alg: 'HS256' }, sign: byPublicKey })],
    ['another RSA algorithm, by our key', () => forged({ header: { alg: 'RS512' }, sign: by512 })],
    ['the second key’s name over the first one’s signature', () => forged({ header: { kid: second.kid } })],
    ['an unknown key', () => forged({ header: { kid: 'unknown' } })],
    ['no key', () => forged({ header: { kid: undefined } })],
    ['a key that is no text', () => forged({ header: { kid: [first.kid] } })],
    ['critical extensions', () => forged({ header: { crit: ['exp'] } })],
    ['critical extensions, none', () => forged({ header: { crit: [] } })],
    ['an altered signature', () => `${forged().slice(0, -6)}AAAAAA`],
    ['a part too many', () => `${forged()}.x`],
    [
      'a header that is no object',
      () => ['"text"', 'null', '7', '{', ''].map((h) => Buffer.from(h).toString('base64url')).join('.'),
    ],
    ['null for a header', () => `${Buffer.from('null').toString('base64url')}.e30.x`],
    ['text for a header', () => `${Buffer.from('"kid"').toString('base64url')}.e30.x`],
    ['a header that is no JSON', () => 'e.e30.x'],
    ['nothing', () => ''],
  ])('%s', async (_what, token) => {
    expect(await open(token())).toBeUndefined();
  });

  it('a header’s own key is not looked at: not jwk, not jku, not x5u', async () => {
    const jwk = createPublicKey(other).export({ format: 'jwk' });
    for (const header of [
      { jwk },
      { jku: 'https://elsewhere.test/jwks' },
      { x5u: 'https://elsewhere.test/cert' },
    ]) {
      expect(await open(forged({ header, sign: byAnother }))).toBeUndefined();
      expect(await open(forged({ header: { ...header, kid: undefined }, sign: byAnother }))).toBeUndefined();
    }
  });

  it('a token of jsonwebtoken with the right key and a foreign payload does not open', async () => {
    const options = {
      algorithm: 'RS256',
      keyid: keys.signer.kid,
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
    } as const;
    expect(await open(jwt.sign({ sub: '7' }, keys.signer.privateKey, options))).toBeUndefined();
    expect(
      await open(jwt.sign('text', keys.signer.privateKey, { algorithm: 'RS256', keyid: keys.signer.kid })),
    ).toBeUndefined();
  });
});

it('without a key the service does not start', () => {
  expect(() => new SigningKeys({ ...testEnv(), JWT_KEYS: { keys: [] } })).toThrow('JWT_KEYS holds no key.');
});
