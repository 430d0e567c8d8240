import fc from 'fast-check';
import { KEY_TYPES, type KeyType } from '../../src/access/key-types.js';
import { readSettings } from '../../src/provider-keys/provider-settings.js';
import { secretProblem, secretWarnings, splitPair } from '../../src/provider-keys/secret-form.js';

const UUID = '5f1c1d0e-7a4b-4c0b-9d2e-c0ffee000000';

test('any visible ASCII of 8 to 512 bytes can be stored', () => {
  const visible = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCodePoint(code)),
    minLength: 8,
    maxLength: 512,
  });
  fc.assert(
    fc.property(visible, fc.constantFrom(...KEY_TYPES.filter((type) => type !== 'W')), (secret, keyType) => {
      fc.pre(!/^sk-admin-/i.test(secret));
      expect(secretProblem(keyType, secret)).toBeUndefined();
    }),
  );
});

const NOT_VISIBLE = 'Spaces, control characters and non-ASCII characters are not allowed.';
const TOO_SHORT = 'Ensure this field has at least 8 characters.';
const TWO_PARTS = 'World-Check takes two parts: keyId:secret, or clientId:clientSecret.';

// With a colon each, so that for World-Check, too, there is no other reason.
test.each([
  ['id:abc\r\ndef12', NOT_VISIBLE],
  ['id:abc def12', NOT_VISIBLE],
  ['id:abcdef12\n', NOT_VISIBLE],
  ['id:abcdef\u0000123', NOT_VISIBLE],
  ['id:schlüssel', NOT_VISIBLE],
  ['id:abcdef1\u007f', NOT_VISIBLE],
  ['id:aaaa', TOO_SHORT],
  ['', TOO_SHORT],
  [`id:${'a'.repeat(510)}`, 'Ensure this field has no more than 512 characters.'],
])('the secret %j is refused by every type in words that tell why, and never quote it', (secret, problem) => {
  for (const keyType of KEY_TYPES)
    expect([keyType, secretProblem(keyType, secret)]).toEqual([keyType, problem]);
});

test.each<[KeyType, string, string]>([
  ['W', 'no-colon-here', TWO_PARTS],
  ['A', 'sk-admin-0123456789', 'Admin keys are not accepted.'],
  ['A', 'SK-Admin-0123456789', 'Admin keys are not accepted.'],
])('%s %s is refused in words that tell why', (keyType, secret, problem) => {
  expect(secretProblem(keyType, secret)).toBe(problem);
});

test('a secret of exactly 8 or 512 bytes can be stored, and what is OpenAI’s alone is refused to OpenAI alone', () => {
  for (const secret of ['a'.repeat(8), 'a'.repeat(512), 'sk-admin-0123456789']) {
    expect(secretProblem('H', secret)).toBeUndefined();
  }
});

test('a World-Check secret is split at the first colon, and both halves are needed', () => {
  expect(splitPair('id:secret:with:colons')).toEqual({ id: 'id', secret: 'secret:with:colons' });
  for (const bad of ['no-colon', ':secret12', 'id-alone:', '::::::::', 'i"d:secret12', 'i\\d:secret12']) {
    expect(splitPair(bad)).toBeUndefined();
    expect(secretProblem('W', bad)).toBe(TWO_PARTS);
  }
  expect(splitPair(':')).toBeUndefined();
});

test.each<[KeyType, string, boolean]>([
  ['H', 'abcdefgh', false],
  ['H', 'a'.repeat(15), false],
  ['H', 'a'.repeat(16), true],
  ['H', 'a'.repeat(256), true],
  ['H', 'a'.repeat(257), false],
  ['H', UUID, true],
  ['T', UUID, true],
  ['T', 'something-else', false],
  ['T', UUID.toUpperCase(), true],
  ['T', `x${UUID}`, false],
  ['T', `${UUID}x`, false],
  ['O', 'anything1', true],
  ['C', 'anything1', true],
  ['W', `${UUID}:secret`, true],
  ['W', 'short-id:secret', false],
  ['A', 'sk-proj-abc_DEF-123', true],
  ['A', 'sk-svcacct-abc', true],
  ['A', 'sk-service-abc', true],
  ['A', 'xsk-proj-abc', false],
  ['A', 'sk-proj-abc.', false],
  ['A', `sk-${'aB3'.repeat(6)}xyT3BlbkFJ${'aB3'.repeat(6)}xy`, true],
  ['A', `xsk-${'aB3'.repeat(6)}xyT3BlbkFJ${'aB3'.repeat(6)}xy`, false],
  ['A', `sk-${'aB3'.repeat(6)}xyT3BlbkFJ${'aB3'.repeat(6)}xyz`, false],
  ['A', 'pplx-abc', false],
  ['P', `pplx-${'a'.repeat(48)}`, true],
  ['P', `xpplx-${'a'.repeat(48)}`, false],
  ['P', `pplx-${'a'.repeat(49)}`, false],
  ['P', 'sk-proj-abc', false],
])('%s %s: looks right is %s; a shape warns and never refuses', (keyType, secret, right) => {
  expect(secretWarnings(keyType, secret, {})).toHaveLength(right ? 0 : 1);
  expect(secretProblem(keyType, secret)).toBeUndefined();
});

test.each<[KeyType, string, string]>([
  ['H', 'too-short', 'a Chainalysis key'],
  ['T', 'no-uuid-at-all', 'a TRM key'],
  ['W', 'short-id:secret', 'a World-Check API key id'],
  ['W', 'no-pair-at-all', 'a World-Check API key id'],
  ['A', 'no-key-at-all', 'an OpenAI key'],
  ['P', 'no-key-at-all', 'a Perplexity key'],
])('the warning about %s %s names what was expected: %s', (keyType, secret, name) => {
  expect(secretWarnings(keyType, secret, {})).toEqual([`This does not look like ${name}.`]);
});

test('an On Demand client id has no known shape', () => {
  expect(secretWarnings('W', 'client:secret', { product: 'on_demand' })).toEqual([]);
});

describe('settings', () => {
  test.each<[KeyType, object, object]>([
    ['H', {}, { product: 'sanctions' }],
    ['H', { product: 'kyt' }, { product: 'kyt' }],
    ['W', { group_id: 'g-1' }, { product: 'one', group_id: 'g-1' }],
    ['W', { product: 'on_demand' }, { product: 'on_demand' }],
    ['A', { organization: 'org-1', project: 'proj_1' }, { organization: 'org-1', project: 'proj_1' }],
    ['P', {}, {}],
  ])('%s %j reads as %j', (keyType, given, settings) => {
    expect(readSettings(keyType, given as Record<string, unknown>)).toEqual({ settings });
  });

  test.each<[KeyType, string, unknown]>([
    ['H', 'product', 'one'],
    ['H', 'group_id', 'g-1'],
    ['W', 'product', null],
    ['W', 'group_id', 'a/b'],
    ['W', 'group_id', 'a\nb'],
    ['A', 'organization', ''],
    ['A', 'project', 'x'.repeat(129)],
    ['A', 'base_url', 'http://evil.example'],
    ['P', '__proto__x', 'y'],
    ['P', 'constructor', 'y'],
  ])('%s refuses %s = %j under its name', (keyType, name, value) => {
    expect(readSettings(keyType, { [name]: value })).toEqual({ errors: { [name]: [expect.any(String)] } });
  });
});
