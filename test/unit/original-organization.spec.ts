import fc from 'fast-check';
import path from 'node:path';
import { BadCheck } from '../../src/common/errors.js';
import { namedOrganization } from '../../src/checks/original-organization.js';

/** The organization, `none`, or `400`. */
function judged(target: string): string {
  try {
    return namedOrganization(target) ?? 'none';
  } catch (error) {
    if (error instanceof BadCheck) return '400';
    throw error;
  }
}

describe('The organization that an original path names', () => {
  it.each([
    ['/api/orgs/7', '7'],
    ['/api/orgs/7/', '7'],
    ['/api/orgs/7/members/?organization=8', '7'],
    ['/api/orgs/7?x=/../8/', '7'],
    ['/api/orgs/7/files/a%20b/caf%C3%A9', '7'],
    ['/api/orgs/7/files/a%2Fb', '7'],
    ['/api/orgs/7/files//b', '7'],
    ['/api/orgs/7/x/../y', '7'],
    ['/api/orgs/7/100%25', '7'],
    ['/api/orgs/7/a;v=1', '7'],
    ['/api/orgs/7/why%3F/%23%00', '7'],
    ['/api/orgs/07/', '07'],
    ['/api/orgs/seven', 'seven'],
    ['/', 'none'],
    ['/api/orgs', 'none'],
    ['/api/orgs/', 'none'],
    ['/api/orgs?x=/api/orgs/7', 'none'],
    ['/api/auth/me/', 'none'],
    ['/files/a%2Fb//c/../d', 'none'],
    ['/v2/api/orgs/7/', 'none'],
    ['/files/%', 'none'],
    ['/files/%zz%2', 'none'],
  ])('%s: %s', (target, expected) => {
    expect(judged(target)).toBe(expected);
  });

  it.each([
    // merged, followed, decoded: another one, or one more, or one less
    '/api//orgs/7/x',
    '//api/orgs/7/x',
    '/api/orgs//7/x',
    '/api/x/../orgs/7/x',
    '/./api/orgs/7/x',
    '/api/orgs/./7/x',
    '/api/%6frgs/7/x',
    '/%61pi/orgs/7/x',
    '/api/orgs/%37/x',
    '/api/orgs/7/../8/x',
    '/api/orgs/7/..',
    '/api/orgs/7/../../auth/me',
    '/api/orgs/7/%2e%2e/8/x',
    '/api/orgs/7/.%2E/8/x',
    '/api/orgs/7/x/..//../8',
    '/api/orgs/7//../../8/x',
    '/x/api/../../api/orgs/7/',
    // the same in another order: dots followed first, slashes merged or the rest decoded after
    '/api/x//../..//orgs/7/y',
    '/api/orgs/7//../..//orgs/8',
    '/api/x%5cy\\..\\%6frgs/7/z',
    // an encoded slash, backslash or NUL before the organization's segment or in it
    '/api/orgs%2f7/x',
    '/api%2Forgs/7/x',
    '/api/orgs/7%2fx/y',
    '/api/orgs/7%2f..%2f8/x',
    '/api/orgs/7%5cx',
    '/api%5corgs/7/x',
    '/api/orgs/7%00/x',
    '/api/orgs%00/7/x',
    '/api/orgs/7/..%2f8/x',
    '/api/orgs/7/x%2f..%2f..%2f8/y',
    '/x%2fy/../api/orgs/7/z',
    '/%61pi/x%2fy/../orgs/7/z',
    '/api/x%2fy/%2e%2e/orgs/7/z',
    // what is taken for the end of the path once it is decoded
    '/api/orgs/7/..%3fx',
    '/api/orgs/7/..%23/x',
    '/api/orgs/7/x/../..%00x',
    // encoded twice
    '/api/%256frgs/7/x',
    '/api/orgs/7/%252e%252e/8',
    '/api/orgs/7/..%252f8',
    // what some servers fold
    '/API/orgs/7/x',
    '/api/Orgs/7/x',
    '/api\\orgs\\7/x',
    '\\api\\orgs\\7',
    '/api/orgs/7\\..\\8',
    '/api/orgs;v=1/7/x',
    '/api/orgs/7;v=1/x',
    '/api;x/orgs/7',
    '/api/orgs/7/..;/8/x',
    '/api/orgs/7/%2E%2e/%37',
    // no path of a request at all
    '',
    'api/orgs/7',
    'http://api.test/api/orgs/7',
    '/x#/../api/orgs/7',
    '*',
  ])('%j: 400', (target) => {
    expect(judged(target)).toBe('400');
  });

  it('a path that can be read in more ways than anybody would spell in earnest is refused', () => {
    const spelled = '/a%2fb%5cc;d%25252f..//%00'.repeat(500);
    expect(judged(`/x${spelled}`)).toBe('400');
    expect(judged(`/api/orgs/7${spelled}`)).toBe('400');
    expect(judged(`/files/${'a%20b/'.repeat(2_000)}`)).toBe('none');
    expect(judged(`/api/orgs/7/files/${'a%20b/'.repeat(2_000)}`)).toBe('7');
  });

  it('however a path is spelled, no other reader finds an organization that was not judged', () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '/',
        '/',
        '//',
        'api',
        'orgs',
        '7',
        '8',
        'x',
        '.',
        '..',
        '%2e',
        '%2E%2e',
        '%2f',
        '%5c',
        '\\',
        '%61pi',
      ],
      ...[
        '%6frgs',
        '%37',
        '%2537',
        '%252f',
        '%00',
        ';',
        ';a=1',
        'API',
        'Orgs',
        '%41PI',
        '%',
        '%zz',
        '%3f',
        '/api/orgs/7/',
        '/api/orgs/8',
      ],
    );
    const paths = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const starts = fc.constantFrom('/', '/', '/api/orgs/7/', '/api/orgs/7/x/', '/api/orgs/7');
    const targets = fc.tuple(starts, paths).map((parts) => parts.join(''));
    let found = 0;
    fc.assert(
      fc.property(targets, (target) => {
        const verdict = judged(target);
        if (verdict === '400') return;
        for (const [reader, read] of Object.entries(READERS)) {
          const organization = /^\/api\/orgs\/([^/]+)/.exec(read(target))?.[1] ?? 'none';
          // of letters, the case is nobody's matter: no organization is called so
          expect([reader, target, organization.toLowerCase()]).toEqual([
            reader,
            target,
            verdict.toLowerCase(),
          ]);
        }
        found += verdict === 'none' ? 0 : 1;
      }),
      { numRuns: 10_000 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

const decode = (text: string): string => Buffer.from(unescape(text), 'latin1').toString('latin1');

const mergedUrl = (target: string): string => new URL(`http://x${target}`).pathname.replace(/\/{2,}/g, '/');

/** How others read a path, each in the words of its own library. */
const READERS: Record<string, (target: string) => string> = {
  'as sent': (target) => target,
  'a browser, and Node’s URL': (target) => new URL(`http://x${target}`).pathname.replace(/^\/{2,}/, '/'),
  'decoded, then normalized as a file path is': (target) => path.posix.normalize(decode(target)),
  'normalized, then decoded': (target) => decode(path.posix.normalize(target)),
  'decoded by Node’s querystring': (target) => path.posix.normalize(decode(target).replaceAll('\\', '/')),
  'a URL, then merged, as Envoy does where it is told both': (target) => mergedUrl(target),
  'a URL, then decoded and merged': (target) => decode(mergedUrl(target)).replace(/\/{2,}/g, '/'),
  'decoded, up to a query, then normalized': (target) =>
    path.posix.normalize(decode(target).split('?')[0] ?? ''),
  'in lower case': (target) => path.posix.normalize(target.toLowerCase()),
};
