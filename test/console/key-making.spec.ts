import type { Locator, Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { Assistant } from '../support/assistant.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, copyKey, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf } from '../support/sign-in.js';

describeInBrowser('making a key', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let org: { id: number };
  let user: MadeUser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });
  beforeEach(async () => {
    org = await test.make.org({ name: 'Northwind' });
    user = await test.make.member(org, 'Viewer');
  });

  const button = (within: Page | Locator, name: string): Locator =>
    within.getByRole('button', { name, exact: true });
  const dialogOf = async (page: Page): Promise<Locator> => {
    await button(page, 'Issue key').click();
    return page.getByRole('dialog', { name: 'Issue key' });
  };
  const selfServe = (allowed: boolean) =>
    test.database.query(`UPDATE organizations SET self_serve_keys = $2 WHERE id = $1`, [org.id, allowed]);
  const callWith = (key: string) => test.api.as({ key }).get('/api/orgs/');
  /** A date of the viewer's, so many days from now. */
  const dateIn = (days: number): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Prague' }).format(Date.now() + days * 86_400_000);

  describe('with a date of its own', () => {
    const choose = async (dialog: Locator, page: Page): Promise<Locator> => {
      await dialog.getByRole('combobox', { name: 'Expires' }).click();
      await page.getByRole('listbox').getByRole('option', { name: 'On a date of your choice' }).click();
      return dialog.getByLabel('Date', { exact: true });
    };

    it('lets it work until that day is over for whoever chose it', async () => {
      const page = await browser.open(test, { as: user, path: '/keys' });
      const dialog = await dialogOf(page);
      await dialog.getByLabel('Name').fill('Until then');
      await (await choose(dialog, page)).fill(dateIn(12));
      await button(dialog, 'Issue').click();
      await page.getByTestId('new-key').waitFor();
      const [row] = await test.database.query(
        `SELECT (expires_at AT TIME ZONE 'Europe/Prague')::text AS ends FROM access_keys WHERE user_id = $1`,
        [user.id],
      );
      expect(row).toEqual({ ends: `${dateIn(12)} 23:59:59` });
    });

    it('takes no date beyond the policy, and the last one that it allows', async () => {
      await test.database.query(`UPDATE organizations SET longest_key_lifetime_days = 20 WHERE id = $1`, [
        org.id,
      ]);
      const page = await browser.open(test, { as: user, path: '/keys' });
      const dialog = await dialogOf(page);
      await dialog.getByText('At most 20 days, as the policy of the organization has it.').waitFor();
      await dialog.getByLabel('Name').fill('As long as may be');
      const date = await choose(dialog, page);
      await date.fill(dateIn(22));
      await button(dialog, 'Issue').click();
      expect(await date.evaluate((input) => input.matches(':out-of-range'))).toBe(true);
      expect(await test.database.query('SELECT FROM access_keys WHERE user_id = $1', [user.id])).toEqual([]);
      await date.fill((await date.getAttribute('max')) ?? '');
      await button(dialog, 'Issue').click();
      await page.getByTestId('new-key').waitFor();
    });
  });

  it('never makes two when the answer of the first try is lost, and says where the first is', async () => {
    const page = await browser.open(test, { as: user, path: '/keys' });
    let lost = 0;
    await page.route('**/api/auth/access-keys/', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch(); // the service has made the key
      await route.abort(); // and nobody heard of it
    });
    const dialog = await dialogOf(page);
    await dialog.getByLabel('Name').fill('Once');
    await button(dialog, 'Issue').click();
    await dialog.getByText('The service could not be reached.').waitFor();
    await button(dialog, 'Issue').click();
    await dialog.getByText(/^The key was made by the first try/).waitFor();
    await button(dialog, 'Cancel').click();
    await page.getByRole('row', { name: 'Once', exact: true }).waitFor();
    expect(lost).toBe(1);
    expect(await test.database.query('SELECT name FROM access_keys WHERE user_id = $1', [user.id])).toEqual([
      { name: 'Once' },
    ]);
  });

  describe('while what shows a key can not be loaded', () => {
    /** As when a release has replaced the files of the console. */
    const refuse = (page: Page): Promise<unknown> =>
      page.route('**/assets/new-key-*.js', (route) => route.abort());
    const told = (within: Page | Locator): Promise<void> =>
      within.getByText('A part of this page could not be loaded. Check your connection').waitFor();
    const namesOfKeys = () =>
      test.database.query('SELECT name FROM access_keys WHERE user_id = $1 ORDER BY id', [user.id]);

    it('issues none, and shows the one that is issued once the page was loaded anew', async () => {
      const page = await browser.open(test, { as: user, path: '/keys' });
      await refuse(page);
      const issue = async (): Promise<Locator> => {
        const dialog = await dialogOf(page);
        await dialog.getByLabel('Name').fill('Seen');
        await button(dialog, 'Issue').click();
        return dialog;
      };
      await told(await issue());
      expect(await namesOfKeys()).toEqual([]);
      await page.unroute('**/assets/new-key-*.js');
      await page.reload();
      await issue();
      expect((await callWith(await page.getByTestId('new-key').innerText())).status).toBe(200);
      expect(await namesOfKeys()).toEqual([{ name: 'Seen' }]);
    });

    it('rotates none', async () => {
      const old = await test.make.accessKey(user, { organization: org });
      const page = await browser.open(test, { as: user, path: '/keys' });
      await refuse(page);
      await button(page, 'Rotate').click();
      const dialog = page.getByRole('dialog', { name: 'Rotate Test key' });
      await button(dialog, 'Make the new key').click();
      await told(dialog);
      expect(await namesOfKeys()).toEqual([{ name: 'Test key' }]);
      expect((await callWith(old.key)).status).toBe(200);
    });

    it('redeems none: the grant waits', async () => {
      const staff = test.api.as(await bearerOf(test, await test.make.user({ staff: true })));
      const granted = { user: user.id, organization: org.id, access_level: 'read_only', name: 'Granted' };
      const grant = await staff.post('/api/admin/access-key-grants/', { ...granted, reason: 'As asked' });
      expect(grant.status).toBe(201);
      const page = await browser.open(test, { as: user, path: '/keys' });
      await refuse(page);
      const waiting = page.getByRole('region', { name: 'Ready for you' });
      await button(waiting, 'Redeem').click();
      await told(waiting);
      expect(await namesOfKeys()).toEqual([]);
      const { body } = await staff.get(`/api/admin/access-key-grants/?user=${user.id}`);
      expect(body.results).toMatchObject([{ id: grant.body.id, status: 'open' }]);
    });
  });

  it('keeps a key in sight that was not copied yet where something else can not be loaded', async () => {
    const page = await browser.open(test, { as: user, path: '/keys' });
    await page.route('**/assets/diagnose-dialog-*.js', (route) => route.abort());
    const dialog = await dialogOf(page);
    await dialog.getByLabel('Name').fill('In sight');
    await button(dialog, 'Issue').click();
    const key = await page.getByTestId('new-key').innerText();
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Diagnose a key' }).click();
    const told = page.getByRole('alert').filter({ hasText: 'A part of this page could not be loaded.' });
    await told.waitFor();
    expect(await page.getByTestId('new-key').innerText()).toBe(key);
    expect(await seriousFindings(page)).toEqual([]);
    await button(told, 'Close').click();
    await told.waitFor({ state: 'detached' });
    expect(await page.getByTestId('new-key').innerText()).toBe(key);
  });

  it('stays on the page until the key is there, which would be shown to nobody', async () => {
    const page = await browser.open(test, { as: user, path: '/' });
    await page.getByRole('link', { name: 'My keys', exact: true }).first().click();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/auth/access-keys/', async (route) => {
      if (route.request().method() === 'POST') await held;
      await route.continue();
    });
    const dialog = await dialogOf(page);
    await dialog.getByLabel('Name').fill('On its way');
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await button(dialog, 'Issue').click();
    await asked;
    await page.evaluate(`new Promise((left) => {
      addEventListener('popstate', left, { once: true });
      history.back();
    }).then(() => undefined)`);
    answer();
    expect((await callWith(await page.getByTestId('new-key').innerText())).status).toBe(200);
    expect(new URL(page.url()).pathname).toBe('/keys');
  });

  it('lets it work from some networks only, says at the field what is none, and tells it of the key', async () => {
    const page = await browser.open(test, { as: user, path: '/keys' });
    const dialog = await dialogOf(page);
    await dialog.getByLabel('Name').fill('From the office');
    await button(dialog, 'Limit it to some networks').click();
    await dialog.getByLabel('Networks').fill('the office');
    await button(dialog, 'Issue').click();
    await dialog.locator('[id$="-error"]').waitFor();
    expect(await dialog.getByLabel('Networks').inputValue()).toBe('the office');
    await dialog.getByLabel('Networks').fill('203.0.113.0/24\n2001:db8::/32');
    await button(dialog, 'Issue').click();
    const key = await page.getByTestId('new-key').innerText();
    expect((await callWith(key)).status).toBe(401);
    await copyKey(page);
    await page.getByRole('link', { name: 'From the office' }).click();
    await page.getByRole('definition').getByText('203.0.113.0/24, 2001:db8::/32').waitFor();
  });

  it('asks for it where members issue none, takes the request back, and tells why it was declined', async () => {
    await selfServe(false);
    const owner = test.api.as(await bearerOf(test, await test.make.member(org, 'Owner')));
    const page = await browser.open(test, { as: user, path: '/keys' });
    const ask = async (name: string): Promise<void> => {
      const dialog = await dialogOf(page);
      await dialog.getByText(/^In this organization you do not issue keys yourself/).waitFor();
      await dialog.getByLabel('Name').fill(name);
      await dialog.getByLabel('Reason').fill('The nightly job needs it');
      await button(dialog, 'Ask for it').click();
      await dialog.waitFor({ state: 'detached' });
    };
    const asked = page.getByRole('region', { name: 'Asked for' });
    await ask('Given up');
    await asked.getByRole('heading', { name: 'Given up' }).waitFor();
    await button(asked, 'Take back').click();
    await asked.waitFor({ state: 'detached' });
    await ask('Wanted');
    await asked.getByRole('heading', { name: 'Wanted' }).waitFor();
    expect(await page.locator('main').ariaSnapshot()).toMatchSnapshot();
    const { body } = await owner.get(`/api/orgs/${org.id}/access-key-requests/?status=open`);
    expect(body.results).toMatchObject([{ name: 'Wanted', reason: 'The nightly job needs it' }]);
    await owner.post(`/api/orgs/${org.id}/access-key-requests/${body.results[0].id}/decline/`, {
      reason: 'There is one already',
    });
    await page.reload();
    await asked.getByText('There is one already').waitFor();
    expect(await button(asked, 'Take back').count()).toBe(0);
  });

  it('says of a rotation that a tool asked for which key it replaces, and makes the new one here alone', async () => {
    const old = await test.make.accessKey(user, { organization: org });
    const assistant = await Assistant.connect(test.url, await bearerOf(test, user));
    const answer = await assistant.confirm('access_key_rotate', { access_key_id: old.id, grace_seconds: 0 });
    expect(answer.isError).toBe(false);
    const page = await browser.open(test, { as: user, path: '/keys' });
    const grant = page.getByRole('region', { name: 'Ready for you' });
    await grant.getByText(/The new key is made and shown here alone, in the browser/).waitFor();
    await grant.getByRole('link', { name: 'Test key' }).waitFor();
    await button(grant, 'Redeem').click();
    const fresh = await page.getByTestId('new-key').innerText();
    await page.getByText('It ends at the first use of the new key.').waitFor();
    expect((await callWith(old.key)).status).toBe(200);
    expect((await callWith(fresh)).status).toBe(200);
    expect((await callWith(old.key)).status).toBe(401);
    await page.getByText('The old key has ended. The rotation is complete.').waitFor();
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    await selfServe(false);
    const page = await browser.open(test, { as: user, path: '/keys', colours });
    const dialog = await dialogOf(page);
    await dialog.getByLabel('Reason').fill('A reason');
    await dialog.getByLabel('Name').fill('A name');
    await button(dialog, 'Limit it to some networks').click();
    await dialog.getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'On a date of your choice' }).click();
    const findings = await seriousFindings(page);
    await dialog.getByLabel('Date', { exact: true }).fill(dateIn(5));
    await button(dialog, 'Ask for it').click();
    await page.getByRole('region', { name: 'Asked for' }).waitFor();
    findings.push(...(await seriousFindings(page)));
    expect(findings).toEqual([]);
  });
});
