import type { Locator, Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { closed, ConsoleBrowser, copyKey, dialog, row, startConsole } from '../support/console.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { bearerOf } from '../support/sign-in.js';

describeInBrowser("the staff's editing", () => {
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
    await test.database.query('UPDATE service_policy SET issuing_stopped = false');
    staff = await test.make.user({ staff: true });
    org = await test.make.org({ name: `Acme ${staff.id}` });
    member = await test.make.member(org, 'Analyst');
    key = await test.make.accessKey(member, { organization: org, expiresInSeconds: 50 * 86_400 });
    await test.database.query('UPDATE access_keys SET name = $1 WHERE id = $2', [`Key ${key.id}`, key.id]);
  });

  const open = (path: string, colours: 'light' | 'dark' = 'light'): Promise<Page> =>
    browser.open(test, { as: staff, path: `/staff/${path}`, colours });
  const choose = async (page: Page, label: string, name: string): Promise<void> => {
    const field = dialog(page).getByRole('combobox', { name: label });
    await field.fill(name);
    await page.getByRole('listbox').getByRole('option', { name, exact: true }).click();
  };
  const submit = (page: Page, verb: string): Promise<void> =>
    dialog(page).getByRole('button', { name: verb, exact: true }).click();
  const statusOf = async (text: string): Promise<number> =>
    (await test.api.as({ key: text }).get('/api/orgs/')).status;
  const readable = (text: string): string =>
    text
      .replaceAll(/user-\d+@/g, 'user@')
      .replaceAll(/(Acme|Key|User) \d+/g, '$1')
      .replaceAll(/organization=\S+/g, 'organization=1')
      .replaceAll(/orgs\/\d+/g, 'orgs/1');

  describe('An organization', () => {
    it('is listed by its name, and has its members and its policy on its page', async () => {
      const page = await open(`orgs?search=${encodeURIComponent(org.name)}`);
      await page.getByRole('link', { name: org.name }).click();
      await page.getByRole('heading', { name: org.name, level: 1 }).waitFor();
      await row(page, member.email).waitFor();
      await page.getByText('Every live key is within this policy.').waitFor();
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
    });

    it('gets a member without an invitation, another role for them, and loses them', async () => {
      const person = await test.make.user();
      const page = await open(`orgs/${org.id}`);
      await page.getByRole('button', { name: 'Add member' }).click();
      await choose(page, 'User', person.email);
      await dialog(page).getByLabel('Role').fill('No such role');
      await submit(page, 'Add');
      await dialog(page).locator('[id$="-error"]').waitFor();
      await dialog(page).getByLabel('Role').fill('Owner');
      await submit(page, 'Add');
      await row(page, person.email).getByText('Owner').waitFor();
      await closed(page);
      await row(page, person.email).getByRole('button', { name: 'Change role' }).click();
      await dialog(page).getByLabel('Role').fill('Viewer');
      await submit(page, 'Change role');
      // They were the last Owner: that is told, and nothing is changed.
      await dialog(page).getByText('The last Owner of an organization can be neither').waitFor();
      await submit(page, 'Cancel');
      await closed(page);
      await row(page, member.email).getByRole('button', { name: 'Change role' }).click();
      await dialog(page).getByLabel('Role').fill('Viewer');
      await submit(page, 'Change role');
      await row(page, member.email).getByText('Viewer').waitFor();
      await closed(page);
      await row(page, member.email).getByRole('button', { name: 'Remove' }).click();
      await submit(page, 'Remove');
      await row(page, member.email).waitFor({ state: 'detached' });
      expect(await statusOf(key.key)).toBe(401);
    });

    it('gets another policy, after it was told whom it would block', async () => {
      const page = await open(`orgs/${org.id}`);
      await page.getByLabel('Longest life of a key').fill('30');
      await page.getByText(`Key ${key.id}, of ${member.email}`).waitFor();
      await page.getByRole('switch', { name: 'Block keys that are against the policy' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('The policy blocks one key').waitFor();
      expect(await statusOf(key.key)).toBe(401);
      await page.getByRole('button', { name: 'Stop issuing' }).click();
      await submit(page, 'Stop issuing');
      await page.getByText('No key can be issued or rotated', { exact: true }).waitFor();
      const [stored] = await test.database.query(
        'SELECT issuing_stopped, enforce_on_use, longest_key_lifetime_days FROM organizations WHERE id = $1',
        [org.id],
      );
      expect(stored).toEqual({ issuing_stopped: true, enforce_on_use: true, longest_key_lifetime_days: 30 });
    });
  });

  it('stops issuing for everybody, after telling what that does, and allows it again', async () => {
    const rotate = async (): Promise<number> => {
      const session = test.api.as(await bearerOf(test, member));
      return (await session.post(`/api/auth/access-keys/${key.id}/rotate/`)).status;
    };
    const page = await open('orgs');
    await page.getByRole('button', { name: 'Stop all issuing' }).click();
    await dialog(page)
      .getByText(/^In every organization, and by the staff as well/)
      .waitFor();
    await submit(page, 'Stop all issuing');
    await page.getByText('No key can be issued or rotated, by anybody').waitFor();
    expect(await rotate()).toBe(409);
    await closed(page);
    await page.getByRole('button', { name: 'Allow all issuing' }).click();
    await submit(page, 'Allow all issuing');
    await page.getByText('Keys can be issued and rotated').waitFor();
    expect(await rotate()).toBe(201);
  });

  it('issues a key that acts as a user, shows it once, and it works', async () => {
    const page = await open('keys');
    await page.getByRole('button', { name: 'Issue key', exact: true }).click();
    await choose(page, 'User', member.email);
    await choose(page, 'Organization', org.name);
    await submit(page, 'Issue');
    await dialog(page).locator('[id$="-error"]').first().waitFor(); // it has no name yet
    await dialog(page).getByLabel('Name', { exact: true }).fill('Handed over');
    await dialog(page).getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'Never' }).click();
    await submit(page, 'Issue');
    const issued = await page.getByTestId('new-key').innerText();
    expect(await statusOf(issued)).toBe(200);
    await copyKey(page);
    await submit(page, 'Close');
    await closed(page);
    expect(await page.content()).not.toContain(issued);
    expect(
      await test.database.query(
        `SELECT user_id, organization_id, access_level, expires_at FROM access_keys WHERE name = 'Handed over'`,
      ),
    ).toEqual([{ user_id: member.id, organization_id: org.id, access_level: 'read_only', expires_at: null }]);
  });

  it('grants a key, which its user alone redeems', async () => {
    const page = await open('grants');
    await page.getByRole('button', { name: 'Grant key' }).click();
    await choose(page, 'User', member.email);
    await choose(page, 'Organization', org.name);
    await dialog(page).getByLabel('Name', { exact: true }).fill(`Granted ${key.id}`);
    await dialog(page).getByLabel('Reason').fill('As agreed');
    await submit(page, 'Grant');
    await row(page, `Granted ${key.id}`).getByText('To redeem', { exact: true }).waitFor();
    const users = await browser.open(test, { as: member, path: '/keys' });
    await users.getByRole('region', { name: 'Ready for you' }).getByText('As agreed').waitFor();
    await users.getByRole('button', { name: 'Redeem' }).click();
    expect(await statusOf(await users.getByTestId('new-key').innerText())).toBe(200);
  });

  it('issues no key that never ends for a year that was mistyped, but the one that was meant', async () => {
    const page = await open('keys');
    await page.getByRole('button', { name: 'Issue key', exact: true }).click();
    await choose(page, 'User', member.email);
    await dialog(page).getByLabel('Name', { exact: true }).fill(`Mistyped ${key.id}`);
    await dialog(page).getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'On a date of your choice' }).click();
    const date = dialog(page).getByLabel('Date', { exact: true });
    const stored = () =>
      test.database.query('SELECT expires_at FROM access_keys WHERE name = $1', [`Mistyped ${key.id}`]);
    await date.fill('12030-01-31');
    await submit(page, 'Issue');
    expect(await date.evaluate((input) => input.matches(':out-of-range'))).toBe(true);
    // Also where the browser lets it pass, the service has the last word.
    await date.evaluate((input) => input.removeAttribute('max'));
    await submit(page, 'Issue');
    await dialog(page)
      .getByText(/^Datetime has wrong format/)
      .waitFor();
    expect(await stored()).toEqual([]);
    await date.fill('2030-01-31');
    await submit(page, 'Issue');
    await page.getByTestId('new-key').waitFor();
    expect(await stored()).toEqual([{ expires_at: new Date('2030-01-31T22:59:59Z') }]);
  });

  it('suspends a key and resumes it, and narrows it for good', async () => {
    const page = await open(`keys?search=${encodeURIComponent(member.email)}`);
    const more = (): Promise<void> =>
      row(page, `Key ${key.id}`)
        .getByRole('button', { name: `More for Key ${key.id}` })
        .click();
    await more();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await submit(page, 'Suspend');
    await row(page, `Key ${key.id}`).getByText('Suspended', { exact: true }).waitFor();
    expect(await statusOf(key.key)).toBe(401);
    await closed(page);
    await more();
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    await row(page, `Key ${key.id}`).getByText('Active', { exact: true }).waitFor();
    expect(await statusOf(key.key)).toBe(200);
    await more();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await dialog(page).getByRole('combobox', { name: 'Access level' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'Read only' }).click();
    await dialog(page).getByLabel('Networks').fill('203.0.113.0/24');
    await submit(page, 'Save');
    await row(page, `Key ${key.id}`).getByText('Read only').waitFor();
    await closed(page);
    const [stored] = await test.database.query(
      'SELECT access_level, allowed_networks::text FROM access_keys WHERE id = $1',
      [key.id],
    );
    expect(stored).toEqual({ access_level: 'read_only', allowed_networks: '{203.0.113.0/24}' });
  });

  it('says over the list that a key could not be read, and narrows it once it can', async () => {
    const page = await open(`keys?search=${encodeURIComponent(member.email)}`);
    const one = `**/api/admin/access-keys/${key.id}/`;
    const edit = async (): Promise<void> => {
      await row(page, `Key ${key.id}`)
        .getByRole('button', { name: `More for Key ${key.id}` })
        .click();
      await page.getByRole('menuitem', { name: 'Edit' }).click();
    };
    const told = page.getByRole('alert');
    await page.route(one, (route) =>
      route.fulfill({ status: 500, json: { detail: 'Broken', code: 'error' } }),
    );
    await edit();
    await told.getByText(/^Something went wrong on our side/).waitFor();
    await told.getByRole('button', { name: 'Close' }).click();
    await told.waitFor({ state: 'detached' });
    await edit();
    await told.waitFor();
    await page.unroute(one);
    await told.getByRole('button', { name: 'Try again' }).click();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Narrower');
    await submit(page, 'Save');
    await row(page, 'Narrower').waitFor();
  });

  it('issues no key while what shows it can not be loaded, and shows the one that is issued afterwards', async () => {
    const page = await open('keys');
    await page.route('**/assets/new-key-*.js', (route) => route.abort());
    const issue = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Issue key', exact: true }).click();
      await choose(page, 'User', member.email);
      await dialog(page).getByLabel('Name', { exact: true }).fill(`Seen ${key.id}`);
      await submit(page, 'Issue');
    };
    const stored = () =>
      test.database.query('SELECT user_id FROM access_keys WHERE name = $1', [`Seen ${key.id}`]);
    await issue();
    await dialog(page)
      .getByText(/^A part of this page could not be loaded/)
      .waitFor();
    expect(await stored()).toEqual([]);
    await page.unroute('**/assets/new-key-*.js');
    await page.reload();
    await issue();
    expect(await statusOf(await page.getByTestId('new-key').innerText())).toBe(200);
    expect(await stored()).toEqual([{ user_id: member.id }]);
  });

  it('revokes many keys of one organization, whose name is typed first', async () => {
    const elsewhere = await test.make.accessKey(member);
    const page = await open('keys');
    await page.getByRole('link', { name: 'Revoke many' }).click();
    await page.getByLabel('Reason').fill('The customer left');
    const field: Locator = page.getByRole('combobox', { name: 'Organization' });
    await field.fill(org.name);
    await page.getByRole('listbox').getByRole('option', { name: org.name }).click();
    await page.getByRole('button', { name: 'Count them' }).click();
    await page.getByLabel(`Type “${org.name}” to go on`).fill(org.name);
    await page.getByRole('button', { name: 'Revoke 1 key' }).click();
    await page.getByRole('heading', { name: '1 key was revoked' }).waitFor();
    expect([await statusOf(key.key), await statusOf(elsewhere.key)]).toEqual([401, 200]);
  });

  it('revokes nothing of an organization whose name it could not read, until it can', async () => {
    const page = await open('keys/revoke');
    const name = `**/api/admin/orgs/${org.id}/`;
    await page.route(name, (route) => route.abort());
    await page.getByLabel('Reason').fill('The customer left');
    await page.getByRole('combobox', { name: 'Organization' }).fill(org.name);
    await page.getByRole('listbox').getByRole('option', { name: org.name }).click();
    await page.getByRole('button', { name: 'Count them' }).click();
    const revoke = page.getByRole('button', { name: 'Revoke 1 key' });
    await revoke.waitFor();
    expect(await revoke.isDisabled()).toBe(true);
    await page.getByText('The service could not be reached.').waitFor();
    expect(await revoke.isDisabled()).toBe(true);
    await page.unroute(name);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByLabel(`Type “${org.name}” to go on`).fill(org.name);
    expect(await revoke.isDisabled()).toBe(false);
    expect(await statusOf(key.key)).toBe(200);
  });

  it('tells of everything that was revoked, also where one of the requests failed and was repeated', async () => {
    await test.database.query(
      `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via)
       SELECT 'B' || lpad(n::text, 7, '0'), sha256(('B' || n)::bytea), $1, $2, 'read_only', 'Key ' || n, 'cli'
       FROM generate_series(1, 1000) n`,
      [member.id, org.id],
    );
    const page = await open('keys/revoke');
    let sent = 0;
    await page.route('**/bulk-revoke/', (route) => {
      if (route.request().postData()?.includes('confirm_token')) sent += 1;
      return sent === 2 ? route.abort() : route.continue();
    });
    const reason = page.getByLabel('Reason');
    await reason.fill('The customer left');
    await page.getByRole('combobox', { name: 'Organization' }).fill(org.name);
    await page.getByRole('listbox').getByRole('option', { name: org.name }).click();
    await page.getByRole('button', { name: 'Count them' }).click();
    const revoke = async (): Promise<void> => {
      await page.getByLabel(`Type “${org.name}” to go on`).fill(org.name);
      await page.getByRole('button', { name: 'Revoke 1001 keys' }).click();
    };
    await revoke();
    await page.getByText('The service could not be reached.').waitFor();
    await reason.fill('Another reason');
    await reason.fill('The customer left'); // what was counted stands again
    await revoke();
    await page.getByRole('heading', { name: '1001 keys were revoked' }).waitFor();
    expect(sent).toBe(3);
  });

  it('activates an account again, and its keys work as before', async () => {
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [member.id]);
    expect(await statusOf(key.key)).toBe(401);
    const page = await open(`users?search=${encodeURIComponent(member.email)}`);
    await row(page, member.email).getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Activate' }).click();
    await submit(page, 'Activate');
    await row(page, member.email).getByText('Active', { exact: true }).waitFor();
    expect(await statusOf(key.key)).toBe(200);
  });

  it('narrows the audit log to one actor', async () => {
    const api = test.api.as(await bearerOf(test, staff));
    expect((await api.patch(`/api/admin/orgs/${org.id}/`, { name: 'Renamed' })).status).toBe(200);
    const page = await open(`audit?organization=${org.id}`);
    await page.getByText('changed the settings of the organization').waitFor();
    const actor = page.getByRole('combobox', { name: 'Done by' });
    await actor.fill(member.email);
    await page.getByRole('listbox').getByRole('option', { name: member.email }).click();
    await page.getByText('Nothing matches these filters.').waitFor();
    expect(new URL(page.url()).searchParams.get('actor')).toBe(String(member.id));
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    const findings: string[] = [];
    const look = async (page: Page): Promise<void> => {
      findings.push(...(await seriousFindings(page)));
    };
    const page = await open(`orgs/${org.id}`, colours);
    await page.getByText('Every live key is within this policy.').waitFor();
    await look(page);
    for (const name of ['Add member', 'Change role', 'Remove', 'Stop issuing']) {
      await page.getByRole('button', { name }).click();
      await dialog(page).waitFor();
      await look(page);
      await submit(page, 'Cancel');
      await closed(page);
    }
    const keys = await open(`keys?search=${key.prefix}`, colours);
    await keys.getByRole('button', { name: 'Issue key', exact: true }).click();
    await dialog(keys).waitFor();
    await look(keys);
    await submit(keys, 'Cancel');
    await closed(keys);
    for (const item of ['Edit', 'Suspend']) {
      await row(keys, `Key ${key.id}`)
        .getByRole('button', { name: /^More for/ })
        .click();
      await keys.getByRole('menuitem', { name: item }).waitFor();
      await look(keys);
      await keys.getByRole('menuitem', { name: item }).click();
      await dialog(keys).waitFor();
      await look(keys);
      await submit(keys, 'Cancel');
      await closed(keys);
    }
    const grants = await open('grants', colours);
    await grants.getByRole('button', { name: 'Grant key' }).click();
    await dialog(grants).waitFor();
    await look(grants);
    const bulk = await open('keys/revoke', colours);
    await bulk.getByLabel('Reason').waitFor();
    await look(bulk);
    expect(findings).toEqual([]);
  });
});
