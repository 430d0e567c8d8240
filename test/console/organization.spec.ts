import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { closed, ConsoleBrowser, dialog, row, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

const MARKUP = '<img src=x onerror=alert(1)>';

describeInBrowser("the organization's pages", () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let org: { id: number; name: string };
  let owner: MadeUser;
  let viewer: MadeUser;
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
    viewer = await test.make.member(org, 'Viewer');
  });

  const open = (path: string, as = owner, colours: 'light' | 'dark' = 'light'): Promise<Page> =>
    browser.open(test, { as, path: `/orgs/${org.id}/${path}`, colours });
  const byOwner = async () => test.api.as(await sessionOf(test, owner)).with({ origin: test.url });
  /** A snapshot without what differs from run to run. */
  const readable = (text: string, ...prefixes: string[]): string =>
    prefixes
      .reduce((rest, prefix) => rest.replaceAll(prefix, 'PREFIX'), text)
      .replaceAll(/user-\d+@/g, 'user@')
      .replaceAll(/User \d+/g, 'User')
      .replaceAll(/\/orgs\/\d+\//g, '/orgs/1/');

  describe('Members', () => {
    it('lists who belongs and who is invited, and offers what an Owner may do', async () => {
      const page = await open('members');
      await row(page, viewer.email).waitFor();
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
    });

    it('invites somebody, gives them another role, and withdraws the invitation', async () => {
      const page = await open('members');
      await page.getByRole('button', { name: 'Invite member' }).click();
      await dialog(page).getByLabel('E-mail', { exact: true }).fill('new@example.com');
      await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
      await row(page, 'new@example.com').getByText('Invited', { exact: true }).waitFor();
      await closed(page);
      await row(page, 'new@example.com').getByRole('button', { name: 'Change role' }).click();
      await dialog(page).getByRole('combobox', { name: 'Role' }).click();
      await page.getByRole('listbox').getByRole('option', { name: 'Analyst' }).click();
      await dialog(page).getByRole('button', { name: 'Change role' }).click();
      await row(page, 'new@example.com').getByText('Analyst').waitFor();
      await closed(page);
      await row(page, 'new@example.com').getByRole('button', { name: 'Withdraw' }).click();
      await dialog(page).getByRole('button', { name: 'Withdraw' }).click();
      await row(page, 'new@example.com').waitFor({ state: 'detached' });
    });

    it('tells at the field what is wrong with an invitation, and keeps what was typed', async () => {
      const page = await open('members');
      await page.getByRole('button', { name: 'Invite member' }).click();
      await dialog(page).getByLabel('E-mail', { exact: true }).fill(viewer.email);
      await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
      await dialog(page).getByText('This user is already a member of this organization.').waitFor();
      expect(await dialog(page).getByLabel('E-mail', { exact: true }).inputValue()).toBe(viewer.email);
    });

    it('says why the last Owner can not be removed', async () => {
      const page = await open('members');
      await row(page, owner.email).getByRole('button', { name: 'Remove' }).click();
      await dialog(page).getByRole('button', { name: 'Remove' }).click();
      await dialog(page)
        .getByText('The last Owner of an organization can be neither removed nor demoted.')
        .waitFor();
    });

    it('offers a Viewer no way to change anything, and explains a role that was lost meanwhile', async () => {
      const seen = await open('members', viewer);
      await row(seen, viewer.email).waitFor();
      expect(
        await seen
          .locator('main')
          .getByRole('button', { name: /Invite|Remove|Change/ })
          .count(),
      ).toBe(0);
      const administrator = await test.make.member(org, 'Administrator');
      const page = await open('members', administrator);
      await page.getByRole('button', { name: 'Invite member' }).click();
      await test.database.query(
        `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')
         WHERE id = $1`,
        [administrator.memberId],
      );
      await dialog(page).getByLabel('E-mail', { exact: true }).fill('late@example.com');
      await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
      await dialog(page).getByText('Your role does not allow this.').waitFor();
    });

    it('shows names that hold markup as text', async () => {
      await test.database.query('UPDATE users SET name = $1 WHERE id = $2', [MARKUP, viewer.id]);
      const page = await open('members');
      await row(page, viewer.email).getByText(MARKUP).waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    });
  });

  describe('Roles', () => {
    it('shows what each role permits by category, and offers nothing to whoever may not', async () => {
      const page = await open('roles', viewer);
      await row(page, 'Analyst').waitFor();
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
      await row(page, 'Analyst').getByRole('button', { name: 'Show' }).click();
      await dialog(page).getByText('Call the providers with the stored keys.').waitFor();
    });

    it('defines a role, edits it, and deletes it; an Administrator is offered only what they hold', async () => {
      const administrator = await test.make.member(org, 'Administrator');
      const page = await open('roles', administrator);
      await page.getByRole('button', { name: 'Define role' }).click();
      await dialog(page).getByLabel('Name', { exact: true }).fill(MARKUP);
      await dialog(page).getByLabel('Read and export the audit log.').check();
      expect(await dialog(page).getByLabel('Rename the organization and change its policy.').count()).toBe(0);
      await dialog(page).getByRole('button', { name: 'Define', exact: true }).click();
      await row(page, MARKUP).getByText('Audit').waitFor();
      await closed(page);
      await row(page, MARKUP).getByRole('button', { name: 'Edit' }).click();
      await dialog(page).getByLabel('Name', { exact: true }).fill('Auditor');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await row(page, 'Auditor').waitFor();
      await closed(page);
      await row(page, 'Auditor').getByRole('button', { name: 'Delete' }).click();
      await dialog(page).getByRole('button', { name: 'Delete' }).click();
      await row(page, 'Auditor').waitFor({ state: 'detached' });
    });

    it('tells what somebody else changed meanwhile, and overwrites nothing unasked', async () => {
      const id = await test.make.role(org, ['member.view'], 'Reader');
      const page = await open('roles');
      await row(page, 'Reader').getByRole('button', { name: 'Edit' }).click();
      await dialog(page).getByLabel('Name', { exact: true }).fill('My reader');
      const other = await byOwner();
      expect((await other.patch(`/api/orgs/${org.id}/roles/${id}/`, { name: 'Their reader' })).status).toBe(
        200,
      );
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page)
        .getByText(/It is now called Their reader/)
        .waitFor();
      expect((await other.get(`/api/orgs/${org.id}/roles/${id}/`)).body.name).toBe('Their reader');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await row(page, 'My reader').waitFor();
    });

    it('says over the list that a role could not be read, and edits it once it can', async () => {
      const id = await test.make.role(org, ['member.view'], 'Reader');
      const page = await open('roles');
      const role = `**/api/orgs/${org.id}/roles/${id}/`;
      await page.route(role, (route) => route.abort());
      await row(page, 'Reader').getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('alert').getByText('The service could not be reached.').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.unroute(role);
      await page.getByRole('button', { name: 'Try again' }).click();
      await dialog(page).getByLabel('Name', { exact: true }).fill('My reader');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await row(page, 'My reader').waitFor();
    });

    it('says of a role that is gone that it is, and goes on with the list', async () => {
      const id = await test.make.role(org, ['member.view'], 'Reader');
      const page = await open('roles');
      await row(page, 'Reader').waitFor();
      expect((await (await byOwner()).delete(`/api/orgs/${org.id}/roles/${id}/`)).status).toBe(204);
      await row(page, 'Reader').getByRole('button', { name: 'Edit' }).click();
      const told = page.getByRole('alert');
      await told.getByText('It does not exist, or is not yours to see.').waitFor();
      await told.getByRole('button', { name: 'Close' }).click();
      await told.waitFor({ state: 'detached' });
      await row(page, 'Analyst').getByRole('button', { name: 'Show' }).click();
      await dialog(page).waitFor();
    });

    it('keeps what was typed when the role can not be read once more', async () => {
      const id = await test.make.role(org, ['member.view'], 'Reader');
      const page = await open('roles');
      await row(page, 'Reader').getByRole('button', { name: 'Edit' }).click();
      const name = dialog(page).getByLabel('Name', { exact: true });
      await name.fill('My reader');
      expect((await (await byOwner()).delete(`/api/orgs/${org.id}/roles/${id}/`)).status).toBe(204);
      const again = page.waitForResponse(`**/api/orgs/${org.id}/roles/${id}/`);
      await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`); // as when somebody comes back to the page
      expect((await again).status()).toBe(404);
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page).getByRole('alert').waitFor();
      expect(await name.inputValue()).toBe('My reader');
    });
  });

  describe('Access keys', () => {
    it('reviews the keys of all members, narrows by what is wrong, and exports what is left', async () => {
      const key = await test.make.accessKey(viewer, { organization: org });
      const other = await test.make.accessKey(owner, { organization: org, expiresInSeconds: 86_400 });
      await test.database.query('UPDATE access_keys SET name = $1 WHERE id = $2', [MARKUP, key.id]);
      const page = await open('keys');
      await row(page, MARKUP).getByText('No expiry').waitFor();
      expect(readable(await page.locator('main').ariaSnapshot(), key.prefix, other.prefix)).toMatchSnapshot();
      await page.getByRole('combobox', { name: 'Review' }).selectOption('No expiry');
      await row(page, 'Test key').waitFor({ state: 'detached' });
      expect(new URL(page.url()).searchParams.get('breach')).toBe('no_expiry');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export as CSV' }).click(),
      ]);
      expect(new URL(download.url()).search).toBe('?format=csv&breach=no_expiry');
      expect(download.suggestedFilename()).toBe('access-keys-review.csv');
    });

    it("revokes a member's key with a reason, and its next call is refused", async () => {
      const key = await test.make.accessKey(viewer, { organization: org });
      const page = await open('keys');
      await row(page, 'Test key').getByRole('button', { name: 'Revoke' }).click();
      await dialog(page).getByLabel('Reason').fill('No longer needed');
      await dialog(page).getByRole('button', { name: 'Revoke' }).click();
      await row(page, 'Test key').getByText('Revoked', { exact: true }).waitFor();
      expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
    });
  });

  describe('Settings', () => {
    const stored = async () => {
      const { body } = await (await byOwner()).get(`/api/orgs/${org.id}/`);
      return body as { name: string; policy: Record<string, unknown> };
    };

    it('shows the policy, and a Viewer can change nothing of it', async () => {
      const page = await open('settings', viewer);
      await page.getByLabel('Name', { exact: true }).waitFor();
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
      expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    });

    it('tells who is against the policy before it holds for keys that exist, and saves it', async () => {
      await test.make.accessKey(viewer, { organization: org });
      const page = await open('settings');
      await page.getByText('One key is against this policy, and would be blocked by it').waitFor();
      await page.getByRole('switch', { name: 'Block keys that are against the policy' }).check();
      await page.getByLabel('Longest life of a key').fill('30');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('The policy blocks one key').waitFor();
      expect((await stored()).policy).toMatchObject({ enforce_on_use: true, longest_key_lifetime_days: 30 });
    });

    it('tells what somebody else changed meanwhile, and keeps both changes', async () => {
      const page = await open('settings');
      await page.getByLabel('Name', { exact: true }).fill('Acme Europe');
      const other = await byOwner();
      await other.patch(`/api/orgs/${org.id}/`, { policy: { longest_key_lifetime_days: 7 } });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Longest life of a key: now 7').waitFor();
      await page.getByRole('button', { name: 'Go on with my changes' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('The name of Acme Europe', { exact: false }).waitFor();
      expect(await stored()).toMatchObject({ name: 'Acme Europe', policy: { longest_key_lifetime_days: 7 } });
    });

    it('stops issuing, after telling what that does, and allows it again', async () => {
      const page = await open('settings');
      await page.getByRole('button', { name: 'Stop issuing' }).click();
      await dialog(page).getByRole('button', { name: 'Stop issuing' }).click();
      await page.getByText('No key can be issued or rotated').waitFor();
      expect((await stored()).policy).toMatchObject({ issuing_stopped: true });
      await closed(page);
      await page.getByRole('button', { name: 'Allow issuing' }).click();
      await dialog(page).getByRole('button', { name: 'Allow issuing' }).click();
      await page.getByText('Keys can be issued and rotated').waitFor();
      expect((await stored()).policy).toMatchObject({ issuing_stopped: false });
    });
  });

  it.each(['light', 'dark'] as const)('keep nobody out, in %s colours', async (colours) => {
    await test.make.accessKey(viewer, { organization: org });
    await test.make.role(org, ['member.view'], 'Reader');
    const findings: Record<string, string[]> = {};
    for (const [path, ready, button] of [
      ['members', viewer.email, 'Invite member'],
      ['roles', 'Reader', 'Define role'],
      ['keys', 'Test key', 'Revoke'],
    ] as const) {
      const page = await open(path, owner, colours);
      await row(page, ready).waitFor();
      findings[path] = await seriousFindings(page);
      await page.getByRole('button', { name: button }).first().click();
      await dialog(page).waitFor();
      findings[`${path}, dialog`] = await seriousFindings(page);
    }
    const settings = await open('settings', owner, colours);
    await settings.getByLabel('Name', { exact: true }).waitFor();
    findings['settings'] = await seriousFindings(settings);
    expect(findings).toEqual({
      members: [],
      'members, dialog': [],
      roles: [],
      'roles, dialog': [],
      keys: [],
      'keys, dialog': [],
      settings: [],
    });
  });
});
