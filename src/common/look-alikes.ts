/**
 * Letters that are read as a Latin one, by code point: Greek, Cyrillic, Armenian, Coptic, Cherokee, Lisu, phonetic. A choice
 * of what Unicode's confusables.txt (UTS 39) lists for Latin letters; what only differs by form, width or accent needs no
 * line, for compatibility decomposition takes that off.
 */
const READ_AS: Readonly<Record<string, string>> = {
  a: '0430 0410 0251 03B1 0391 1D00 13AA A4EE 237A 2C80 2C81',
  ae: '00E6 04D5 04D4',
  b: '044C 042C 0432 0412 0392 03B2 0184 0185 0253 0299 13F4 A4D0 2C82',
  c: '0441 0421 03F2 03F9 1D04 13DF A4DA 2CA4 2CA5 0297',
  d: '0501 0500 0111 0256 0257 1D05 13A0 A4D3 0256 00F0',
  e: '0435 0415 0395 03B5 0454 0404 04BD 1D07 13AC A4F0 2C88 025B 0259 0258 212E',
  f: '0192 03DD 03DC A4DD 0584 A730 0493',
  g: '0261 0581 050D 050C 13C0 A4D6 0262 01E5 0260',
  h: '04BB 04BA 043D 041D 0397 0570 13BB A4E7 029C 0127 0266 2C8E 04A3 04A2',
  // `i`, `I`, `l`, `1` and `|` are all the same stroke
  l: '0069 0031 007C 0456 0406 0399 03B9 04C0 04CF 0131 0269 026A 01C0 0142 026B 13A5 13DE A4F2 A4E1 029F 2C92 05C0 05DF 0627 0661 06F1 0268 026D 019A 2223',
  j: '0458 0408 03F3 037F 029D 1D0A 13AB A4D9 0575',
  k: '043A 041A 03BA 039A 049B 049A 049D 049C 1D0B 13E6 A4D7 0138 2C94 0199',
  m: '043C 041C 039C 1D0D 13B7 A4DF 2C98 0271',
  n: '043F 0578 039D 03B7 0274 A4E0 014B 2C9A 0272 0273',
  o: '0030 043E 041E 03BF 039F 0585 0555 1D0F 03C3 00F8 04E9 04E8 A4F3 2C9E 2C9F 0966 09E6 0A66 0AE6 0BE6 0C66 0CE6 0D66 0E50 0665 06F5 3007 25CB 0275 00B0',
  oe: '0153',
  p: '0440 0420 03C1 03A1 1D18 13E2 A4D1 2CA2 2CA3 00FE 0180',
  q: '051B 051A 0566 0563 02A0',
  r: '0433 0413 1D26 0280 13D2 A4E3 2C85 027C 027D',
  s: '0455 0405 A731 13DA A4E2 0282 01BD 01BC',
  ss: '00DF 1E9E',
  t: '0442 0422 03C4 03A4 1D1B 13A2 A4D4 0167 01AB 2CA6',
  u: '03C5 057D 1D1C A4F4 028B 0446 0265 0289',
  v: '03BD 0475 0474 1D20 13D9 A4E6',
  w: '0461 0460 051D 051C 03C9 0561 1D21 13B3 13D4 A4EA 026F 0448 2CB1',
  x: '0445 0425 03C7 03A7 A4EB 2CAC 2CAD 00D7 04B3 04B2',
  y: '0443 0423 03B3 03A5 04AF 04AE 028F 13A9 A4EC 10E7 2CA8 0263',
  z: '1D22 0396 13C3 A4DC 01B6 2C8C 0290',
};

/** Where Unicode has the alphabet once more, as signs that don't decompose: white on black, round and square, and flags. */
const ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];

const LATIN = new Map([
  ...Object.entries(READ_AS).flatMap(([letter, points]) =>
    points.split(' ').map((point) => [String.fromCodePoint(parseInt(point, 16)), letter] as const),
  ),
  ...ALPHABETS.flatMap((first) =>
    [...'abcdefghijklmnopqrstuvwxyz'].map(
      (letter, at) => [String.fromCodePoint(first + at), letter] as const,
    ),
  ),
]);

/** Accents and everything that is drawn by nothing of its own. */
const UNSEEN = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;

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
