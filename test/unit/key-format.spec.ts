import fc from 'fast-check';
import { newKey, parseKey, PREFIX } from '../../src/api-access-keys/key-format.js';

const SHAPE = /^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/;

it('100,000 keys have the shape, no two are alike, and every letter is as likely as any other (A1)', () => {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (let i = 0; i < 100_000; i += 1) {
    const { prefix, text } = newKey();
    if (!SHAPE.test(text) || !text.startsWith(`${prefix}.`)) throw new Error(`Not a key: ${text}`);
    seen.add(text);
    for (const letter of text.replace('.', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(seen.size).toBe(100_000);
  expect(counts.size).toBe(62);
  const expected = (100_000 * 40) / 62;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 61 degrees of freedom: beyond 130 once in a million runs; taking bytes modulo 62 would give some 15,000
  expect(chiSquare).toBeLessThan(130);
});

it('whatever the text, parsing never throws, and accepts exactly what has the shape (A7)', () => {
  const nearly = fc.tuple(
    fc.string({ minLength: 7, maxLength: 9 }),
    fc.string({ minLength: 31, maxLength: 33 }),
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    nearly.map(([prefix, secret]) => `${prefix}.${secret}`),
    fc.stringMatching(SHAPE),
    fc.constant('x'.repeat(1_000_000)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const key = parseKey(text);
      expect(key !== undefined).toBe(SHAPE.test(text) && text.length === 41);
      if (key) expect(key).toEqual({ prefix: text.slice(0, 8), text });
    }),
    { numRuns: 2_000 },
  );
});

it('a key with anything before, after or beside it is none, and neither is a prefix (A7)', () => {
  const { prefix, text } = newKey();
  expect(parseKey(text)).toEqual({ prefix, text });
  expect(PREFIX.test(prefix)).toBe(true);
  for (const more of ['x', ' ', '\n', '.', '\u0000', 'ä']) {
    for (const near of [`${more}${text}`, `${text}${more}`]) expect(parseKey(near)).toBeUndefined();
    for (const near of [`${more}${prefix}`, `${prefix}${more}`]) expect(PREFIX.test(near)).toBe(false);
    if (more !== 'x') expect(PREFIX.test(`${more}${prefix.slice(1)}`)).toBe(false);
  }
  for (const near of [prefix, prefix.slice(1), '', '........']) expect(parseKey(near)).toBeUndefined();
});
