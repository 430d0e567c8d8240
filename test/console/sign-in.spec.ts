import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';

const PASSWORD = 'correct horse battery staple';

describeInBrowser('signing in', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let user: MadeUser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
    user = await test.make.user();
    await test.make.password(user, PASSWORD);
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  const enter = async (page: Page, password = PASSWORD): Promise<void> => {
    await page.getByLabel('E-mail', { exact: true }).fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  it('asks whoever is not signed in, and leads to Home', async () => {
    const page = await browser.open(test);
    await page.waitForURL('**/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.locator('body').ariaSnapshot()).toMatchSnapshot();
    await enter(page);
    await page.getByRole('heading', { name: /^Hello/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  it('says that e-mail and password match no account, and keeps the e-mail', async () => {
    const page = await browser.open(test, { path: '/sign-in' });
    await enter(page, 'something else altogether');
    await page.getByRole('alert').getByText('E-mail and password do not match an account.').waitFor();
    expect(await page.getByLabel('E-mail', { exact: true }).inputValue()).toBe(user.email);
  });

  it('comes back to the page that was asked for, filters and all', async () => {
    const page = await browser.open(test, { path: '/keys?status=revoked' });
    await page.waitForURL('**/sign-in?next=*');
    await enter(page);
    await page.getByRole('heading', { name: 'My keys' }).waitFor();
    const { pathname, search } = new URL(page.url());
    expect(pathname + search).toBe('/keys?status=revoked');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)'])(
    'stays with us when the way back is %s',
    async (next) => {
      const page = await browser.open(test, { path: `/sign-in?next=${encodeURIComponent(next)}` });
      await enter(page);
      await page.getByRole('heading', { name: /^Hello/ }).waitFor();
      expect(page.url()).toBe(`${test.url}/`);
    },
  );

  it('signs out: the page forgets, and the session is over', async () => {
    const page = await browser.open(test, { as: user, path: '/account' });
    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name === 'sessionid')?.value ?? '';
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await test.api.as({ session }).get('/api/auth/me/')).toMatchObject({ status: 401 });
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    const page = await browser.open(test, { path: '/sign-in', colours });
    await enter(page, 'something else altogether');
    await page.getByRole('alert').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});
