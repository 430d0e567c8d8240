// `npm run console:shots`: pictures of the console's pages into docs/console/, in two widths. Run by its own command, for it
// writes files; what it shows is made up here.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf } from '../support/sign-in.js';

const FOLDER = path.join(process.cwd(), 'docs', 'console');
const WIDTHS = [1440, 390];
const PASSWORD = 'correct horse battery staple';

let test: TestApp;
let browser: ConsoleBrowser;
let ada: MadeUser;
let keyId: number;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  test = await startConsole();
  browser = await ConsoleBrowser.launch();
  ({ user: ada, keyId } = await northwind());
});
afterAll(async () => {
  await browser.close();
  await test.close();
});

/** A member with keys of every status, an invitation, a grant, and two sessions. */
async function northwind(): Promise<{ user: MadeUser; keyId: number }> {
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
  return { user, keyId: shown };
}

const ready = async (page: Page, heading: string | RegExp): Promise<void> => {
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
};

/** What is shown: a page, whether somebody is signed in, and what is done on it before the picture is taken. */
const SHOTS: readonly [
  name: string,
  at: string,
  signedIn: boolean,
  heading: string | RegExp,
  prepare?: (page: Page) => Promise<void>,
][] = [
  ['sign-in', '/sign-in', false, 'Sign in'],
  ['home', '/', true, /^Hello/],
  ['keys', '/keys', true, 'My keys'],
  ['keys-issue', '/keys', true, 'My keys', openIssue],
  ['keys-new', '/keys', true, 'My keys', issue],
  ['keys-rotate', '/keys', true, 'My keys', rotate],
  ['key', '/keys/:id', true, 'Nightly screening'],
  ['account', '/account', true, 'Account'],
  ['set-password', '/set-password#token=made-up', false, 'Set your password'],
];

describe.each(WIDTHS)('pictures %i pixels wide', (width) => {
  it.each(SHOTS.map((shot) => ({ shot, name: shot[0] })))('$name', async ({ shot }) => {
    const [name, at, signedIn, heading, prepare] = shot;
    for (const colours of name === 'keys' || name === 'home'
      ? (['light', 'dark'] as const)
      : (['light'] as const)) {
      await test.database.query(
        `UPDATE sessions SET ip = '203.0.113.24', created_at = app_now() - interval '3 hours',
           user_agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'`,
      );
      const page = await browser.open(test, {
        path: at.replace(':id', String(keyId)),
        width,
        height: width === 390 ? 844 : 900,
        colours,
        ...(signedIn && { as: ada }),
      });
      await ready(page, heading);
      await prepare?.(page);
      const file = `${name}-${width}${colours === 'dark' ? '-dark' : ''}.png`;
      await page.screenshot({ path: path.join(FOLDER, file), fullPage: width === 390 });
      expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
      await test.database.query(`DELETE FROM sessions WHERE id < (SELECT max(id) FROM sessions)`);
      await page.context().close();
    }
  });
});

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
