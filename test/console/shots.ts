// `npm run console:shots`: pictures of the console's pages into docs/console/, in two widths. Run by its own command, for it
// writes files; what it shows is made up here.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const FOLDER = path.join(process.cwd(), 'docs', 'console');
const WIDTHS = [1440, 390];
const OF_A_BROWSER = `UPDATE sessions SET ip = '203.0.113.24', created_at = app_now() - interval '3 hours',
  user_agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'`;
const PASSWORD = 'correct horse battery staple';

let test: TestApp;
let browser: ConsoleBrowser;
let ada: MadeUser;
let keyId: number;
let orgId: number;
let grace: MadeUser;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  test = await startConsole();
  browser = await ConsoleBrowser.launch();
  ({ user: ada, keyId, orgId } = await northwind());
  grace = await test.make.user({ staff: true });
  await test.database.query(
    `UPDATE users SET name = 'Grace Hopper', email = 'grace@cryptocomply.example' WHERE id = $1`,
    [grace.id],
  );
  await work(orgId);
});
afterAll(async () => {
  await browser.close();
  await test.close();
});

/** A member with keys of every status, an invitation, a grant, and two sessions. */
async function northwind(): Promise<{ user: MadeUser; keyId: number; orgId: number }> {
  const { database, make } = test;
  const org = await make.org({ name: 'Northwind Trading' });
  const other = await make.org({ name: 'Fabrikam Exchange' });
  const user = await make.member(org, 'Owner');
  await database.query(
    `UPDATE users SET name = 'Ada Lovelace', email = 'ada@northwind.example' WHERE id = $1`,
    [user.id],
  );
  await make.password(user, PASSWORD);
  const key = async (name: string, columns: string, level: 'read_only' | 'full_access' = 'read_only') => {
    const { id } = await make.accessKey(user, { organization: org, level });
    await database.query(`UPDATE access_keys SET name = $2, ${columns} WHERE id = $1`, [id, name]);
    return id;
  };
  const used = (ago: string, agent: string) =>
    `last_used_at = app_now() - interval '${ago}', last_used_ip = '203.0.113.24', last_used_user_agent = '${agent}'`;
  const ends = (days: number) =>
    `expires_at = app_now() + interval '${days} days', renewable_until = app_now() + interval '${days} days'`;
  await key(
    'Old exporter',
    `revoked_at = app_now() - interval '3 days', revoke_reason = 'Replaced', ${ends(200)}`,
  );
  await key(
    'Spring campaign',
    `created_at = app_now() - interval '120 days', expires_at = app_now() - interval '30 days'`,
  );
  await key(
    'Data warehouse',
    `${ends(61)}, suspended_at = app_now() - interval '1 hour', ${used('5 hours', 'dbt/1.9')}`,
  );
  const successor = await key(
    'Transaction monitor',
    `${ends(88)}, ${used('12 minutes', 'monitor/4.2 (node)')}`,
    'full_access',
  );
  const old = await key(
    'Transaction monitor',
    `${ends(12)}, replaced_by_id = ${successor}, grace_seconds = 86400, retires_at = app_now() + interval '5 hours', ${used('2 minutes', 'monitor/4.1 (node)')}`,
    'full_access',
  );
  await database.query(`UPDATE access_keys SET replaces_id = $1 WHERE id = $2`, [old, successor]);
  await key('Compliance dashboard', `${ends(9)}, ${used('40 seconds', 'Mozilla/5.0 (X11; Linux x86_64)')}`);
  const shown = await key(
    'Nightly screening',
    `${ends(74)}, ${used('6 hours', 'python-requests/2.33')}`,
    'full_access',
  );
  await key('Quarterly report', `created_at = app_now() - interval '20 days', ${ends(70)}`);
  const host = await make.member(other, 'Owner');
  await test.api
    .as(await bearerOf(test, host))
    .post(`/api/orgs/${other.id}/members/`, { email: 'ada@northwind.example', role: 'Analyst' });
  return { user, keyId: shown, orgId: org.id };
}

/** What an organization's daily work leaves: members, requests, a grant, provider keys and their calls. */
async function work(id: number): Promise<void> {
  const { database, make } = test;
  const org = { id };
  const people: Record<string, MadeUser> = {};
  for (const [name, role] of [
    ['Alan Turing', 'Administrator'],
    ['Katherine Johnson', 'Analyst'],
    ['Edsger Dijkstra', 'Viewer'],
  ] as const) {
    const member = await make.member(org, role);
    const email = `${name.split(' ')[0]?.toLowerCase()}@northwind.example`;
    await database.query('UPDATE users SET name = $2, email = $3 WHERE id = $1', [member.id, name, email]);
    people[name] = member;
  }
  await make.role(org, ['member.view', 'audit_event.view', 'access_key.view'], 'Auditor');
  const by = async (user: MadeUser) => test.api.as(await sessionOf(test, user)).with({ origin: test.url });
  const katherine = people['Katherine Johnson'] as MadeUser;
  for (const [name, reason] of [
    ['Weekly report', 'The board reads it on Mondays'],
    ['Address screening', 'To screen deposits before they are credited'],
  ]) {
    await (
      await by(katherine)
    ).post('/api/auth/access-key-requests/', {
      ...{ organization: id, access_level: 'read_only', name, reason },
    });
  }
  const staff = test.api.as(await bearerOf(test, grace));
  await staff.post('/api/admin/access-key-grants/', {
    ...{ user: katherine.id, organization: id, access_level: 'full_access' },
    ...{ name: 'Data warehouse', reason: 'As agreed in the contract' },
  });
  const owner = await by(ada);
  for (const [key_type, name, calls] of [
    ['H', 'Sanctions', 40],
    ['T', 'Wallets', 25],
    ['A', 'Summaries', 12],
  ] as const) {
    const { body } = await owner.post(`/api/orgs/${id}/api-keys/`, {
      ...{ key_type, name, key: `provider-key-of-${name}-0123456789` },
    });
    await database.query(
      `INSERT INTO call_summaries (provider_key_id, day, calls, succeeded, failed, last_call_at)
       SELECT $1, (app_now() AT TIME ZONE 'UTC')::date - n, c, c - c / 20, c / 20, app_now() - n * interval '1 day'
       FROM (SELECT n, $2 + ((n * 37 + $1 * 11) % 29) - CASE WHEN n % 7 IN (1, 2) THEN $2 / 2 ELSE 0 END AS c
             FROM generate_series(0, 29) n) days`,
      [body.id, calls],
    );
  }
}

const ready = async (page: Page, heading: string | RegExp): Promise<void> => {
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' }); // names are there
};

/** What is shown: a page, whether somebody is signed in, and what is done on it before the picture is taken. */
const SHOTS: readonly [
  name: string,
  at: string,
  who: 'ada' | 'grace' | undefined,
  heading: string | RegExp,
  prepare?: (page: Page) => Promise<void>,
][] = [
  ['sign-in', '/sign-in', undefined, 'Sign in'],
  ['home', '/', 'ada', /^Hello/],
  ['keys', '/keys', 'ada', 'My keys'],
  ['keys-issue', '/keys', 'ada', 'My keys', openIssue],
  ['keys-new', '/keys', 'ada', 'My keys', issue],
  ['keys-rotate', '/keys', 'ada', 'My keys', rotate],
  ['key', '/keys/:id', 'ada', 'Nightly screening'],
  ['account', '/account', 'ada', 'Account', fromABrowser],
  ['set-password', '/set-password#token=made-up', undefined, 'Set your password'],
  ['org-members', '/orgs/:org/members', 'ada', 'Members'],
  ['org-roles', '/orgs/:org/roles', 'ada', 'Roles'],
  ['org-keys', '/orgs/:org/keys', 'ada', 'Access keys'],
  ['org-revoke-many', '/orgs/:org/keys/revoke', 'ada', 'Revoke many keys', countKeys],
  ['org-requests', '/orgs/:org/requests', 'ada', 'Requests'],
  ['org-provider-keys', '/orgs/:org/provider-keys', 'ada', 'Provider keys'],
  ['org-usage', '/orgs/:org/usage', 'ada', 'Usage'],
  ['org-audit', '/orgs/:org/audit', 'ada', 'Audit log'],
  ['org-settings', '/orgs/:org/settings', 'ada', 'Settings', propose],
  ['staff-orgs', '/staff/orgs', 'grace', 'Organizations'],
  ['staff-org', '/staff/orgs/:org', 'grace', 'Northwind Trading'],
  ['staff-users', '/staff/users', 'grace', 'Users'],
  ['staff-keys', '/staff/keys', 'grace', 'All access keys'],
  ['staff-requests', '/staff/requests', 'grace', 'Requests'],
  ['staff-grants', '/staff/grants', 'grace', 'Grants'],
  ['staff-grant', '/staff/grants', 'grace', 'Grants', openGrant],
  ['staff-audit', '/staff/audit', 'grace', 'Audit log'],
];

describe.each(WIDTHS)('pictures %i pixels wide', (width) => {
  it.each(SHOTS.map((shot) => ({ shot, name: shot[0] })))('$name', async ({ shot }) => {
    const [name, at, who, heading, prepare] = shot;
    for (const colours of name === 'keys' || name === 'home'
      ? (['light', 'dark'] as const)
      : (['light'] as const)) {
      await test.database.query(OF_A_BROWSER);
      const page = await browser.open(test, {
        path: at.replace(':id', String(keyId)).replace(':org', String(orgId)),
        width,
        height: width === 390 ? 844 : 900,
        colours,
        ...(who && { as: who === 'ada' ? ada : grace }),
      });
      await ready(page, heading);
      await prepare?.(page);
      const file = `${name}-${width}${colours === 'dark' ? '-dark' : ''}.png`;
      await page.screenshot({
        path: path.join(FOLDER, file),
        fullPage: width === 390,
        animations: 'disabled',
      });
      expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
      await test.database.query(`DELETE FROM sessions WHERE id < (SELECT max(id) FROM sessions)`);
      await page.context().close();
    }
  });
});

/** The session that was opened for the picture came from no browser. */
async function fromABrowser(page: Page): Promise<void> {
  await test.database.query(OF_A_BROWSER);
  await page.reload();
  await ready(page, 'Account');
}

async function openIssue(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Issue key', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Issue key' });
  await dialog.getByText(/will act as you/).waitFor();
  await dialog.getByLabel('Name').fill('Sanctions screening');
}

async function issue(page: Page): Promise<void> {
  await openIssue(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Issue', exact: true }).click();
  const key = await page.getByTestId('new-key').innerText();
  await test.api.as({ key }).get('/api/orgs/');
  await page.getByText('First call received').waitFor();
}

async function rotate(page: Page): Promise<void> {
  const row = page.getByRole('row', { name: 'Nightly screening', exact: true });
  await row.getByRole('button', { name: 'Rotate', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make the new key' }).waitFor();
}

async function countKeys(page: Page): Promise<void> {
  await page.getByLabel('Reason').fill('The laptop of a member was stolen');
  await page.getByRole('button', { name: 'Count them' }).click();
  await page.getByRole('heading', { name: /would be revoked$/ }).waitFor();
}

async function propose(page: Page): Promise<void> {
  await page.getByLabel('Longest life of a key').fill('30');
  await page.getByText(/would be blocked by it$/).waitFor();
}

async function openGrant(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Grant key' }).click();
  await page.getByRole('dialog').getByLabel('Reason').waitFor();
}
