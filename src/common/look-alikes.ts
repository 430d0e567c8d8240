import { CONFUSABLE_LETTERS } from './look-alike-letters.js';

/**
 * Letters that are read as a Latin one besides those that Unicode lists (look-alike-letters.ts), by code point: small forms of
 * what it lists as large, the other way round, and what it takes for another letter or for none. What only differs by form,
 * width or accent needs no line, for compatibility decomposition takes that off.
 */
const READ_AS: Readonly<Record<string, string>> = {
  a: '1D00 2C80 2C81',
  b: '044C 0432 03B2 0185 0299 2C82',
  c: '03F2 03F9 0297',
  d: '0500 1D05 00F0',
  e: '03B5 0454 0404 1D07 2C88 025B 0259 0258',
  f: '03DD A730',
  g: '050D 0262',
  h: '04BA 043D 029C 04A3',
  // `i`, `I`, `l`, `1` and `|` are all the same stroke
  l: '0069 0031 007C 029F',
  j: '029D 1D0A 0575',
  k: '043A 03BA 049B 049D 049C 1D0B 0138',
  m: '043C 1D0D',
  n: '043F 0274 014B 0272',
  o: '0030 25CB 00B0',
  p: '1D18 00FE',
  q: '051A',
  r: '0413 0280',
  s: '01BC',
  ss: '00DF 1E9E',
  t: '0442 03C4 1D1B 01AB',
  u: '0446 0265 0289',
  w: '0460 03C9 0448 2CB1',
  x: '03C7 2CAD 04B3',
  z: '2C8C',
};

/** Where Unicode has the alphabet once more, as signs that don't decompose: white on black, round and square, and flags. */
const ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];

const LATIN = new Map([
  ...[CONFUSABLE_LETTERS, READ_AS]
    .flatMap(Object.entries<string>)
    .flatMap(([letter, points]) =>
      points.split(' ').map((point) => [String.fromCodePoint(parseInt(point, 16)), letter] as const),
    ),
  ...ALPHABETS.flatMap((first) =>
    [...'abcdefghijklmnopqrstuvwxyz'].map(
      (letter, at) => [String.fromCodePoint(first + at), letter] as const,
    ),
  ),
]);

/** Accents and everything that is drawn by nothing of its own; also two signs that are drawn blank. */
const UNSEEN = /[\p{M}\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}]/gu;

/**
 * What a name looks like: two names with the same skeleton can be taken for each other. Without regard to case, accents,
 * white space, invisible characters and the script that a letter is of. Only good for comparing: it is no name itself.
 */
export function skeletonOf(name: string): string {
  return [...name.normalize('NFKD').replace(UNSEEN, '')]
    .map((char) => LATIN.get(char) ?? LATIN.get(char.toUpperCase()) ?? char.toLowerCase())
    .map((char) => LATIN.get(char) ?? char)
    .join('')
    .replace(/\s+/gu, ' ')
    .trim()
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}
