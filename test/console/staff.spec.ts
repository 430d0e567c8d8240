import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, dialog, row, startConsole } from '../support/console.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

describeInBrowser("the staff's pages", () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let staff: MadeUser;
  let member: MadeUser;
  let org: { id: number; name: string };
  let key: MadeKey;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });
  beforeEach(async () => {
    staff = await test.make.user({ staff: true });
    org = await test.make.org({ name: `Acme ${staff.id}` });
    member = await test.make.member(org, 'Analyst');
    key = await test.make.accessKey(member, { organization: org });
    await test.database.query('UPDATE access_keys SET name = $1 WHERE id = $2', [`Key ${key.id}`, key.id]);
  });

  const open = (path: string, colours: 'light' | 'dark' = 'light'): Promise<Page> =>
    browser.open(test, { as: staff, path: `/staff/${path}`, colours });
  const asked = async (): Promise<string> => {
    const name = `Wanted ${key.id}`;
    const { status } = await test.api
      .as(await sessionOf(test, member))
      .with({ origin: test.url })
      .post('/api/auth/access-key-requests/', {
        organization: org.id,
        access_level: 'read_only',
        name,
        reason: 'For the nightly job',
      });
    expect(status).toBe(201);
    return name;
  };

  it('are listed for staff alone, and are not there for anybody else', async () => {
    const page = await browser.open(test, { as: member, path: '/staff/keys' });
    await page.getByText('It does not exist, or is not yours to see.').waitFor();
    expect(await page.getByRole('link', { name: 'All access keys' }).count()).toBe(0);
    const own = await open('keys');
    await own.getByRole('link', { name: 'All access keys' }).waitFor();
  });

  it('Organizations: makes one, disables it after telling what that does, and enables it again', async () => {
    const page = await open(`orgs?search=${encodeURIComponent(`New ${staff.id}`)}`);
    await page.getByRole('button', { name: 'New organization' }).click();
    await dialog(page).getByLabel('Name', { exact: true }).fill(`New ${staff.id}`);
    await dialog(page).getByRole('button', { name: 'Make' }).click();
    await row(page, `New ${staff.id}`).getByText('Enabled', { exact: true }).waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, `New ${staff.id}`).getByRole('button', { name: 'Disable' }).click();
    await dialog(page).getByRole('button', { name: 'Disable' }).click();
    await row(page, `New ${staff.id}`).getByText('Disabled', { exact: true }).waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, `New ${staff.id}`).getByRole('button', { name: 'Enable' }).click();
    await dialog(page).getByRole('button', { name: 'Enable' }).click();
    await row(page, `New ${staff.id}`).getByText('Enabled', { exact: true }).waitFor();
  });

  it('Users: makes a link to set a password, shown once, and deactivates an account', async () => {
    const page = await open(`users?search=${encodeURIComponent(member.email)}`);
    await row(page, member.email).getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Link to set a password' }).click();
    await dialog(page).getByRole('button', { name: 'Make the link' }).click();
    await dialog(page).getByText('/set-password').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain('/set-password');
    await row(page, member.email).getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Deactivate' }).click();
    await dialog(page).getByRole('button', { name: 'Deactivate' }).click();
    await row(page, member.email).getByText('Deactivated', { exact: true }).waitFor();
    expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
  });

  it('All access keys: reviews, narrows, exports, and revokes; the next call is refused', async () => {
    const page = await open(`keys?search=${encodeURIComponent(member.email)}`);
    await row(page, `Key ${key.id}`).getByText(org.name).waitFor();
    expect(await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href')).toBe(
      `/api/admin/access-keys/review/?${new URLSearchParams({ format: 'csv', search: member.email }).toString()}`,
    );
    await row(page, `Key ${key.id}`).getByRole('button', { name: 'Revoke' }).click();
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await row(page, `Key ${key.id}`).getByText('Revoked', { exact: true }).waitFor();
    expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
  });

  it('Requests and grants: approves a request with an earlier end, and takes the grant back', async () => {
    const name = await asked();
    const page = await open('requests');
    await row(page, name).getByText(member.email).waitFor();
    await row(page, name).getByRole('button', { name: 'Approve' }).click();
    await dialog(page).getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'In 7 days' }).click();
    await dialog(page).getByRole('button', { name: 'Approve' }).click();
    await row(page, name).getByText('Approved', { exact: true }).waitFor();
    const [granted] = await test.database.query(
      `SELECT key_expires_at BETWEEN app_now() + interval '6 days' AND app_now() + interval '7 days' AS narrower
       FROM access_key_grants WHERE name = $1`,
      [name],
    );
    expect(granted).toEqual({ narrower: true });
    const grants = await open('grants');
    await row(grants, name).getByRole('button', { name: 'Take back' }).click();
    await dialog(grants).getByRole('button', { name: 'Take back' }).click();
    await row(grants, name).getByText('Taken back', { exact: true }).waitFor();
  });

  it('Organization: leads to its keys and its events alone, which say so, and show all again', async () => {
    const other = await test.make.accessKey(await test.make.user());
    await test.database.query('UPDATE access_keys SET name = $1 WHERE id = $2', [
      `Other ${other.id}`,
      other.id,
    ]);
    const eventOf = async ({ id }: { id: number }): Promise<string> => {
      const [event] = await test.database.query<{ id: string }>(
        `INSERT INTO audit_events (action, organization_id, details) VALUES ('organization.changed', $1, '{}') RETURNING id`,
        [id],
      );
      return `organization.changed ${event?.id}`;
    };
    const [own, foreign] = [await eventOf(org), await eventOf(await test.make.org())];
    const page = await open(`orgs/${org.id}`);
    const narrowed = page.getByRole('button', { name: org.name });
    await page.locator('main').getByRole('link', { name: 'Audit log' }).click();
    await row(page, own).waitFor();
    expect(await row(page, foreign).count()).toBe(0);
    await narrowed.click();
    await narrowed.waitFor({ state: 'detached' });
    await row(page, foreign).waitFor();
    await page.goto(`/staff/orgs/${org.id}`);
    await page.locator('main').getByRole('link', { name: 'Access keys', exact: true }).click();
    await row(page, `Key ${key.id}`).waitFor();
    expect(await row(page, `Other ${other.id}`).count()).toBe(0);
    await narrowed.click();
    await row(page, `Other ${other.id}`).waitFor();
  });

  it.each([1440, 1024])('What can be done with a row is in sight on a screen of %i pixels', async (width) => {
    const name = await asked();
    const page = await browser.open(test, { as: staff, path: '/staff/requests', width });
    const box = await row(page, name).getByRole('button', { name: 'Decline' }).boundingBox();
    expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThan(width);
  });

  it('Audit log: tells whether it holds together, and what happened in a sentence', async () => {
    await test.database.query('TRUNCATE audit_verifications');
    await asked();
    const page = await open('audit');
    await page.getByRole('region', { name: 'Verification' }).getByText('Not verified yet').waitFor();
    await page.getByText(`asked for the access key “Wanted ${key.id}”`).waitFor();
    await test.database.query('INSERT INTO audit_verifications (events, breaks) VALUES (7, 1)');
    await page.reload();
    await page.getByRole('region', { name: 'Verification' }).getByText('Broken', { exact: true }).waitFor();
    await page.getByText('7 sealed events were checked, one does not fit.').waitFor();
  });

  it.each(['light', 'dark'] as const)('keep nobody out, in %s colours', async (colours) => {
    await asked();
    const findings: Record<string, string[]> = {};
    for (const [path, ready] of [
      ['orgs', 'New organization'],
      ['users', 'New user'],
      ['keys', 'Revoke'],
      ['requests', 'Approve'],
    ] as const) {
      const page = await open(path, colours);
      await page.getByRole('table').waitFor();
      findings[path] = await seriousFindings(page);
      await page.getByRole('button', { name: ready }).first().click();
      await dialog(page).waitFor();
      findings[`${path}, dialog`] = await seriousFindings(page);
    }
    for (const path of ['grants', 'audit']) {
      const page = await open(path, colours);
      await page.getByRole('table').or(page.getByText('Nothing was granted yet')).waitFor();
      findings[path] = await seriousFindings(page);
    }
    expect(Object.entries(findings).filter(([, found]) => found.length > 0)).toEqual([]);
    expect(Object.keys(findings)).toHaveLength(10);
  });
});
