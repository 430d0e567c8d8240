import { readClaims, writeClaims } from '../../src/auth/tokens/token-claims.js';

const PAYLOAD = {
  token_type: 'access',
  jti: 'a-jti',
  iat: 1_700_000_000,
  exp: 1_700_000_300,
  user_id: 7,
  sid: 9,
};
const CLAIMS = {
  type: 'access',
  jti: 'a-jti',
  userId: 7,
  familyId: 9,
  issuedAt: new Date('2023-11-14T22:13:20Z'),
  expiresAt: new Date('2023-11-14T22:18:20Z'),
} as const;

it('claims are read as they were written, of either type', () => {
  expect(readClaims(PAYLOAD)).toEqual(CLAIMS);
  expect(writeClaims(CLAIMS)).toEqual(PAYLOAD);
  expect(readClaims(writeClaims({ ...CLAIMS, type: 'refresh' }))).toEqual({ ...CLAIMS, type: 'refresh' });
});

it('the same claims give the same bytes', () => {
  expect(JSON.stringify(writeClaims({ ...CLAIMS }))).toBe(JSON.stringify(PAYLOAD));
});

it('claims that others add are passed over', () => {
  expect(readClaims({ ...PAYLOAD, is_staff: true, iss: 'x' })).toEqual(CLAIMS);
});

it.each([
  ['jti', 'x'],
  ['jti', 'x'.repeat(64)],
  ['user_id', 1],
  ['user_id', 2_147_483_647],
  ['sid', 1],
  ['sid', 2_147_483_647],
  ['exp', 1_700_000_000.5],
  ['exp', 99_999_999_999],
  ['iat', 0.001],
])('%s = %j is taken', (name, value) => {
  expect(readClaims({ ...PAYLOAD, [name]: value })).toBeDefined();
});

const NO_ID = [undefined, null, 0, -1, 1.5, '7', true, 2_147_483_648, Number.NaN, Infinity, [7], {}];
const NO_TIME = [undefined, null, 0, -1, '1700000000', true, 100_000_000_000, Number.NaN, Infinity, [1], {}];
it.each([
  ...[undefined, null, '', 'Access', 'sliding', 'accessx', 1].map((value) => ['token_type', value]),
  ...[undefined, null, '', 7, 'x'.repeat(65), ['a-jti'], {}].map((value) => ['jti', value]),
  ...NO_ID.flatMap((value) => ['user_id', 'sid'].map((name) => [name, value])),
  ...NO_TIME.flatMap((value) => ['iat', 'exp'].map((name) => [name, value])),
] as [string, unknown][])('%s = %p is no token of ours (B5)', (name, value) => {
  expect(readClaims({ ...PAYLOAD, [name]: value })).toBeUndefined();
});

it.each([null, undefined, 'text', 7, true, []])(
  'the payload %p is no token of ours, and no error',
  (payload) => {
    expect(readClaims(payload)).toBeUndefined();
  },
);
