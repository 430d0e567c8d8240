import { DataSource } from 'typeorm';
import { User } from '../../src/users/user.entity.js';
import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';
import { rawRequest, sendRaw } from '../support/raw.js';

let test: TestApp;
let api: Client;
let base: string;
/** The members of another organization, of which there are 101. */
let many: string;

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  const owner = await test.make.member(org, 'Owner');
  for (let i = 0; i < 29; i += 1) await test.make.member(org, 'Viewer');
  const crowd = await test.make.org();
  await test.make.member(crowd, 'Owner', owner);
  await test.make.viewers(crowd, 100);
  many = `/api/orgs/${crowd.id}/members/`;
  api = test.api.as(await test.make.accessKey(owner));
  base = `/api/orgs/${org.id}/members/`;
});
afterAll(() => test.close());

const idsOf = (rows: readonly { id: unknown }[]): unknown[] => rows.map(({ id }) => id);

describe('Pages', () => {
  it('cover the list once, with absolute links that keep the filters', async () => {
    const first = await api.get(`${base}?page_size=20&status=active&ordering=id`);
    expect(first.body).toMatchObject({ count: 30, previous: null });
    expect(first.body.next).toBe(`${TEST_ORIGIN}${base}?page_size=20&status=active&ordering=id&page=2`);
    const second = await api.get(String(first.body.next).slice(TEST_ORIGIN.length));
    expect(second.body).toMatchObject({ count: 30, next: null });
    expect(second.body.previous).toBe(`${TEST_ORIGIN}${base}?page_size=20&status=active&ordering=id`);
    const ids = [...idsOf(first.body.results), ...idsOf(second.body.results)];
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  it('`last` is the last one; without a size there are 25 to a page, and never more than 100', async () => {
    expect((await api.get(`${base}?page=last`)).body.results).toHaveLength(5);
    expect((await api.get(base)).body.results).toHaveLength(25);
    for (const size of ['101', '1000000']) {
      const { body } = await api.get(`${many}?page_size=${size}`);
      expect([body.count, idsOf(body.results).length]).toEqual([101, 100]);
    }
  });

  it.each(['', '0', '-1', '3', '1e3', '0x1', '1 1', '9223372036854775808', 'first', '1.0', "1'"])(
    'page %j is 404 with the documented sentence (G8)',
    async (page) => {
      const answer = await api.get(`${base}?page=${encodeURIComponent(page)}`);
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Invalid page.' } });
    },
  );

  it('links are made from our own origin, never from what the caller says the host is', async () => {
    const request = rawRequest(`${base}?page_size=1`, [
      `Authorization: ${authorization()}`,
      'X-Forwarded-Host: evil.example',
    ]);
    const answer = await sendRaw(
      test.url,
      Buffer.from(request.toString().replace('Host: localhost', 'Host: evil.example')),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain('evil.example');
  });
});

describe('Ordering, search and filters reach what is declared, and nothing else', () => {
  const inOrder = async (ordering: string) =>
    idsOf((await api.get(`${base}?ordering=${encodeURIComponent(ordering)}`)).body.results);

  it('orders both ways by a declared field', async () => {
    const up = (await inOrder('id')) as number[];
    expect(up).toEqual(up.toSorted((a, b) => a - b));
    const down = (await inOrder('-id')) as number[];
    expect(down).toEqual(down.toSorted((a, b) => b - a));
  });

  it.each([
    'id;select pg_sleep(3)',
    'CASE WHEN true THEN id END',
    'password_hash',
    'user__password_hash',
    'digest',
    'id DESC',
    '__proto__',
    'constructor',
    '--id',
    '',
  ])('ordering by %j is ignored: the default order stays (H9, H10)', async (ordering) => {
    expect(await inOrder(ordering)).toEqual(idsOf((await api.get(base)).body.results));
  });

  it.each(["'", '"', '%', '_', '\\', "'; DROP TABLE users; --", '%%%', 'a\u2028b', '${1}'])(
    'a search for %j is text, not a pattern and not SQL (H9)',
    async (search) => {
      expect(await api.get(`${base}?search=${encodeURIComponent(search)}`)).toMatchObject({
        status: 200,
        body: { count: 0 },
      });
    },
  );

  it('a NUL in a query or a body is a field error, never a failure (H11)', async () => {
    expect(await api.get(`${base}?search=a%00b`)).toMatchObject({
      status: 400,
      body: { search: ['Null characters are not allowed.'] },
    });
    const named = await api.patch(base.replace('members/', ''), { name: 'a\u0000b' });
    expect(named).toMatchObject({ status: 400, body: { name: ['Null characters are not allowed.'] } });
  });

  it('of a repeated parameter the last one counts', async () => {
    const countOf = async (query: string) => (await api.get(`${base}?${query}`)).body.count as number;
    expect(await countOf('status=invited&status=active')).toBe(30);
    expect(await countOf('status=active&status=invited')).toBe(0);
    expect((await api.get(`${base}?page=9&page=2`)).body.results).toHaveLength(5);
  });

  it('a nested parameter and an unknown one change nothing, and the answer names them', async () => {
    const plain = await api.get(base);
    for (const [query, name] of [
      ['ordering[a]=id', 'ordering%5Ba%5D'],
      ['x=1', 'x'],
    ] as const) {
      const answer = await api.get(`${base}?${query}`);
      expect([answer.status, idsOf(answer.body.results)]).toEqual([200, idsOf(plain.body.results)]);
      expect(answer.headers.get('cryptocomply-ignored-parameters')).toBe(name);
    }
    expect(plain.headers.get('cryptocomply-ignored-parameters')).toBeNull();
  });

  it.each(['.', '%2E'])('the answer names no parameter that has an access key in it: %s', async (dot) => {
    const answer = await api.get(`${base}?x=1&${'a'.repeat(8)}${dot}${'b'.repeat(32)}%=1`);
    expect(answer.headers.get('cryptocomply-ignored-parameters')).toBe('x, redacted');
  });

  it.each([
    ['permissions/', 'search, ordering'],
    ['providers/', 'search, ordering'],
    ['members/', null],
  ])('a list that does not search or order by anything names what it ignores: %s', async (list, ignored) => {
    const at = base.replace('members/', list);
    const answer = await api.get(`${at}${at.includes('?') ? '&' : '?'}search=zzz&ordering=zzz&page=1`);
    expect([answer.status, answer.headers.get('cryptocomply-ignored-parameters')]).toEqual([200, ignored]);
  });

  it('a bad filter value is 400 under the filter’s name', async () => {
    const answer = await api.get(`${base}?status=sleeping`);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        status: ['Select a valid choice. sleeping is not one of the available choices.'],
      },
    });
  });
});

describe('Ids in paths (G8)', () => {
  it.each([
    '1e3',
    '0x1',
    '%201',
    '01',
    '-1',
    '2147483648',
    '9223372036854775808',
    'NaN',
    'undefined',
    'null',
    '1;2',
  ])('%s is not found', async (id) => {
    expect(await api.get(`${base}${id}/`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await api.get(`/api/orgs/${id}/`)).status).toBe(404);
  });
});

it('a query with an undefined value is an error, never the first row (H8)', async () => {
  const users = test.app.get(DataSource).getRepository(User);
  for (const where of [{ id: undefined }, { email: undefined }, { id: null }]) {
    await expect(users.findOneBy(where as never)).rejects.toThrow();
  }
});

describe('Slow and oversized requests (H7)', () => {
  it.each([
    ['headers', rawRequest('/api/orgs/', [`X-Padding: ${'x'.repeat(20_000)}`])],
    ['a URL', rawRequest(`/api/orgs/?search=${'x'.repeat(20_000)}`, [])],
  ])(
    '%s of more than 16 KiB: 431 in the form of the contract, before any of our code runs',
    async (_what, raw) => {
      const { status, body } = await sendRaw(test.url, raw);
      expect(status).toBe(431);
      expect(JSON.parse(body)).toEqual({
        detail: 'The URL and headers of the request are too large.',
        code: 'headers_too_large',
      });
    },
  );

  it('a part of a path that is longer than any id: 404', async () => {
    const answer = await api.get(`/api/orgs/${'9'.repeat(600)}/`);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });

  it('a connection gets a bounded time for its headers and for the whole request', () => {
    const { headersTimeout, requestTimeout } = test.app.getHttpServer() as {
      headersTimeout: number;
      requestTimeout: number;
    };
    expect(headersTimeout).toBe(10_000);
    expect(requestTimeout).toBe(30_000);
  });
});

/** The Authorization header that `api` sends. */
function authorization(): string {
  return (api as unknown as { headers: Record<string, string> }).headers.authorization ?? '';
}
