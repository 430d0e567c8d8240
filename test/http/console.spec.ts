import type { TestApp } from '../support/app.js';
import { startConsole } from '../support/console.js';
import { rawRequest, sendRaw } from '../support/raw.js';

let test: TestApp;
beforeAll(async () => {
  test = await startConsole();
});
afterAll(() => test.close());

const HTML = 'text/html; charset=utf-8';
/** What browsers send for an address that was typed. */
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(test.url + path, { method, headers, redirect: 'manual' });

describe('the page of the console', () => {
  it('is what / answers, whatever is accepted', async () => {
    for (const headers of [undefined, NAVIGATION, { accept: 'application/json' }]) {
      const answer = await ask('/', headers);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, HTML]);
      expect(await answer.text()).toContain('<div id="root"></div>');
    }
  });

  it.each(['/keys', '/keys/12', '/orgs/1/members', '/sign-in?next=%2Fkeys', '/apiary', '/nothing/at/all'])(
    'is what a browser gets at %s, and a program a 404',
    async (path) => {
      const page = await ask(path, NAVIGATION);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, HTML]);
      expect((await ask(path, NAVIGATION, 'HEAD')).status).toBe(200);
      for (const headers of [undefined, { accept: 'application/json' }, { accept: '*/*' }]) {
        const refused = await ask(path, headers);
        expect(refused.status).toBe(404);
        expect(await refused.json()).toEqual({ detail: 'Not found.', code: 'not_found' });
      }
      expect((await ask(path, NAVIGATION, 'POST')).status).toBe(404);
    },
  );

  it.each(['/api', '/api/nothing/', '/api/docs/nothing', '/assets/nothing.js', '/docs/x', '/mcp/x'])(
    'is not what a browser gets at %s: it stays a 404 in JSON',
    async (path) => {
      const answer = await ask(path, NAVIGATION);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json']);
    },
  );

  it.each(['/.well-known/x', '/metrics/x', '/healthz/x', '/readyz/x'])('nor at %s', async (path) => {
    const answer = await ask(path, NAVIGATION);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json']);
  });

  it('allows its own scripts and, by a nonce that no other answer has, its own styles', async () => {
    const [first, second] = [await ask('/'), await ask('/keys', NAVIGATION)];
    const [one, other] = [nonceOf(first), nonceOf(second)];
    expect(one).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(other).not.toBe(one);
    expect(first.headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${one}'; connect-src 'self'; ` +
        `img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    );
    const page = await first.text();
    expect(page).toContain(`<meta property="csp-nonce" nonce="${one}">`);
    expect(page).not.toContain('__NONCE__');
    expect(page).not.toMatch(/<script(?![^>]* src=)/);
  });

  it('announces what the page at a path needs, and the account of whoever must be signed in there', async () => {
    const announced = async (path: string) => {
      const document = await (await ask(path, NAVIGATION)).text();
      const urls = [...document.matchAll(/<(?:script|link)[^>]* (?:src|href)="(\/[^"]+)"/g)];
      return urls.map(([, url]) => url);
    };
    const everywhere = await announced('/nothing/at/all');
    expect(everywhere).toContainEqual(expect.stringMatching(/^\/assets\/libraries-/));
    const besides = async (path: string) =>
      (await announced(path)).filter((url) => !everywhere.includes(url));
    expect(await besides('/')).toContainEqual(expect.stringMatching(/^\/assets\/home-page-/));
    for (const [path, page] of [
      ['/keys?status=active', /^\/assets\/keys-page-/],
      ['/keys/12', /^\/assets\/key-page-/],
      ['/keys/12/', /^\/assets\/key-page-/],
      ['/orgs/7/keys', /^\/assets\/org-keys-page-/],
      ['/orgs/7/keys/revoke', /^\/assets\/bulk-revocation-page-/],
      ['/staff/users', /^\/assets\/users-page-/],
    ] as const) {
      expect(await besides(path)).toContainEqual(expect.stringMatching(page));
      expect(await besides(path)).toContain('/api/auth/me/');
    }
    for (const path of ['/sign-in', '/set-password']) {
      expect(await besides(path)).toContainEqual(expect.stringMatching(`^/assets${path}-page-`));
      expect(await besides(path)).not.toContain('/api/auth/me/');
    }
    for (const path of ['/keys/12/nothing', '/org/7/keys', '/KEYS']) expect(await besides(path)).toEqual([]);
  });

  it('is kept by nobody, is framed by nobody, and its type is not guessed', async () => {
    const { headers } = await ask('/keys', NAVIGATION);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('loads nothing but files of its own, which browsers keep for good and get compressed', async () => {
    const page = await (await ask('/sign-in', NAVIGATION)).text();
    const files = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, file = '']) => file);
    expect(files).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\/assets\/index-[\w-]+\.js$/),
        expect.stringMatching(/^\/assets\/style-[\w-]+\.css$/),
      ]),
    );
    expect(files.filter((file) => !/^\/assets\/[\w.-]+\.(?:js|css)$/.test(file))).toEqual([]);
    for (const file of files) {
      const answer = await ask(file, { 'accept-encoding': 'br' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('content-encoding')).toBe('br');
      expect(answer.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
      expect((await ask(file, { 'accept-encoding': 'identity' })).headers.get('content-encoding')).toBeNull();
    }
  });

  it('takes no method but those of a page, and tells of them, as its files do', async () => {
    const [, script = ''] = / src="(\/assets\/[^"]+)"/.exec(await (await ask('/')).text()) ?? [];
    expect(script).toMatch(/\.js$/);
    for (const path of ['/', script]) {
      const refused = await ask(path, {}, 'DELETE');
      const told = await ask(path, {}, 'OPTIONS');
      for (const answer of [refused, told]) expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      expect([refused.status, told.status]).toEqual([405, 200]);
      expect(Object.keys((await told.json()) as object)).toEqual([
        'name',
        'description',
        'renders',
        'parses',
      ]);
    }
  });

  it.each([
    '/%61pi/nope',
    '//api/nope',
    '/a/../api/nope',
    '/a/%2e%2e/api/nope',
    '/api/../keys',
    '/a/..%2fmcp',
    '/a\\..\\api',
    '/api/%ff/',
    '/assets/%',
    '/api#x',
  ])('is not what a browser gets where a path means one for programs: %s', async (path) => {
    const answer = await sendRaw(test.url, rawRequest(path, ['Accept: text/html']));
    expect([answer.status, /^content-type: (.*)\r?$/im.exec(answer.head)?.[1]]).toEqual([
      404,
      'application/json',
    ]);
  });

  it('is what a browser gets whatever stands behind a fragment, which only a program sends', async () => {
    const answer = await sendRaw(test.url, rawRequest('/x#%zz', ['Accept: text/html']));
    expect(answer.status).toBe(200);
  });

  it.each([
    ['TEXT/HTML', 200],
    ['*/*, Text/Html;level=1;q=0.5', 200],
    ['text/html;q=0', 404],
    ['*/*, text/html ; Q=0.000', 404],
    ['text/html-like', 404],
    ['application/json;x="text/html"', 404],
  ])('is for whoever accepts it: %s is %i', async (accept, status) => {
    expect((await ask('/nothing/at/all', { accept })).status).toBe(status);
  });
});

function nonceOf({ headers }: Response): string {
  return /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? '';
}
