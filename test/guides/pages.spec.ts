import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser } from '../support/console.js';
import { run } from '../support/command.js';
import { freePort } from '../support/free-port.js';

const PAGES = [
  '/docs/',
  ...readdirSync('docs/guide')
    .filter((file) => file !== 'README.md')
    .map((file) => `/docs/${file.replace('.md', '')}/`),
  '/docs/errors/',
  '/docs/typescript/',
  '/docs/python/',
];

let test: TestApp;
beforeAll(async () => {
  const built = await run(process.execPath, ['scripts/build-guides.mjs']);
  expect(built).toEqual({ status: 0, stdout: '', stderr: '' });
  const port = await freePort();
  test = await startTestApp({ PORT: String(port), PUBLIC_ORIGIN: `http://127.0.0.1:${port}` });
});
afterAll(() => test.close());

const ask = (path: string) => fetch(test.url + path, { redirect: 'manual' });

describe('the guides at /docs/', () => {
  it.each(PAGES)('%s is a page without scripts, under a policy that lets none run', async (path) => {
    for (const spelled of [path, path.slice(0, -1)]) {
      const answer = await ask(spelled);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      const page = await answer.text();
      expect(page).not.toMatch(/<script|<style|<[^>]+ (?:style|on\w+)=/i);
      expect(page).toMatch(/<h1 id="[\w-]+">/);
    }
  });

  it('link to pages that there are, and to headings that there are on them', async () => {
    const pages = new Map<string, string>();
    for (const path of PAGES) pages.set(path, await (await ask(path)).text());
    const broken: string[] = [];
    let followed = 0;
    for (const [from, page] of pages) {
      for (const [, href = ''] of page.matchAll(/<a [^>]*href="([^"]+)"/g)) {
        if (/^https?:/.test(href) || ['/', '/api/docs/'].includes(href)) continue;
        const { pathname, hash } = new URL(href, test.url + from);
        const target = pages.get(pathname);
        followed += 1;
        if (!target || (hash && !target.includes(`id="${hash.slice(1)}"`))) broken.push(`${from}: ${href}`);
      }
    }
    expect(broken).toEqual([]);
    expect(followed).toBeGreaterThan(PAGES.length * PAGES.length);
  });

  it('are all that there is below /docs/, and are not there where the operator keeps the reference to themselves', async () => {
    expect((await ask('/docs/nothing/')).status).toBe(404);
    const closed = await test.another({ API_DOCS: 'off', PORT: '0' });
    try {
      for (const path of PAGES) expect((await fetch(closed.url + path)).status).toBe(404);
    } finally {
      await closed.close();
    }
  });
});

describeInBrowser('the guides in a browser', () => {
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    browser = await ConsoleBrowser.launch();
  });
  afterAll(() => browser.close());

  it.each([
    ['light', 1440],
    ['dark', 360],
  ] as const)(
    'keep nobody out, nor is anything wider than the screen: %s, %i pixels',
    async (colours, width) => {
      const page: Page = await browser.open(test, { path: '/docs/', colours, width });
      for (const path of PAGES) {
        await page.goto(path);
        expect([path, await seriousFindings(page)]).toEqual([path, []]);
        const beyond = await page.evaluate<number>(
          'document.documentElement.scrollWidth - window.innerWidth',
        );
        expect([path, beyond]).toEqual([path, 0]);
      }
    },
  );

  it('carry the name of the product, and lead to the reference and to the console', async () => {
    const page: Page = await browser.open(test, { path: '/docs/quickstart/' });
    const header = page.getByRole('banner');
    expect(await header.getByRole('link', { name: 'Reference' }).getAttribute('href')).toBe('/api/docs/');
    expect((await ask('/api/docs/')).status).toBe(200);
    await header.getByRole('link', { name: 'Console' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.goto('/docs/quickstart/');
    await header.getByRole('link', { name: 'CryptoComply' }).click();
    await page.waitForURL('**/docs/');
  });

  it('lead by keyboard past the menu to their content', async () => {
    const page: Page = await browser.open(test, { path: '/docs/quickstart/' });
    await page.keyboard.press('Tab');
    await page.locator('a[href="#content"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/docs\/quickstart\/#content$/);
    await page.getByRole('heading', { level: 1, name: 'Quickstart' }).waitFor();
    await page
      .getByRole('link', { name: 'Quickstart', exact: true })
      .and(page.locator('[aria-current=page]'))
      .waitFor();
  });
});
