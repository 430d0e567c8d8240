import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

describeInBrowser('the oversight of an organization', () => {
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
  const byOwner = async () => test.api.as(await sessionOf(test, owner)).with({ origin: test.url });
  const keyCalled = async (name: string, level: 'read_only' | 'full_access' = 'full_access') => {
    const key = await test.make.accessKey(member, { organization: org, level, expiresInSeconds: 86_400 });
    await test.database.query('UPDATE access_keys SET name = $2 WHERE id = $1', [key.id, name]);
    return key;
  };
  const statusOf = async (key: MadeKey): Promise<number> => (await test.api.as(key).get('/api/orgs/')).status;
  const readable = (text: string): string =>
    text.replaceAll(/user-\d+@/g, 'user@').replaceAll(/\/orgs\/\d+\//g, '/orgs/1/');

  describe('Revoking many keys', () => {
    it('counts first, waits for the name of the organization, and ends exactly what was counted', async () => {
      const [one, other] = [await keyCalled('Leaked one'), await keyCalled('Leaked other', 'read_only')];
      const kept = await keyCalled('Kept');
      const page = await open('keys');
      await page.getByRole('link', { name: 'Revoke many' }).click();
      await page.getByRole('heading', { name: 'Revoke many keys' }).waitFor();
      await page.getByRole('textbox', { name: 'In the name, prefix or e-mail' }).fill('Leaked');
      await page.getByLabel('Reason').fill('Found in a log');
      await page.getByRole('button', { name: 'Count them' }).click();
      await page.getByRole('heading', { name: '2 keys would be revoked' }).waitFor();
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
      const late = await keyCalled('Leaked, but later');
      const revoke = page.getByRole('button', { name: 'Revoke 2 keys' });
      expect(await revoke.isDisabled()).toBe(true);
      await page.getByLabel('Type “Acme Compliance” to go on').fill('Acme');
      expect(await revoke.isDisabled()).toBe(true);
      await page.getByLabel('Type “Acme Compliance” to go on').fill('Acme Compliance');
      await revoke.click();
      await page.getByRole('heading', { name: '2 keys were revoked' }).waitFor();
      expect([await statusOf(one), await statusOf(other)]).toEqual([401, 401]);
      expect([await statusOf(kept), await statusOf(late)]).toEqual([200, 200]);
      const reasons = await test.database.query(
        'SELECT revoke_reason FROM access_keys WHERE id IN ($1, $2)',
        [one.id, other.id],
      );
      expect(reasons).toEqual([{ revoke_reason: 'Found in a log' }, { revoke_reason: 'Found in a log' }]);
    });

    it('forgets what it counted once something else is meant, and says when nothing fits', async () => {
      await keyCalled('Nightly');
      const page = await open('keys/revoke');
      await page.getByLabel('Reason').fill('Not needed');
      await page.getByRole('button', { name: 'Count them' }).click();
      await page.getByRole('heading', { name: '1 key would be revoked' }).waitFor();
      await page.getByRole('combobox', { name: 'Access level' }).selectOption('Read only');
      await page.getByRole('heading', { name: '1 key would be revoked' }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Count them' }).click();
      await page.getByRole('heading', { name: 'No key fits' }).waitFor();
    });

    it('is offered to whoever may revoke keys alone, and explained to others who come all the same', async () => {
      await keyCalled('Nightly');
      const role = await test.make.role(org, ['access_key.view', 'organization.view'], 'Auditor');
      const auditor = await test.make.member(org, role);
      const list = await open('keys', auditor);
      await list.getByRole('row', { name: 'Nightly', exact: true }).waitFor();
      expect(await list.getByRole('link', { name: 'Revoke many' }).count()).toBe(0);
      const page = await open('keys/revoke', auditor);
      await page.getByLabel('Reason').fill('Not mine to do');
      await page.getByRole('button', { name: 'Count them' }).click();
      await page.getByText(/^Your role does not allow this/).waitFor();
    });
  });

  describe('Settings', () => {
    it('tell who a policy would block before it is set, and lead to their keys', async () => {
      const [short, long] = [await keyCalled('Short'), await keyCalled('Long')];
      await test.database.query(
        `UPDATE access_keys SET expires_at = created_at + make_interval(days => CASE id WHEN $1 THEN 5 ELSE 50 END)
         WHERE id IN ($1, $2)`,
        [short.id, long.id],
      );
      const page = await open('settings');
      await page.getByText('Every live key is within this policy.').waitFor();
      await page.getByLabel('Longest life of a key').fill('30');
      await page.getByText('One key is against this policy, and would be blocked by it').waitFor();
      await page.getByText(`Long, of ${member.email}`).waitFor();
      expect(await statusOf(long)).toBe(200);
      await page.getByRole('link', { name: 'Show them' }).click();
      await page
        .getByText(/^Judged by a policy that need not be the one that is set: a life of 30 days/)
        .waitFor();
      await page.getByRole('row', { name: 'Long', exact: true }).waitFor();
      expect(await page.getByRole('row', { name: 'Short', exact: true }).count()).toBe(0);
    });

    it('take 0 days without use for no limit, and not for the shortest one', async () => {
      const ofPolicy = async () => {
        const [found] = await test.database.query<{ days: number | null }>(
          'SELECT longest_unused_days AS days FROM organizations WHERE id = $1',
          [org.id],
        );
        return found?.days;
      };
      await test.database.query('UPDATE organizations SET longest_unused_days = 30 WHERE id = $1', [org.id]);
      const page = await open('settings');
      const unused = page.getByLabel('Longest time without use');
      await unused.fill('0');
      await unused.blur();
      const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
      await page.getByRole('button', { name: 'Save' }).click();
      expect((await saved).status()).toBe(200);
      expect(await ofPolicy()).toBeNull();
    });

    it('take a list of networks, say at the field what is none, and let nobody shut themselves out', async () => {
      const key = await keyCalled('Nightly');
      const page = await open('settings');
      const networks = page.getByLabel('Networks');
      const save = page.getByRole('button', { name: 'Save' });
      await networks.fill('the office');
      await save.click();
      await page.locator('[id$="-error"]').waitFor();
      await networks.fill('203.0.113.0/24');
      await save.click();
      await page.getByText('These networks do not hold the address that you come from.').waitFor();
      await networks.fill('203.0.113.0/24\n127.0.0.0/8');
      const [saved] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'PATCH'),
        save.click(),
      ]);
      expect(saved.status()).toBe(200);
      const stored = await (await byOwner()).get(`/api/orgs/${org.id}/`);
      expect(stored.body.policy.allowed_networks).toEqual(['203.0.113.0/24', '127.0.0.0/8']);
      expect(await statusOf(key)).toBe(200);
    });
  });

  it('Audit log: narrows to one actor and to days, keeps both in the address, and exports the same', async () => {
    const owners = await byOwner();
    expect((await owners.patch(`/api/orgs/${org.id}/`, { name: 'Renamed' })).status).toBe(200);
    const theirs = test.api.as(await sessionOf(test, member)).with({ origin: test.url });
    const asked = { organization: org.id, access_level: 'read_only', name: 'Wanted', reason: 'Work' };
    expect((await theirs.post('/api/auth/access-key-requests/', asked)).status).toBe(201);
    const page = await open('audit');
    await page.getByText('changed the settings of the organization').waitFor();
    await page.getByText('asked for the access key “Wanted”').waitFor();
    const actor = page.getByRole('combobox', { name: 'Done by' });
    await actor.fill(member.email);
    await page.getByRole('listbox').getByRole('option', { name: member.email }).click();
    await page.getByText('changed the settings of the organization').waitFor({ state: 'detached' });
    await page.getByText('asked for the access key “Wanted”').waitFor();
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Prague' }).format();
    await page.getByLabel('Until this day').fill('2001-02-03');
    await page.getByText('Nothing matches these filters.').waitFor();
    // The days are those of Prague, which is one hour ahead in winter.
    expect(new URL(page.url()).searchParams.get('until')).toBe('2001-02-03T23:00:00.000Z');
    await page.getByLabel('Until this day').fill(today);
    await page.getByLabel('From this day on').fill(today);
    await page.getByText('asked for the access key “Wanted”').waitFor();
    const href = await page.getByRole('link', { name: 'Export as NDJSON' }).getAttribute('href');
    const exported = new URL(href ?? '', test.url).searchParams;
    expect(exported.get('actor')).toBe(String(member.id));
    expect(exported.get('since')).toMatch(/T2[23]:00:00\.000Z$/);
    await page.reload();
    await page.getByText('asked for the access key “Wanted”').waitFor();
    expect(await actor.inputValue()).toBe(member.email);
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    await keyCalled('Nightly');
    const page = await open('keys/revoke', owner, colours);
    await page.getByLabel('Reason').fill('Not needed');
    await page.getByRole('button', { name: 'Count them' }).click();
    await page.getByRole('heading', { name: '1 key would be revoked' }).waitFor();
    const findings = await seriousFindings(page);
    await page.getByLabel('Type “Acme Compliance” to go on').fill('Acme Compliance');
    findings.push(...(await seriousFindings(page)));
    await page.getByRole('button', { name: 'Revoke 1 key' }).click();
    await page.getByRole('heading', { name: '1 key was revoked' }).waitFor();
    findings.push(...(await seriousFindings(page)));
    const settings = await open('settings', owner, colours);
    await settings.getByLabel('Longest life of a key').fill('x');
    await settings.getByLabel('Networks').fill('the office');
    await settings.getByRole('button', { name: 'Save' }).click();
    await settings.locator('[id$="-error"]').first().waitFor();
    findings.push(...(await seriousFindings(settings)));
    expect(findings).toEqual([]);
  });
});
