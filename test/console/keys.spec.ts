import type { Locator, Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { button, ConsoleBrowser, copyKey, row, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf } from '../support/sign-in.js';

describeInBrowser('my keys', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterEach(() => test.database.shiftClock(0));
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  const member = async (role: 'Owner' | 'Viewer' = 'Viewer'): Promise<MadeUser & { org: { id: number } }> => {
    const org = await test.make.org({ name: 'Northwind' });
    return { ...(await test.make.member(org, role)), org };
  };
  const issue = async (page: Page, name: string): Promise<string> => {
    await button(page, 'Issue key').click();
    const dialog = page.getByRole('dialog', { name: 'Issue key' });
    await dialog.getByLabel('Name').fill(name);
    await button(dialog, 'Issue').click();
    await row(page, name).waitFor(); // where it is shown from now on
    return page.getByTestId('new-key').innerText();
  };
  const callWith = (key: string) => test.api.as({ key }).get('/api/orgs/');
  const nameOfKey = (name: string) =>
    test.database.query<{ access_level: string; organization_id: number; days: number }>(
      `SELECT access_level, organization_id, round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days
       FROM access_keys WHERE name = $1`,
      [name],
    );

  it('begins with how to make the first one', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
    expect(await page.locator('main').ariaSnapshot()).toMatchSnapshot();
  });

  it('issues a key for a name alone, shows it once, and ticks when its first call has arrived', async () => {
    const user = await member();
    const page = await browser.open(test, { as: user, path: '/keys' });
    const key = await issue(page, 'Nightly screening');
    expect(key).toMatch(/^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/);
    await row(page, 'Nightly screening').waitFor();
    expect(await nameOfKey('Nightly screening')).toEqual([
      { access_level: 'read_only', organization_id: user.org.id, days: 90 },
    ]);
    await page.getByText('Waiting for its first call…').waitFor();
    expect(await callWith(key)).toMatchObject({ status: 200, body: [{ id: user.org.id }] });
    await page.getByText('First call received').waitFor();
    await copyKey(page);
    await button(page, 'Close').click();
    await page.getByTestId('new-key').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key);
  });

  it('fills the key into a line of curl, TypeScript and Python', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    const key = await issue(page, 'Snippets');
    for (const language of ['curl', 'TypeScript', 'Python']) {
      await page.getByRole('tab', { name: language }).click();
      const text = await page.getByRole('tabpanel').innerText();
      expect(text).toContain(`Api-Key ${key}`);
      expect(text).toContain(`${test.url}/api/orgs/`);
    }
  });

  it('asks again before a key that was not copied is closed, or left by another page', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    await issue(page, 'Not copied');
    await button(page, 'Close').click();
    const asking = page.getByRole('dialog', { name: 'Close without copying?' });
    await button(asking, 'Cancel').click();
    await page.getByRole('link', { name: 'Account', exact: true }).click();
    await button(asking, 'Cancel').click();
    expect(new URL(page.url()).pathname).toBe('/keys');
    expect(await page.getByTestId('new-key').count()).toBe(1);
    await button(page, 'Close').click();
    await button(asking, 'Close anyway').click();
    await page.getByTestId('new-key').waitFor({ state: 'detached' });
  });

  it('closes a copied key without asking, also when it was copied before the list had it', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
    await page.route('**/api/auth/access-keys/**', async (route) => {
      if (route.request().method() === 'GET') await held;
      await route.continue();
    });
    await button(page, 'Issue key').click();
    const dialog = page.getByRole('dialog', { name: 'Issue key' });
    await dialog.getByLabel('Name').fill('Copied at once');
    await button(dialog, 'Issue').click();
    await copyKey(page);
    answer();
    await row(page, 'Copied at once').waitFor();
    await button(page, 'Close').click();
    await page.getByTestId('new-key').waitFor({ state: 'detached' });
  });

  it('says so where the browser refuses to copy, and asks again before such a key is closed', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`); // as without TLS
    await issue(page, 'By hand');
    await button(page, 'Copy').click();
    await button(page, 'Select and copy it by hand').waitFor();
    await button(page, 'Close').click();
    await page.getByRole('dialog', { name: 'Close without copying?' }).waitFor();
    expect(await page.getByTestId('new-key').count()).toBe(1);
  });

  it('shows two new keys at once, each in its row', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    const first = await issue(page, 'First');
    await button(page, 'Issue key').click();
    const dialog = page.getByRole('dialog', { name: 'Issue key' });
    await dialog.getByLabel('Name').fill('Second');
    await button(dialog, 'Issue').click();
    await row(page, 'Second').waitFor();
    const shown = await page.getByTestId('new-key').allInnerTexts();
    expect(shown).toEqual([expect.not.stringMatching(first), first]);
  });

  it('keeps a shown key in no storage and no address', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    const key = await issue(page, 'Nowhere');
    const kept = await page.evaluate<string>(
      `JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state])`,
    );
    expect(kept).not.toContain(key.split('.')[1]);
  });

  it('rotates step by step: both work, the old one ends after the first use of the new one, as was said', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    const old = await issue(page, 'Rotated');
    await copyKey(page);
    await button(page, 'Close').click();
    await button(row(page, 'Rotated'), 'Rotate').click();
    const dialog = page.getByRole('dialog', { name: 'Rotate Rotated' });
    await dialog.getByRole('combobox', { name: 'The old key works on for' }).click();
    await page.getByRole('listbox').getByRole('option', { name: '1 hour' }).click();
    await button(dialog, 'Make the new key').click();
    const fresh = await dialog.getByTestId('new-key').innerText();
    await dialog.getByText('It ends 1 h after the first use of the new key.').waitFor();
    expect((await callWith(old)).status).toBe(200);
    expect((await callWith(fresh)).status).toBe(200);
    await dialog.getByText('First call received').waitFor();
    await dialog.getByText(/^The old key ends in (1 h|59 min)/).waitFor();
    await test.database.shiftClock(3601);
    expect((await callWith(old)).status).toBe(401);
    expect((await callWith(fresh)).status).toBe(200);
  });

  it('suspends, resumes and revokes; what is revoked is refused, and sinks below what lives', async () => {
    const page = await browser.open(test, { as: await member(), path: '/keys' });
    await issue(page, 'Older and alive');
    await copyKey(page);
    await button(page, 'Close').click();
    await page.getByTestId('new-key').waitFor({ state: 'detached' });
    const key = await issue(page, 'Newer');
    await copyKey(page);
    await button(page, 'Close').click();
    await button(row(page, 'Newer'), 'Suspend').click();
    await button(page.getByRole('dialog'), 'Suspend').click();
    await button(row(page, 'Newer'), 'Resume').waitFor();
    expect((await callWith(key)).status).toBe(401);
    await button(row(page, 'Newer'), 'Resume').click();
    await button(row(page, 'Newer'), 'Suspend').waitFor();
    expect((await callWith(key)).status).toBe(200);
    await button(row(page, 'Newer'), 'Revoke').click();
    const dialog = page.getByRole('dialog', { name: 'Revoke Newer?' });
    await dialog.getByText('Nothing else ends with it.').waitFor();
    await button(dialog, 'Revoke').click();
    await row(page, 'Newer').getByText('Revoked', { exact: true }).waitFor();
    expect((await callWith(key)).status).toBe(401);
    const names = await page.getByRole('link', { name: /alive|Newer/ }).allInnerTexts();
    expect(names).toEqual(['Older and alive', 'Newer']);
    expect(await button(row(page, 'Newer'), 'Revoke').count()).toBe(0);
  });

  it('keeps filters in the address, and says when nothing matches', async () => {
    const user = await member();
    await test.make.accessKey(user, { organization: user.org });
    const page = await browser.open(test, { as: user, path: '/keys?status=revoked' });
    await page.getByText('Nothing matches these filters.').waitFor();
    await button(page, 'Clear the filters').click();
    await row(page, 'Test key').waitFor();
    await page.getByLabel('Search').fill('no such name');
    await page.waitForURL('**/keys?search=no+such+name');
    await page.getByText('Nothing matches these filters.').waitFor();
  });

  it('shows one key: its status and what to do, its history, and what can be done', async () => {
    const user = await member();
    const { id, prefix } = await test.make.accessKey(user, { organization: user.org });
    const page = await browser.open(test, { as: user, path: `/keys/${id}` });
    await page.getByRole('heading', { name: 'Test key' }).waitFor();
    const snapshot = await page.locator('main').ariaSnapshot();
    expect(snapshot.replaceAll(prefix, 'PREFIX')).toMatchSnapshot();
  });

  it('tells a last use with its address and program, in words, and exactly, here and in UTC, to a pointer, a finger and the keyboard', async () => {
    const user = await member();
    const { id } = await test.make.accessKey(user, { organization: user.org });
    await test.database.query(
      `UPDATE access_keys SET name = 'Warehouse', last_used_at = '2026-01-15T12:30:05Z', last_used_ip = '203.0.113.24',
         last_used_user_agent = 'dbt/1.9' WHERE id = $1`,
      [id],
    );
    const page = await browser.open(test, { as: user, path: '/keys' });
    const use = row(page, 'Warehouse').getByRole('cell').filter({ hasText: 'dbt/1.9' });
    await use.getByText('203.0.113.24').waitFor();
    const time = use.locator('time');
    expect(await time.innerText()).toMatch(/ago$/);
    const tip = page.getByRole('tooltip', { name: '15 Jan 2026, 13:30:05 (15 Jan 2026, 12:30:05 UTC)' });
    const described = page.locator('time[aria-describedby]');
    const shown = async () => {
      await tip.waitFor();
      expect(await described.getAttribute('aria-describedby')).toBe(await tip.getAttribute('id'));
    };
    await time.hover();
    await shown();
    await tip.hover();
    await shown(); // it can be pointed at, too
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });
    await button(row(page, 'Warehouse'), 'Rotate').focus();
    await page.keyboard.press('Shift+Tab'); // the one before it in the row
    await shown();
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    const touched = await browser.open(test, { as: user, path: '/keys', touch: true });
    await row(touched, 'Warehouse').locator('time').last().tap();
    await touched
      .getByRole('tooltip', { name: '15 Jan 2026, 13:30:05 (15 Jan 2026, 12:30:05 UTC)' })
      .waitFor();
  });

  it('says of a revoked key when it ended, and of no expiry to come', async () => {
    const user = await member('Owner');
    const { id } = await test.make.accessKey(user, {
      organization: user.org,
      expiresInSeconds: 86_400 * 200,
    });
    await test.database.query(
      `UPDATE access_keys SET revoked_at = app_now() - interval '3 days' WHERE id = $1`,
      [id],
    );
    const page = await browser.open(test, { as: user, path: '/keys' });
    const cells = row(page, 'Test key').getByRole('cell');
    await cells.filter({ hasText: /^ended 3 days ago$/ }).waitFor();
    expect(await cells.filter({ hasText: /^in / }).count()).toBe(0);
    const phone = await browser.open(test, { as: user, path: '/keys', width: 390 });
    const ended = row(phone, 'Test key')
      .getByRole('cell')
      .filter({ hasText: /^ended/ });
    expect(await ended.innerText()).toBe('ended 3 days ago'); // in one line
    await page.goto(`/keys/${id}`);
    const facts = page.getByRole('region', { name: 'Details' });
    await facts.getByText('3 days ago').waitFor();
    expect(await facts.getByText('Expires', { exact: true }).count()).toBe(0);
    expect(await facts.getByText('Renewable until', { exact: true }).count()).toBe(0);
    await page.goto(`/orgs/${user.org.id}/keys`);
    await row(page, 'Test key').getByRole('cell', { name: 'ended', exact: true }).waitFor();
  });

  it('says of an expired key when it ended, and not that it expires', async () => {
    const user = await member();
    const { id } = await test.make.accessKey(user, { organization: user.org });
    await test.database.query(
      `UPDATE access_keys SET created_at = app_now() - interval '9 days', expires_at = app_now() - interval '2 days'
       WHERE id = $1`,
      [id],
    );
    const page = await browser.open(test, { as: user, path: '/keys' });
    await row(page, 'Test key').getByRole('cell', { name: 'ended 2 days ago', exact: true }).waitFor();
    await page.goto(`/keys/${id}`);
    const facts = page.getByRole('region', { name: 'Details' });
    await facts.getByText('Expired', { exact: true }).waitFor();
    expect(await facts.getByText('Expires', { exact: true }).count()).toBe(0);
  });

  it('says that a key is not there, or not theirs, in the same words', async () => {
    const stranger = await member();
    const { id } = await test.make.accessKey(await member());
    for (const path of [`/keys/${id}`, '/keys/2147483647']) {
      const page = await browser.open(test, { as: stranger, path });
      await page.getByText('It does not exist, or is not yours to see.').waitFor();
    }
  });

  /** The dialog in which the user has pasted a key. */
  const diagnosed = async (user: MadeUser, key: string): Promise<Locator> => {
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Diagnose a key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Diagnose a key' });
    await dialog.getByLabel('Whole key').fill(key);
    await button(dialog, 'Diagnose').click();
    return dialog;
  };

  it('tells whoever pastes a key how it stands', async () => {
    const user = await member();
    const { key } = await test.make.accessKey(user, { organization: user.org });
    const dialog = await diagnosed(user, key);
    await dialog.getByText('Works in Northwind.').waitFor();
    await dialog.getByLabel('Whole key').fill(`${key}x`);
    await button(dialog, 'Diagnose').click();
    await dialog.getByText(/^There is no such key/).waitFor();
  });

  it('diagnoses a key that works from elsewhere only, and tells that the network is at fault', async () => {
    const user = await member();
    const { id, key } = await test.make.accessKey(user, { organization: user.org });
    await test.database.query(`UPDATE access_keys SET allowed_networks = '{203.0.113.0/24}' WHERE id = $1`, [
      id,
    ]);
    const dialog = await diagnosed(user, key);
    await dialog.getByText('It works from some networks only, and yours is none of them.').waitFor();
  });

  it('revokes keys that were found elsewhere', async () => {
    const user = await member();
    const { key } = await test.make.accessKey(user, { organization: user.org });
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Report a leak' }).click();
    const dialog = page.getByRole('dialog', { name: 'Report a leak' });
    await dialog.getByLabel('Keys').fill(`${key}\nnothing`);
    await button(dialog, 'Revoke them').click();
    await dialog.getByText('Line 1: revoked').waitFor();
    await dialog.getByText('Line 2: no key of ours').waitFor();
    expect((await callWith(key)).status).toBe(401);
  });

  it('redeems a grant: the key is shown, and works', async () => {
    const user = await member();
    const staff = test.api.as(await bearerOf(test, await test.make.user({ staff: true })));
    const granted = { user: user.id, organization: user.org.id, access_level: 'read_only', name: 'Granted' };
    expect(
      await staff.post('/api/admin/access-key-grants/', { ...granted, reason: 'As asked' }),
    ).toMatchObject({
      status: 201,
    });
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'Redeem').click();
    const key = await page.getByTestId('new-key').innerText();
    expect((await callWith(key)).status).toBe(200);
    await button(page, 'Redeem').waitFor({ state: 'detached' });
  });

  it('says why no key can be issued, before anybody tries', async () => {
    const user = await member();
    await test.database.query(`UPDATE organizations SET issuing_stopped = true WHERE id = $1`, [user.org.id]);
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'Issue key').click();
    const dialog = page.getByRole('dialog', { name: 'Issue key' });
    await dialog.getByText('No keys can be issued at the moment: issuing was stopped.').waitFor();
    expect(await button(dialog, 'Issue').isDisabled()).toBe(true);
  });

  it('shows markup in names, programs and organizations as the text it is', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const org = await test.make.org({ name: `<b>${markup}</b>` });
    const user = await test.make.member(org, 'Viewer');
    // Whoever belongs to one organization alone has no column of organizations.
    await test.make.member(await test.make.org(), 'Viewer', user);
    const { id } = await test.make.accessKey(user, { organization: org });
    await test.database.query(
      `UPDATE access_keys SET name = $2, last_used_at = app_now(), last_used_ip = '203.0.113.9', last_used_user_agent = $2 WHERE id = $1`,
      [id, markup],
    );
    const page = await browser.open(test, { as: user, path: '/keys' });
    await row(page, markup)
      .getByRole('cell', { name: `<b>${markup}</b>`, exact: true })
      .waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByRole('link', { name: markup, exact: true }).click();
    await page.getByRole('heading', { name: markup, exact: true }).waitFor();
    const definition = page.locator('main').getByRole('definition');
    await definition.getByText(`<b>${markup}</b>`, { exact: true }).waitFor();
    await definition.getByText(markup, { exact: true }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('loses nothing that was typed when the session ends meanwhile, and goes on where it was', async () => {
    const user = await member();
    const password = await test.make.password(user);
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'Issue key').click();
    const dialog = page.getByRole('dialog', { name: 'Issue key' });
    await dialog.getByLabel('Name').fill('Typed before the end');
    await test.database.query(`DELETE FROM sessions WHERE user_id = $1`, [user.id]);
    await button(dialog, 'Issue').click();
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    expect(await ended.getByLabel('E-mail', { exact: true }).inputValue()).toBe(user.email);
    await ended.getByLabel('Password', { exact: true }).fill(password);
    await button(ended, 'Sign in').click();
    const key = await page.getByTestId('new-key').innerText();
    expect((await callWith(key)).status).toBe(200);
    expect(await nameOfKey('Typed before the end')).toHaveLength(1);
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    const user = await member();
    const { id } = await test.make.accessKey(user, { organization: user.org, expiresInSeconds: 86_400 });
    const page = await browser.open(test, { as: user, path: '/keys', colours });
    await row(page, 'Test key').waitFor();
    const findings: string[] = await seriousFindings(page);
    await button(page, 'Issue key').click();
    await page
      .getByRole('dialog')
      .getByText(/will act as you/)
      .waitFor();
    findings.push(...(await seriousFindings(page)));
    await button(page.getByRole('dialog'), 'Cancel').click();
    await issue(page, 'Shown');
    findings.push(...(await seriousFindings(page)));
    await copyKey(page);
    for (const verb of ['Rotate', 'Suspend', 'Revoke']) {
      await button(row(page, 'Test key'), verb).click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      findings.push(...(await seriousFindings(page)));
      await button(dialog, 'Cancel').click();
      await dialog.waitFor({ state: 'detached' });
    }
    await page.goto(`/keys/${id}`);
    await page.getByRole('heading', { name: 'Test key' }).waitFor();
    findings.push(...(await seriousFindings(page)));
    expect(findings).toEqual([]);
  });
});
