import { strictUtf8 } from '../../src/http/bodies/utf8.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const START = 'invalid start byte';
const CONTINUATION = 'invalid continuation byte';
const END = 'unexpected end of data';

describe('Bytes that are not UTF-8', () => {
  // As `bytes.decode()` of Python 3.11 tells them.
  it.each([
    ['"\xff"', `byte 0xff in position 1: ${START}`],
    ['"\x80"', `byte 0x80 in position 1: ${START}`],
    ['"\xc0\xaf"', `byte 0xc0 in position 1: ${START}`],
    ['"\xf5\x80\x80\x80"', `byte 0xf5 in position 1: ${START}`],
    ['"na\xefve"', `byte 0xef in position 3: ${CONTINUATION}`],
    ['"\xed\xa0\x80"', `byte 0xed in position 1: ${CONTINUATION}`],
    ['"\xe0\x80\x80"', `byte 0xe0 in position 1: ${CONTINUATION}`],
    ['"\xf0\x80\x80\x80"', `byte 0xf0 in position 1: ${CONTINUATION}`],
    ['"\xf4\x90\x80\x80"', `byte 0xf4 in position 1: ${CONTINUATION}`],
    ['"\xe2\x82"', `bytes in position 1-2: ${CONTINUATION}`],
    ['"\xef\xbf"', `bytes in position 1-2: ${CONTINUATION}`],
    ['"\xf0\x9f\x98"', `bytes in position 1-3: ${CONTINUATION}`],
    ['\xe2', `byte 0xe2 in position 0: ${END}`],
    ['\xef\xbf\xbd\xef', `byte 0xef in position 3: ${END}`],
    ['\xe2\x82', `bytes in position 0-1: ${END}`],
    ['\xf0\x9f\x98', `bytes in position 0-2: ${END}`],
    ['\xed\xa0', `byte 0xed in position 0: ${CONTINUATION}`],
    ['\xe0\x9f', `byte 0xe0 in position 0: ${CONTINUATION}`],
    ['\xef\xbb\xbf\xff', `byte 0xff in position 3: ${START}`],
    ['\xef\xbf\xbd\xef\xbf\xbd \xfe', `byte 0xfe in position 7: ${START}`],
    ['\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xc3(', `byte 0xc3 in position 9: ${CONTINUATION}`],
  ])('%j are told where they stop being it, in the words of Python', (bytes, told) => {
    expect(() => strictUtf8(latin1(bytes))).toThrow(`'utf-8' codec can't decode ${told}`);
  });

  it('are told from U+FFFD, which is read as it was sent', () => {
    expect(strictUtf8(latin1('\xef\xbf\xbd\xc3\xa4'))).toBe('\uFFFD\u00E4');
  });
});
