import { skeletonOf } from '../../src/common/look-alikes.js';
import { SYSTEM_ROLE_NAMES } from '../../src/access/system-roles.js';

/** Letters that are drawn like these, from other places than the code under test: names of the Unicode standard. */
const DRAWN_ALIKE: Readonly<Record<string, readonly string[]>> = {
  O: [
    '\u039f',
    '\u041e',
    '\u0555',
    '0',
    '\uff2f',
    '\u{1d4de}',
    '\u00d6',
    '\u014c',
    '\u{1f17e}',
    '\u24c4',
    '\u{1042c}',
    '\u0d20',
    '\u101d',
    '\u0b20',
    '\u12d0',
    '\u10ff',
  ],
  w: ['\u0461', '\u051d', '\u03c9', '\uff57', '\u{1d430}', '\u0175', 'vv', '\u1d21'],
  n: ['\u0578', '\uff4e', '\u{1d5c7}', '\u00f1', '\u0144', '\u0274'],
  e: ['\u0435', '\u0454', '\u212e', '\uff45', '\u00e9', '\u0451', '\u0117', '\u{1d452}'],
  r: ['\u0433', '\uff52', '\u{1d563}', '\u0155', '\u0280', '\u{1f161}'],
  A: ['\u0391', '\u0410', '\u13aa', '\u00c5', '\u00c0', '\uff21', '\ua4ee', '\u1d00'],
  a: ['\u0430', '\u03b1', '\u0251', '\u00e4', '\u0101', '\uff41'],
  d: ['\u0501', '\u0111', '\u010f', '\uff44'],
  m: ['\u043c', 'rn', '\uff4d', '\u1d0d'],
  i: ['\u0456', '\u0131', 'l', '1', 'I', '|', '\u00ef', '\u04cf', '\u217c'],
  s: ['\u0455', '\u015f', '\uff53', '\u017f'],
  t: ['\u0442', '\u03c4', '\u0163', '\uff54'],
  o: ['\u043e', '\u03bf', '\u0585', '0', '\u00f6', '\u00f8'],
  l: ['I', '1', '|', '\u0142', '\u04c0'],
  y: ['\u0443', '\u03b3', '\u00fd', '\u04af'],
  V: ['\u0474', '\uff36', '\u13d9', '\u2164'],
};

describe('What a name looks like', () => {
  const spellings = SYSTEM_ROLE_NAMES.flatMap((name) =>
    [...name].flatMap((letter, at) =>
      (DRAWN_ALIKE[letter] ?? []).map(
        (other) => [name, name.slice(0, at) + other + name.slice(at + 1)] as const,
      ),
    ),
  );

  it('tells no difference for any letter of a system role that is drawn alike', () => {
    expect(spellings.length).toBeGreaterThan(150);
    expect(spellings.filter(([name, other]) => skeletonOf(name) !== skeletonOf(other))).toEqual([]);
  });

  it.each([
    'OWNER',
    'owner',
    ' Owner ',
    'O\u200bwner',
    'Ow\u00adner',
    'Owner\ufe0f',
    'O\u0301wner',
    '\u2066Owner',
    'Ow\u2800ner',
    'Owner\u{1d159}',
  ])('%j is Owner', (name) => {
    expect(skeletonOf(name)).toBe(skeletonOf('Owner'));
  });

  it('white space is white space', () => {
    expect(skeletonOf('Risk  \u2003team')).toBe(skeletonOf('risk\u00a0team'));
    expect(skeletonOf('Risk team')).not.toBe(skeletonOf('Riskteam'));
  });

  it('what looks different is different, in any script', () => {
    const names = [
      'Owner',
      'Owners',
      'Auditor',
      'Analyst',
      'Prüfer',
      'Аудитор',
      '監査人',
      '审计',
      'المدقق',
      'A',
      'B',
      '2',
      '3',
    ];
    expect(new Set(names.map(skeletonOf)).size).toBe(names.length);
  });

  it('of nothing visible, nothing is left', () => {
    for (const name of ['', ' ', '\u200b\u200d', '\u3164', '\u2060\ufeff', '\u2800'])
      expect(skeletonOf(name)).toBe('');
  });
});
