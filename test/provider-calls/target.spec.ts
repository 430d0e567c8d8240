import fc from 'fast-check';
import { KEY_TYPES } from '../../src/access/key-types.js';
import { adapterFor } from '../../src/provider-calls/adapters/adapters.js';
import { findAllowedCall } from '../../src/provider-calls/adapters/allowed-calls.js';
import { ProviderCallError } from '../../src/provider-calls/outbound/provider-call-error.js';
import { readTarget } from '../../src/provider-calls/outbound/target.js';
import { drop, ProviderBench } from '../support/provider-calls.js';

const codeOf = (text: string): string => {
  try {
    readTarget(text);
    return 'ok';
  } catch (error) {
    if (error instanceof ProviderCallError) return error.code;
    throw error;
  }
};

test.each([
  '/v1/../admin',
  '/v1/..',
  '/./v1',
  '/v1/.',
  '/v1/%2e%2e/admin',
  '/v1/.%2E/admin',
  '/v1/%252e%252e/admin',
  '/v1/%25252e%25252e/admin',
  '/v1/..;/admin',
  '/v1/..;x=1/admin',
  '/v1/%2e%2e%3bx/admin',
  '/v1/%EF%BC%8E%EF%BC%8E/admin',
  '/v1/%E2%80%A5/admin',
  '/v1/a\\b',
  '/v1/a%5cb',
  '/v1/..%5cadmin',
  '/v1/..%2fadmin',
  '/v1/a%00b',
  '/v1/a%0d%0ab',
  '/v1/a%250ab',
  '/v1/a%7fb',
  '/v1/a%c2%9fb',
  '/v1/a%zz',
  '/v1/a%',
  '/v1/a%c0%ae',
  '/v1/a b',
  '/v1/ä',
  '/v1/a#b',
  'v1/a',
  '',
  'http://evil.example/v1',
  `/${'a'.repeat(9000)}`,
])('%s is a bad path', (text) => {
  expect(codeOf(text)).toBe('bad_path');
});

test.each(['/v1/models/a%2fb', '/v1/models/a%252Fb', '/v1/models/a%EF%BC%8Fb', '//evil.example/v1/models'])(
  '%s could count other segments elsewhere, so there is no such call',
  (text) => {
    expect(codeOf(text)).toBe('not_allowed');
  },
);

test.each([
  '/v1/models/ft:gpt-4o:acme::abc',
  '/search/default?q=../..&x=%2e%2e%2f',
  '/v1/models/a..b',
  '/v1/models/...',
  '/entities/NK-%C3%A9',
  '/entities/NK%C2%A0A',
  '/api/v1/address/100%25',
  '/a/',
])('%s is taken byte for byte', (text) => {
  expect(readTarget(text).text).toBe(text);
});

/** Paths that are made of what path confusion is made of. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['/', '//', '\\', '.', '..', '%2e', '%2E%2e', '%252e', '%2f', '%5c', ';', '@', ':', '?', '#', '%'],
        ...[
          'evil.example',
          'http://',
          '\u2024',
          '\uff0e',
          '%ef%bc%8e',
          '\r\n',
          '%00',
          ' ',
          '\t',
          'v1',
          'models',
          'entities',
        ],
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('no path, whatever it is made of, leads to another origin, or past a dot segment (J1)', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        hostile.map((text) => `/v1/${text}`),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        if (codeOf(text) !== 'ok') return;
        for (const keyType of KEY_TYPES) {
          const { origin } = adapterFor(keyType, {});
          const url = new URL(text, origin);
          expect(url.origin).toBe(origin);
          expect(url.pathname.split('/')).toHaveLength((text.split('?', 1)[0] ?? '').split('/').length);
        }
      },
    ),
    { numRuns: 5_000 },
  );
});

test('a parameter of an allowed path is one segment, of any characters but a slash', () => {
  const { allowed } = adapterFor('A', {});
  fc.assert(
    fc.property(fc.webSegment(), (segment) => {
      const path = `/v1/models/${segment}`;
      const expected = segment !== '' && !segment.includes('/');
      expect(findAllowedCall(allowed, 'GET', path) !== undefined).toBe(expected);
      expect(findAllowedCall(allowed, 'DELETE', path)).toBeUndefined();
    }),
  );
});

test.each([
  '/V1/models',
  '/v1/models/',
  '/v1/models/a/b',
  '/v1/files',
  '/v1/organization/admin_api_keys',
  '/v1xmodels',
])('%s is not in the list', (path) => {
  expect(findAllowedCall(adapterFor('A', {}).allowed, 'GET', path)).toBeUndefined();
});

describe('through the wire', () => {
  const bench = new ProviderBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.stop());

  test('what is sent arrives byte for byte, and what is refused never leaves', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        bench.fakes.reset();
        const target = `/search/default?q=${text}`;
        const path = `/entities/${text}`;
        for (const wanted of [target, path]) {
          const call = bench.call('O', { target: wanted });
          try {
            const answer = await bench.transport.send(call);
            drop(answer);
            await call.hooks.settled();
            expect(bench.fakes.O.received.map(({ url }) => url)).toContain(wanted);
          } catch (error) {
            expect(error).toBeInstanceOf(ProviderCallError);
            expect(call.hooks.sent).toBe(0);
          }
        }
        for (const fake of Object.values(bench.fakes.byType)) {
          if (fake !== bench.fakes.O) expect(fake.received).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
