import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import type { Client } from '../support/client.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, dialog, row, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

describeInBrowser("the organization's daily work", () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let org: { id: number; name: string };
  let owner: MadeUser;
  let member: MadeUser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });
  beforeEach(async () => {
    org = await test.make.org({ name: 'Acme Compliance' });
    owner = await test.make.member(org, 'Owner');
    member = await test.make.member(org, 'Analyst');
  });

  const open = (path: string, as = owner, colours: 'light' | 'dark' = 'light'): Promise<Page> =>
    browser.open(test, { as, path: `/orgs/${org.id}/${path}`, colours });
  const by = async (user: MadeUser): Promise<Client> =>
    test.api.as(await sessionOf(test, user)).with({ origin: test.url });

  async function storedKey(name: string): Promise<number> {
    const { status, body } = await (
      await by(owner)
    ).post(`/api/orgs/${org.id}/api-keys/`, { key_type: 'H', name, key: 'provider-key-0123456789abcdef' });
    expect(status).toBe(201);
    return body.id as number;
  }

  async function asked(name: string, user = member): Promise<void> {
    const { status } = await (
      await by(user)
    ).post('/api/auth/access-key-requests/', {
      organization: org.id,
      access_level: 'full_access',
      name,
      reason: 'For <b>the nightly job</b>',
    });
    expect(status).toBe(201);
  }

  async function called(key: number, daysAgo: number, calls: number): Promise<void> {
    await test.database.query(
      `INSERT INTO call_summaries (provider_key_id, day, calls, succeeded, failed, last_call_at)
       VALUES ($1, (app_now() AT TIME ZONE 'UTC')::date - $2::integer, $3, $3, 0, app_now())`,
      [key, daysAgo, calls],
    );
  }

  it('Requests: approves a narrower key, declines with a reason, and lets nobody decide their own', async () => {
    await asked('Nightly');
    await asked('Hourly');
    await asked('Mine', owner);
    const page = await open('requests');
    await row(page, 'Mine').getByText('Yours: somebody else decides').waitFor();
    await row(page, 'Nightly').getByText('For <b>the nightly job</b>').waitFor();
    await row(page, 'Nightly').getByRole('button', { name: 'Approve' }).click();
    await dialog(page).getByRole('combobox', { name: 'Level' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'Read only' }).click();
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    // Exactly: the buttons “Approve” and “Decline” next to each other read “ApproveDecline”.
    await row(page, 'Nightly').getByText('Approved', { exact: true }).waitFor();
    const { body } = await (await by(member)).get('/api/auth/access-key-grants/?status=open');
    expect(body.results).toMatchObject([{ name: 'Nightly', access_level: 'read_only' }]);
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'Hourly').getByRole('button', { name: 'Decline' }).click();
    await dialog(page).getByLabel('Reason').fill('Use the nightly one');
    await dialog(page).getByRole('button', { name: 'Decline' }).click();
    await row(page, 'Hourly').getByText('Declined', { exact: true }).waitFor();
  });

  it("Provider keys: stores one with the provider's own fields, masks it, disables it, and deletes it", async () => {
    const page = await open('provider-keys');
    await page.getByText('No provider key is stored yet').waitFor();
    await page.getByRole('button', { name: 'Add provider key' }).click();
    await dialog(page).getByRole('combobox', { name: 'Provider' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'World Check' }).click();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Screening');
    await dialog(page).getByLabel('Key id').fill('key-id-0123456789abcd');
    await dialog(page).getByLabel('Key secret').fill('c2VjcmV0LTAxMjM0NTY3ODlhYmNkZWY=');
    await dialog(page).getByLabel('Group id').fill('group-7');
    await dialog(page).getByRole('button', { name: 'Store' }).click();
    await row(page, 'Screening').getByText('Preferred').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain('c2VjcmV0LTAxMjM0NTY3ODlhYmNkZWY=');
    const { body } = await (await by(owner)).get(`/api/orgs/${org.id}/api-keys/`);
    expect(body.results).toMatchObject([
      { key_type: 'W', name: 'Screening', settings: { product: 'one', group_id: 'group-7' } },
    ]);
    await row(page, 'Screening')
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await row(page, 'Screening').getByText('Disabled', { exact: true }).waitFor();
    await row(page, 'Screening')
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No provider key is stored yet').waitFor();
  });

  it('Provider keys: says at the field what is wrong with a secret, and what to do about a refused one', async () => {
    const key = await storedKey('Sanctions');
    await test.database.query(`UPDATE provider_keys SET health = 'bad_key' WHERE id = $1`, [key]);
    const page = await open('provider-keys');
    await row(page, 'Sanctions').getByText('Replace the secret with one that is valid.').waitFor();
    await page.getByRole('button', { name: 'Add provider key' }).click();
    await dialog(page).getByLabel('Secret', { exact: true }).fill('a b');
    await dialog(page).getByRole('button', { name: 'Store' }).click();
    await dialog(page).locator('[id$="-error"]').waitFor();
    expect(await dialog(page).getByLabel('Secret', { exact: true }).inputValue()).toBe('a b');
  });

  it('Provider keys: an Analyst sees them, and is offered no way to change any', async () => {
    await storedKey('Sanctions');
    const page = await open('provider-keys', member);
    await row(page, 'Sanctions').waitFor();
    expect(
      await page
        .locator('main')
        .getByRole('button', { name: /Add|Check|More/ })
        .count(),
    ).toBe(0);
  });

  it('Usage: a chart with its table, over 7, 30 and 90 days', async () => {
    const key = await storedKey('Sanctions');
    for (const [daysAgo, calls] of [
      [0, 5],
      [10, 7],
      [60, 11],
    ] as const) {
      await called(key, daysAgo, calls);
    }
    const page = await open('usage');
    await page.getByRole('img', { name: '12 calls in 30 days, at most 7 on one day' }).waitFor();
    const byKey = page.getByRole('table', { name: 'By key' });
    await byKey.getByRole('row', { name: 'Chainalysis: Sanctions' }).getByText('12').first().waitFor();
    await page.getByText('90 days').click();
    await page.getByRole('img', { name: '23 calls in 90 days, at most 11 on one day' }).waitFor();
    expect(await page.getByRole('table', { name: 'By day' }).getByRole('row').count()).toBe(91);
    await page.getByText('7 days', { exact: true }).click();
    await page.getByRole('img', { name: '5 calls in 7 days, at most 5 on one day' }).waitFor();
    expect(new URL(page.url()).search).toContain('7');
  });

  it('Audit log: tells in a sentence what happened, shows all that was recorded, narrows and exports', async () => {
    await storedKey('Sanctions');
    const page = await open('audit');
    const event = page.getByRole('row', { name: /^provider_key.stored/ });
    await event.getByText('stored a provider key “Sanctions”').waitFor();
    await event.getByRole('button', { name: 'Details' }).click();
    await page.getByText('"key_type": "H"').waitFor();
    await page.getByRole('combobox', { name: 'Action' }).selectOption('role.defined');
    await page.getByText('Nothing matches these filters.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as NDJSON' }).click(),
    ]);
    expect(new URL(download.url()).search).toBe('?format=ndjson&action=role.defined');
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    await called(await storedKey('Sanctions'), 0, 5);
    await asked('Nightly');
    const findings: Record<string, string[]> = {};
    for (const [path, ready, button] of [
      ['requests', 'Nightly', 'Approve'],
      ['provider-keys', 'Sanctions', 'Add provider key'],
    ] as const) {
      const page = await open(path, owner, colours);
      await row(page, ready).waitFor();
      findings[path] = await seriousFindings(page);
      await page.getByRole('button', { name: button }).first().click();
      await dialog(page).waitFor();
      findings[`${path}, dialog`] = await seriousFindings(page);
    }
    const usage = await open('usage', owner, colours);
    await usage.getByRole('img', { name: /calls in 30 days/ }).waitFor();
    findings['usage'] = await seriousFindings(usage);
    const audit = await open('audit', owner, colours);
    await audit.getByRole('row', { name: /^provider_key.stored/ }).waitFor();
    findings['audit'] = await seriousFindings(audit);
    expect(findings).toEqual({
      requests: [],
      'requests, dialog': [],
      'provider-keys': [],
      'provider-keys, dialog': [],
      usage: [],
      audit: [],
    });
  });
});
