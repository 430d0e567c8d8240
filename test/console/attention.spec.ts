import type { TestApp } from '../support/app.js';
import { seriousFindings } from '../support/axe.js';
import { describeInBrowser } from '../support/browser.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import { bearerOf } from '../support/sign-in.js';

describeInBrowser('Home', () => {
  let test: TestApp;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    test = await startConsole();
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
  });

  it('says as good news that nothing is to be done', async () => {
    const page = await browser.open(test, { as: await test.make.user() });
    await page.getByRole('heading', { name: 'Everything is in order' }).waitFor();
    const main = await page.locator('main').ariaSnapshot();
    expect(main.replace(/User \d+/, 'Somebody')).toMatchSnapshot();
  });

  it('leads from a card to the keys that it counts', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    const soon = await test.make.accessKey(user, { organization: org, expiresInSeconds: 5 * 86_400 });
    const later = await test.make.accessKey(user, { organization: org, expiresInSeconds: 50 * 86_400 });
    await test.database.query(
      `UPDATE access_keys SET last_used_at = app_now(), name = CASE id WHEN $1 THEN 'Soon' ELSE 'Later' END
       WHERE id IN ($1, $2)`,
      [soon.id, later.id],
    );
    const page = await browser.open(test, { as: user });
    const card = page.getByRole('region', { name: '1 key expires within 14 days' });
    await card.getByRole('link', { name: 'Show' }).click();
    await page.getByRole('row', { name: 'Soon', exact: true }).waitFor();
    expect(await page.getByRole('row', { name: 'Later', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: /^Expires before / }).click(); // what narrows the list is told, and goes away
    await page.getByRole('row', { name: 'Later', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=active');
  });

  it('leads from each request to the organization in which it is decided', async () => {
    const user = await test.make.user();
    const orgs = [await test.make.org(), await test.make.org()];
    for (const [n, org] of orgs.entries()) {
      await test.make.member(org, 'Owner', user);
      const asking = test.api.as(await bearerOf(test, await test.make.member(org, 'Viewer')));
      const wanted = {
        organization: org.id,
        access_level: 'read_only',
        name: `Wanted ${n}`,
        reason: 'Because',
      };
      expect((await asking.post('/api/auth/access-key-requests/', wanted)).status).toBe(201);
    }
    const page = await browser.open(test, { as: user });
    const card = page.getByRole('region', { name: '2 requests to decide' });
    for (const [n, org] of orgs.entries()) {
      const link = card.getByRole('link', { name: `Wanted ${n}` });
      expect(await link.getAttribute('href')).toBe(`/orgs/${org.id}/requests`);
    }
  });

  it('accepts one invitation and declines another', async () => {
    const user = await test.make.user();
    const [wanted, unwanted] = [
      await test.make.org({ name: 'Wanted' }),
      await test.make.org({ name: 'Unwanted' }),
    ];
    for (const org of [wanted, unwanted]) {
      const owner = test.api.as(await bearerOf(test, await test.make.member(org, 'Owner')));
      const invited = await owner.post(`/api/orgs/${org.id}/members/`, { email: user.email, role: 'Viewer' });
      expect(invited.status).toBe(201);
    }
    const page = await browser.open(test, { as: user });
    const line = (name: string) => page.getByText(`${name}, as Viewer`, { exact: true }).locator('..');
    await line('Wanted').getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('heading', { name: '1 invitation' }).waitFor();
    await line('Unwanted').getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('heading', { name: 'Everything is in order' }).waitFor();
    const { body } = await test.api.as(await bearerOf(test, user)).get('/api/orgs/');
    expect(body).toEqual([{ id: wanted.id, name: 'Wanted', role: 'Viewer' }]);
  });

  it.each(['light', 'dark'] as const)('keeps nobody out, in %s colours', async (colours) => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 });
    const page = await browser.open(test, { as: user, colours });
    await page.getByRole('region', { name: '1 key was never used' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});
