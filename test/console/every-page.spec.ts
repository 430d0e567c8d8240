import type { Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

/** Who looks at a page. */
type Who = 'ada' | 'staff' | 'newcomer';

/** Every page, who looks at it, and what is on it once it is there. `:org` stands for the organization's id. */
const PAGES: readonly [name: string, path: string, who: Who, ready: string | RegExp][] = [
  ['Home, with work to do', '/', 'ada', /^1 provider key fails/],
  ['Home, with nothing to do', '/', 'newcomer', 'Everything is in order'],
  ['My keys', '/keys', 'ada', 'Nightly screening'],
  ['My keys, none that fits', '/keys?search=nothing', 'ada', 'Nothing matches these filters.'],
  ['Account', '/account', 'ada', 'This one'],
  ['Members', '/orgs/:org/members', 'ada', 'bob@northwind.example'],
  ['Roles', '/orgs/:org/roles', 'ada', 'Analyst'],
  ['Access keys', '/orgs/:org/keys', 'ada', 'Nightly screening'],
  ['Revoke many keys', '/orgs/:org/keys/revoke', 'ada', 'Which keys'],
  ['Requests', '/orgs/:org/requests', 'ada', 'Weekly report'],
  ['Provider keys', '/orgs/:org/provider-keys', 'ada', 'Sanctions'],
  ['Usage', '/orgs/:org/usage', 'ada', 'By key'],
  ['Settings', '/orgs/:org/settings', 'ada', /would be blocked by it$/],
  ['Organizations', '/staff/orgs', 'staff', 'Northwind Trading'],
  ['Organization', '/staff/orgs/:org', 'staff', /would be blocked by it$/],
  ['Users', '/staff/users', 'staff', 'bob@northwind.example'],
  ['All access keys', '/staff/keys', 'staff', 'Nightly screening'],
  ['Revoke many keys, of all organizations', '/staff/keys/revoke', 'staff', 'Which keys'],
  ['Requests, of all organizations', '/staff/requests', 'staff', 'Weekly report'],
  ['Grants', '/staff/grants', 'staff', 'Data warehouse'],
  ['A page that is not there', '/no/such/page', 'ada', 'There is nothing here'],
  ['An organization that is not theirs', '/orgs/2147483647/members', 'ada', /does not exist/],
  ['A key that is not theirs', '/keys/2147483647', 'ada', /does not exist/],
];

describeInBrowser('every page', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  let org: { id: number };
  const people = new Map<Who, MadeUser>();
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
    org = await test.make.org({ name: 'Northwind Trading' });
    for (const [who, user] of [
      ['ada', await test.make.member(org, 'Owner')],
      ['staff', await test.make.user({ staff: true })],
      ['newcomer', await test.make.user()],
    ] as const) {
      people.set(who, user);
      await named(user, who);
    }
    await fill(await test.make.member(org, 'Analyst'));
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  const personOf = (who: Who): MadeUser => {
    const person = people.get(who);
    if (!person) throw new Error(`Nobody is ${who}.`);
    return person;
  };
  const named = (user: MadeUser, name: string) =>
    test.database.query('UPDATE users SET name = $2, email = $3 WHERE id = $1', [
      user.id,
      name.charAt(0).toUpperCase() + name.slice(1),
      `${name}@northwind.example`,
    ]);

  /** A key, a request, a grant, and a provider key that its provider refuses. */
  async function fill(bob: MadeUser): Promise<void> {
    await named(bob, 'bob');
    const ada = personOf('ada');
    const { id } = await test.make.accessKey(ada, { organization: org });
    await test.database.query(
      `UPDATE access_keys SET name = 'Nightly screening', prefix = 'NightKey' WHERE id = $1`,
      [id],
    );
    const by = async (user: MadeUser) => test.api.as(await sessionOf(test, user)).with({ origin: test.url });
    const asked = { organization: org.id, access_level: 'read_only', name: 'Weekly report', reason: 'Audit' };
    expect((await (await by(bob)).post('/api/auth/access-key-requests/', asked)).status).toBe(201);
    const staff = test.api.as(await bearerOf(test, personOf('staff')));
    const granted = { user: bob.id, organization: org.id, access_level: 'read_only', name: 'Data warehouse' };
    const grant = await staff.post('/api/admin/access-key-grants/', { ...granted, reason: 'As agreed' });
    expect(grant.status).toBe(201);
    const stored = { key_type: 'H', name: 'Sanctions', key: 'provider-key-0123456789abcdef' };
    const { body } = await (await by(ada)).post(`/api/orgs/${org.id}/api-keys/`, stored);
    await test.database.query(`UPDATE provider_keys SET health = 'bad_key' WHERE id = $1`, [body.id]);
  }

  const show = async ([, path, who, ready]: (typeof PAGES)[number]): Promise<Page> => {
    const at = path.replace(':org', String(org.id));
    await test.database.query('DELETE FROM sessions WHERE user_id = $1', [personOf(who).id]); // one is listed
    const page = await browser.open(test, { as: personOf(who), path: at });
    await page.locator('main').getByText(ready).filter({ visible: true }).first().waitFor();
    await page.waitForLoadState('networkidle');
    return page;
  };
  /** A snapshot without what differs from run to run. */
  const readable = (text: string): string =>
    text
      .replaceAll(/\d{4}-\d\d-\d\d(?:T[\d%A:.]+Z)?/g, 'DATE')
      .replaceAll(/just now|\d+ minutes? ago/g, 'now')
      .replaceAll(/Chrome[^"]*|HeadlessChrome[^"]*/g, 'BROWSER');

  it.each(PAGES.map((page) => ({ name: page[0], page })))(
    '$name: says the same to a screen reader, and keeps nobody out in either colours',
    async ({ page: wanted }) => {
      const page = await show(wanted);
      expect(readable(await page.locator('main').ariaSnapshot())).toMatchSnapshot();
      const light = await seriousFindings(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
      expect({ light, dark: await seriousFindings(page) }).toEqual({ light: [], dark: [] });
      await page.context().close();
    },
  );
});
