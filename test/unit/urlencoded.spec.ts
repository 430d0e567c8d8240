import { textsOf } from '../../src/common/form-values.js';
import { parseForm, parseQuery } from '../../src/http/urlencoded.js';

const read = (parsed: object): unknown => [...(textsOf(parsed) ?? [])];

describe('The query of a URL', () => {
  // The pairs are those of `parse_qsl(query, keep_blank_values=True)` of Python 3.11, with which Django reads it.
  it.each([
    ['a=M%C3%BCller%2C50%', [['a', ['M\u00FCller,50%']]]],
    ['a=50%%20club', [['a', ['50% club']]]],
    ['a=%2Dname%2C%zz', [['a', ['-name,%zz']]]],
    ['%61%=%', [['a%', ['%']]]],
    ['a=%c3%a4%C3%84', [['a', ['\u00E4\u00C4']]]],
    ['a=%FFb%E2%82c', [['a', ['\uFFFDb\uFFFDc']]]],
    ['a=%ED%A0%80', [['a', ['\uFFFD\uFFFD\uFFFD']]]],
    ['a=%F0%9F%98', [['a', ['\uFFFD']]]],
    ['a=%EF%BB%BFx', [['a', ['\uFEFFx']]]],
    ['a=%EF%BF%BD', [['a', ['\uFFFD']]]],
    ['a=+1%2B1+', [['a', [' 1+1 ']]]],
    ['a+b%20c=1', [['a b c', ['1']]]],
    ['a=1&b=2&a=3', [['a', ['1', '3']], ['b', ['2']]]], // prettier-ignore
    ['a=&b&=c&&=', [['a', ['']], ['b', ['']], ['', ['c', '']]]], // prettier-ignore
    ['a=b=c&d%3D=%26', [['a', ['b=c']], ['d=', ['&']]]], // prettier-ignore
    ['a=1;b=2', [['a', ['1;b=2']]]],
    ['__proto__=1&toString=2', [['__proto__', ['1']], ['toString', ['2']]]], // prettier-ignore
    ['a=%00', [['a', ['\0']]]],
    ['', []],
  ])('%j is read as Python reads it', (query, pairs) => {
    expect(read(parseQuery(query))).toEqual(pairs);
  });

  it.each(['a=%FF', 'a=%E2%82c', 'a=%ED%A0%80', '%C3=1', 'a=\uFFFD'])(
    '%j is no form: what is not UTF-8 is not replaced in what may be a password',
    (form) => {
      expect(() => parseForm(form)).toThrow('Form parse error - the body is not UTF-8.');
    },
  );
});
