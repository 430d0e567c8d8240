import fc from 'fast-check';
import { KEY_TYPES } from '../../src/access/key-types.js';
import { isMask, maskOf } from '../../src/provider-keys/mask.js';

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 512,
});

it('of any secret at most min(4, length − 12) characters show, at its end, and the mask is as long as any other (I7, T20)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KEY_TYPES), visible, (keyType, secret) => {
      const mask = maskOf(keyType, secret);
      expect(mask).toHaveLength(16);
      expect(mask.slice(0, 12)).toBe('*'.repeat(12));
      const shown = mask.slice(12) === '****' ? '' : mask.slice(12);
      expect(shown.length).toBeLessThanOrEqual(Math.max(0, Math.min(4, secret.length - 12)));
      if (keyType !== 'W') expect(secret.endsWith(shown)).toBe(true);
      expect(isMask(mask)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('of a pair nothing of the secret half shows, whatever the lengths', () => {
  fc.assert(
    fc.property(visible, visible, (left, right) => {
      const id = left.replace(/[:"\\]/g, 'x');
      const mask = maskOf('W', `${id}:${right}`);
      expect(mask).toBe(maskOf('H', id));
    }),
  );
});

it.each([
  ['H', 'abcdefghijklWXYZ', '************WXYZ'],
  ['H', 'abcdefghijklmWXYZ', '************WXYZ'],
  ['H', 'abcdefghijkWXYZ', '****************'],
  ['H', 'a:bcdefghijkWXYZ', '************WXYZ'],
  ['W', 'abcdefghijklWXYZ:the-secret-half', '************WXYZ'],
  ['W', 'abcdefghijkWXYZ:the-secret-half', '****************'],
  ['W', 'a-secret-that-is-no-pair', '****************'],
] as const)('%s %s is shown as %s', (keyType, secret, mask) => {
  expect(maskOf(keyType, secret)).toBe(mask);
});

it.each([
  ['************WXYZ', true],
  ['****************', true],
  ['abcdefghijklWXYZ', false],
  ['abcd************', false],
  ['************WXY', false],
  ['************VWXYZ', false],
  ['***********aWXYZ', false],
  ['', false],
])('%j is a mask: %s', (text, mask) => {
  expect(isMask(text)).toBe(mask);
});
