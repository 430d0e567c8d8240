import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { describeInBrowser, launchBrowser } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { sessionOf } from '../support/sign-in.js';

/** Scalar's validator asks once whether it may make code; the policy refuses, and it does without. */
const REFUSED = /^script-src eval /;

describeInBrowser('the reference page at /api/docs/', () => {
  let test: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Violations of the content security policy, errors that nobody caught, requests to elsewhere. */
  let complaints: string[];

  beforeAll(async () => {
    const port = await freePort();
    test = await startTestApp({ PORT: String(port), PUBLIC_ORIGIN: `http://127.0.0.1:${port}` });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({ baseURL: test.url, viewport: { width: 1500, height: 1000 } });
    await context.exposeBinding('reportViolation', (_source, told: string) => {
      if (!REFUSED.test(told)) complaints.push(told);
    });
    await context.addInitScript(
      `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
         reportViolation([violatedDirective, blockedURI, sourceFile].join(' ')));`,
    );
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${test.url}/`) && !/^(?:data|blob):/.test(url))
        complaints.push(`request to ${url}`);
    });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  async function open(fragment = ''): Promise<void> {
    await page.goto(`/api/docs/${fragment}`);
    await page.getByRole('heading', { name: 'CryptoComply authentication & API keys' }).waitFor();
  }

  /** Tries an operation in the page, and tells the request that the page sent. */
  async function tried(operation: string): Promise<Request> {
    await page
      .locator('button', { hasText: `Test Request(${operation})` })
      .first()
      .click();
    const sent = page.waitForRequest((request) => new URL(request.url()).pathname.startsWith('/api/orgs/'));
    await page.getByRole('button', { name: /^Send/ }).first().click();
    return sent;
  }

  it('shows the chapters and filters them, asks nobody else for anything, and runs no script but files of ours', async () => {
    const answer = await context.request.get('/api/docs/');
    expect(answer.headers()['content-security-policy']).toContain("script-src 'self';");
    expect(await answer.text()).not.toMatch(/<script(?! src="\/api\/docs\/)/);
    await open();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Issue an access key of one');
    await page.getByRole('dialog').getByText('/api/auth/access-keys').first().waitFor();
  });

  it('sends an access key that was entered as it is with its scheme word', async () => {
    const { key } = await test.make.accessKey(await test.make.user());
    await open('#tag/organizations/GET/api/orgs/');
    await page.getByLabel(/Value/).or(page.locator('input[type=password]')).first().fill(key);
    const sent = await tried('get /api/orgs/');
    expect((await sent.allHeaders())['authorization']).toBe(`Api-Key ${key}`);
    expect((await sent.response())?.status()).toBe(200);
  });

  it('tries a write by the session of the browser, CSRF token included', async () => {
    const org = await test.make.org();
    expect(org.id).toBe(1); // the one that the document’s examples name
    const { session, csrf } = await sessionOf(test, await test.make.member(org, 'Owner'));
    await context.addCookies([
      { name: 'sessionid', value: session, url: test.url, httpOnly: true },
      { name: 'csrftoken', value: csrf, url: test.url },
    ]);
    await open('#tag/organizations/PATCH/api/orgs/{org_pk}/');
    const sent = await tried('patch /api/orgs/{org_pk}/');
    expect((await sent.allHeaders())['x-csrftoken']).toBe(csrf);
    expect((await sent.response())?.status()).toBe(200);
  });
});
