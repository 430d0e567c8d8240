import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';

/** What a first page may load of JavaScript, compressed, in bytes. */
const LIMIT = 200_000;
/** In how many files: each one more is a request that the page waits for. */
const MOST_FILES = 8;

/** How far the fields of each line of filters begin and end from the edges of what they stand in, in pixels. */
const FIELD_EDGES = `(() => {
  const filters = document.querySelector('main [class*="filters"]');
  const { left, right } = filters.getBoundingClientRect();
  const lines = new Map();
  for (const field of filters.children) {
    const at = field.getBoundingClientRect();
    if (at.width === 0) continue; // what a form would send, and nobody sees
    const line = lines.get(Math.round(at.top)) ?? { left: Infinity, right: -Infinity };
    lines.set(Math.round(at.top), { left: Math.min(line.left, at.left), right: Math.max(line.right, at.right) });
  }
  return [...lines.values()].map((line) => [Math.round(line.left - left), Math.round(right - line.right)]);
})()`;

describeInBrowser('the first load', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  it.each(['/', '/keys', '/account', '/sign-in', '/orgs/:org/keys', '/orgs/:org/settings', '/staff/keys'])(
    'of %s brings at most 200 kB of compressed JavaScript, in few files that are all announced, and reads once what is announced of the API',
    async (at) => {
      const org = await test.make.org();
      const user = await test.make.member(org, 'Owner', await test.make.user({ staff: true }));
      const page = await browser.open(test, {
        path: '/healthz',
        ...(at !== '/sign-in' && { as: user }),
      });
      let bytes = 0;
      const scripts: string[] = [];
      const session = await page.context().newCDPSession(page);
      await session.send('Network.enable');
      session.on('Network.responseReceived', ({ type, response }) => {
        if (type !== 'Script') return;
        scripts.push(new URL(response.url).pathname);
        const headers = new Headers(response.headers);
        expect(headers.get('content-encoding')).toMatch(/^(?:br|gzip)$/);
        bytes += Number(headers.get('content-length') ?? NaN); // of the script alone, without what HTTP adds to it
      });
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      const reads: string[] = [];
      page.on('request', (request) => {
        if (request.url().startsWith(`${test.url}/api/`)) reads.push(request.url().slice(test.url.length));
      });
      const answer = await page.goto(at.replace(':org', String(org.id)), { waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      const document = (await answer?.text()) ?? '';
      expect(scripts.length).toBeLessThanOrEqual(MOST_FILES);
      expect(scripts.filter((script) => !document.includes(`"${script}"`))).toEqual([]);
      const announced = [...document.matchAll(/as="fetch"[^>]* href="([^"]+)"/g)].map(([, url]) => url);
      expect(announced.includes('/api/auth/me/')).toBe(at !== '/sign-in');
      expect(announced.map((url) => reads.filter((read) => read === url))).toEqual(
        announced.map((url) => [url]),
      );
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThan(LIMIT);
    },
  );

  it('has the styles of every component that a page may show, and far from all of the library’s', () => {
    const assets = path.join(process.cwd(), 'dist', 'web', 'assets');
    const read = (kind: string) =>
      readdirSync(assets)
        .filter((name) => name.endsWith(kind))
        .map((name) => readFileSync(path.join(assets, name), 'utf8'))
        .join('\n');
    const classes = (text: string) => new Set(text.match(/\bm_[0-9a-f]{5,8}\b/g));
    const library = readFileSync(
      path.join(process.cwd(), 'node_modules', '@mantine', 'core', 'styles.css'),
      'utf8',
    );
    const [asked, there, all] = [classes(read('.js')), classes(read('.css')), classes(library)];
    const missing = [...asked].filter((name) => all.has(name) && !there.has(name));
    expect(missing).toEqual([]);
    expect(there.size).toBeGreaterThan(100);
    expect(there.size).toBeLessThan(all.size * 0.6);
  });

  it.each(['/keys', '/orgs/:org/keys', '/orgs/:org/audit', '/orgs/:org/requests', '/orgs/:org/members'])(
    'of %s shows, on a phone, what narrows the list as wide as the list',
    async (at) => {
      const org = await test.make.org();
      const user = await test.make.member(org, 'Owner');
      const path = at.replace(':org', String(org.id));
      const page = await browser.open(test, { as: user, path, width: 390 });
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      const edges = await page.evaluate<number[][]>(FIELD_EDGES);
      expect(edges.length).toBeGreaterThan(0);
      expect(edges).toEqual(edges.map(() => [0, 0]));
    },
  );

  it.each([360, 390, 768, 1440, 2560])(
    'fits a screen %i pixels wide, without scrolling sideways',
    async (width) => {
      const org = await test.make.org({
        name: 'An organization with a name that is longer than most names are',
      });
      const user = await test.make.member(org, 'Viewer');
      await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 });
      for (const path of ['/', '/keys', '/account']) {
        const page = await browser.open(test, { as: user, path, width });
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        expect(
          await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        await page.context().close();
      }
    },
  );
});
