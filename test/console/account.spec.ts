import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, row, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const NEW_PASSWORD = 'nine green bottles on a wall';

describeInBrowser('the account', () => {
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

  const linkFor = async (user: MadeUser): Promise<string> => {
    const staff = test.api.as(await bearerOf(test, await test.make.user({ staff: true })));
    return (await staff.post(`/api/admin/users/${user.id}/password-link/`)).body.url;
  };
  const logIn = async (page: Page, user: MadeUser, password: string): Promise<void> => {
    await page.getByLabel('E-mail', { exact: true }).fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: /^Hello/ }).waitFor();
  };
  const isAlive = async (session: string): Promise<boolean> =>
    (await test.api.as({ session }).get('/api/auth/me/')).status === 200;

  it('lists the sessions, and ends one, or all but this one', async () => {
    const user = await test.make.user();
    const others = [await sessionOf(test, user), await sessionOf(test, user), await sessionOf(test, user)];
    const page = await browser.open(test, { as: user, path: '/account' });
    const ends = page.getByRole('button', { name: 'End', exact: true });
    await ends.first().waitFor();
    expect(await ends.count()).toBe(3);
    await ends.first().click();
    await ends.nth(2).waitFor({ state: 'detached' });
    const alive = () => Promise.all(others.map(({ session }) => isAlive(session)));
    expect((await alive()).toSorted()).toEqual([false, true, true]);
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
    await ends.first().waitFor({ state: 'detached' });
    expect(await alive()).toEqual([false, false, false]);
    await page.reload();
    await page.getByText('This one').waitFor();
  });

  it('tells in words which browser a session is of, and a program as it calls itself', async () => {
    const user = await test.make.user();
    const programs = [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:147.0) Gecko/20100101 Firefox/147.0',
      'Mozilla/5.0 (compatible; Sweeper/2)',
      'curl/8.14.1 on Linux',
    ];
    for (const program of programs) {
      await sessionOf(test, user);
      await test.database.query(
        'UPDATE sessions SET user_agent = $1 WHERE id = (SELECT max(id) FROM sessions)',
        [program],
      );
    }
    const page = await browser.open(test, { as: user, path: '/account' });
    for (const [index, name] of [
      'Chrome 150 on Linux',
      'Edge 149 on Windows',
      'Safari 18 on iPhone',
      'Firefox 147 on macOS',
      'Mozilla/5.0 (compatible; Sweeper/2)',
      'curl/8.14.1 on Linux',
    ].entries()) {
      await row(page, name)
        .getByTitle(programs[index] ?? '', { exact: true })
        .waitFor();
    }
  });

  it('changes the password: a wrong one is told at its field, all sessions end, and the new one opens the next', async () => {
    const user = await test.make.user();
    const old = await test.make.password(user);
    const other = await sessionOf(test, user);
    const page = await browser.open(test, { as: user, path: '/account' });
    const [current, fresh] = [page.getByLabel('Current password'), page.getByLabel('New password')];
    await current.fill('not the password');
    await fresh.fill(NEW_PASSWORD);
    const submit = page.getByRole('button', { name: 'Change the password' });
    await submit.click();
    await page.locator('[id$="-error"]').waitFor();
    expect(await fresh.inputValue()).toBe(NEW_PASSWORD);
    await current.fill(old);
    await submit.click();
    await page.getByText('The password was changed.').waitFor();
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    await ended.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
    await ended.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This one').waitFor();
    expect(await isAlive(other.session)).toBe(false);
    const token = await test.api.post('/api/auth/token/', { email: user.email, password: NEW_PASSWORD });
    expect(token.status).toBe(200);
  });

  it('sets a password by a link, whose token leaves the address at once, and which works once', async () => {
    const user = await test.make.user();
    const link = await linkFor(user);
    const page = await browser.open(test, { path: link });
    await page.getByRole('heading', { name: 'Set your password' }).waitFor();
    expect(page.url()).toBe(`${test.url}/set-password`);
    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.locator('[id$="-error"]').waitFor();
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('link', { name: 'To the sign-in page' }).click();
    await logIn(page, user, NEW_PASSWORD);
    const again = await browser.open(test, { path: link });
    await again.getByLabel('New password').fill(NEW_PASSWORD);
    await again.getByRole('button', { name: 'Set the password' }).click();
    await again.getByText(/^This link does not work any more/).waitFor();
  });

  it('says that a link without its token is not whole', async () => {
    const page = await browser.open(test, { path: '/set-password' });
    await page.getByRole('heading', { name: 'This link is not whole' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    const user = await test.make.user();
    const page = await browser.open(test, { as: user, path: '/account', colours });
    await page.getByText('This one').waitFor();
    const findings = await seriousFindings(page);
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByRole('dialog').waitFor();
    findings.push(...(await seriousFindings(page)));
    const link = await browser.open(test, { path: await linkFor(user), colours });
    await link.getByLabel('New password').waitFor();
    findings.push(...(await seriousFindings(link)));
    expect(findings).toEqual([]);
  });
});
