import { CallLedger } from '../../src/call-summaries/call-ledger.js';
import type { TestApp } from '../support/app.js';
import { rememberSecret } from '../support/canary.js';
import { describeInBrowser } from '../support/browser.js';
import { button, ConsoleBrowser, row, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { FakeProviders } from '../support/providers/fake-providers.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

describeInBrowser('the console at its edges', () => {
  const fakes = new FakeProviders();
  let test: TestApp;
  let browser: ConsoleBrowser;
  let org: { id: number };
  beforeAll(async () => {
    await fakes.start();
    test = await startConsole({
      PROVIDER_BASE_URLS: JSON.stringify(fakes.baseUrls),
      RATE_LIMITS: 'diagnose=2/60',
    });
    browser = await ConsoleBrowser.launch();
  });
  afterAll(async () => {
    await browser.close();
    await test.close();
    await fakes.stop();
  });
  beforeEach(async () => {
    org = await test.make.org({ name: 'Northwind' });
  });

  it('finds, orders and pages among 5,000 keys', async () => {
    const user = await test.make.member(org, 'Owner');
    await test.database.query(
      `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, expires_at, issued_via)
       SELECT 'T' || lpad(n::text, 7, '0'), sha256(n::text::bytea), $1, $2, 'read_only', 'Key ' || lpad(n::text, 4, '0'),
         app_now() + n * interval '1 hour', 'cli' FROM generate_series(1, 5000) n`,
      [user.id, org.id],
    );
    for (const path of ['/keys', `/orgs/${org.id}/keys`]) {
      const page = await browser.open(test, { as: user, path: `${path}?ordering=name` });
      await page.getByText('1–25 of 5000').waitFor();
      await row(page, 'Key 0001').waitFor();
      expect(await page.getByRole('row', { name: /^Key / }).count()).toBe(25);
      await button(page, 'Next').click();
      await row(page, 'Key 0026').waitFor();
      await page.getByText('Page 2 of 200').waitFor();
      await button(page, 'Sort by Expires').click();
      await button(page, 'Sort by Expires').click();
      await row(page, 'Key 5000').waitFor();
      await page.getByLabel('Search').fill('T0002718');
      await row(page, 'Key 2718').waitFor();
      expect(await page.getByRole('row', { name: /^Key / }).count()).toBe(1);
    }
  });

  it('counts down when somebody asks too often, and says when they can go on', async () => {
    const user = await test.make.member(org, 'Viewer');
    const page = await browser.open(test, { as: user, path: '/keys' });
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Diagnose a key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Diagnose a key' });
    const ask = async (text: string): Promise<void> => {
      await dialog.getByLabel('Whole key').fill(text);
      await button(dialog, 'Diagnose').click();
    };
    for (const text of ['first', 'second']) {
      await ask(text);
      await dialog.getByText(/^There is no such key/).waitFor();
    }
    await ask('third');
    const told = dialog.getByText(/^Too many attempts. You can try again in \d+ seconds\.$/);
    const left = Number(/\d+/.exec(await told.innerText())?.[0]);
    expect(left).toBeGreaterThan(5);
    await dialog.getByText(`You can try again in ${left - 2} seconds.`).waitFor();
    expect(await dialog.getByLabel('Whole key').inputValue()).toBe('third');
  });

  it.each([
    ['the grants that wait', '/keys', /\/access-key-grants\//, 'Granted'],
    ['what was asked for', '/keys', /\/access-key-requests\//, 'Wanted'],
    ['what was made with a key', '/keys/:key', /\/made\//, /^made@example\.com/],
    ['what roles can permit', '/orgs/:org/roles', /\/permissions\//, /^Members \(1 of \d\)/],
    ['whom a policy would block', '/orgs/:org/settings', /\/access-keys\/review\//, /^Test key, of /],
  ])('says that it could not read %s, and reads it once it can', async (_what, path, call, text) => {
    const owner = await test.make.member(org, 'Owner');
    const key = await test.make.accessKey(owner, { organization: org });
    await test.make.role(org, ['member.view'], 'Reader');
    const staff = test.api.as(await bearerOf(test, await test.make.user({ staff: true })));
    const order = { organization: org.id, access_level: 'read_only', reason: 'For the nightly job' };
    const invited = { email: 'made@example.com', role: 'Viewer' };
    for (const made of [
      await staff.post('/api/admin/access-key-grants/', { ...order, user: owner.id, name: 'Granted' }),
      await test.api
        .as(await bearerOf(test, owner))
        .post('/api/auth/access-key-requests/', { ...order, name: 'Wanted' }),
      await test.api.as(key).post(`/api/orgs/${org.id}/members/`, invited),
    ])
      expect(made.status).toBe(201);
    const page = await browser.open(test, { as: owner, path: '/account' });
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    await page.route(call, (route) =>
      route.fulfill({ status: 500, json: { detail: 'Broken', code: 'error' } }),
    );
    await page.goto(path.replace(':key', String(key.id)).replace(':org', String(org.id)));
    const told = page.getByRole('alert').filter({ hasText: 'Something went wrong on our side' });
    await told.waitFor();
    const shown = page.locator('main').getByText(text);
    expect(await shown.count()).toBe(0);
    await page.unroute(call);
    await button(told, 'Try again').click();
    await shown.waitFor();
    await told.waitFor({ state: 'detached' });
  });

  describe('for a Viewer', () => {
    let viewer: MadeUser;
    beforeEach(async () => {
      const owner = await test.make.member(org, 'Owner');
      viewer = await test.make.member(org, 'Viewer');
      await test.make.role(org, ['member.view'], 'Reader');
      const api = test.api.as(await sessionOf(test, owner)).with({ origin: test.url });
      const stored = { key_type: 'H', name: 'Sanctions', key: 'provider-key-0123456789abcdef' };
      rememberSecret(stored.key);
      expect((await api.post(`/api/orgs/${org.id}/api-keys/`, stored)).status).toBe(201);
    });

    it.each([
      ['members', 'Viewer'],
      ['roles', 'Reader'],
      ['provider-keys', 'Sanctions'],
      ['usage', 'By key'],
      ['settings', 'Policy for access keys'],
    ])('%s show everything and offer no way to change any of it', async (path, shown) => {
      const page = await browser.open(test, { as: viewer, path: `/orgs/${org.id}/${path}` });
      const main = page.locator('main');
      await main.getByText(shown).filter({ visible: true }).first().waitFor();
      const offered = await main.getByRole('button').allInnerTexts();
      expect(offered).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/Add|Invite|Define|Edit|Delete|Remove|Change|Save|Stop|Check|More|Revoke/),
        ]),
      );
    });

    it.each(['keys', 'keys/revoke', 'requests', 'audit'])(
      'the page %s is not listed, and says why it shows nothing',
      async (path) => {
        const page = await browser.open(test, { as: viewer, path: `/orgs/${org.id}/${path}` });
        if (path === 'keys/revoke') {
          await page.getByLabel('Reason').fill('Because');
          await button(page, 'Count them').click();
        }
        await page.getByText(/^Your role does not allow this/).waitFor();
        const listed = await page.getByRole('navigation').getByRole('link').allInnerTexts();
        expect(listed).toEqual(expect.arrayContaining(['Members', 'Usage']));
        expect(listed.filter((name) => ['Access keys', 'Requests', 'Audit log'].includes(name))).toEqual([]);
      },
    );

    it('every write is refused that they send past the page, with their own session', async () => {
      const page = await browser.open(test, { as: viewer, path: `/orgs/${org.id}/members` });
      await row(page, viewer.email).waitFor();
      const statuses = await page.evaluate<number[]>(`(async () => {
        const token = /csrftoken=([^;]+)/.exec(document.cookie)[1];
        const headers = { 'content-type': 'application/json', 'x-csrftoken': token };
        const answers = [];
        for (const [method, path, body] of [
          ['POST', 'members/', { email: 'new@example.com', role: 'Viewer' }],
          ['POST', 'roles/', { name: 'Mine', permissions: [] }],
          ['PATCH', '', { policy: { self_serve_keys: false } }],
          ['POST', 'api-keys/', { key_type: 'H', key: 'x'.repeat(20) }],
          ['POST', 'access-keys/bulk-revoke/', { filter: {}, reason: 'Because' }],
        ]) {
          const url = '/api/orgs/${org.id}/' + path;
          answers.push((await fetch(url, { method, headers, body: JSON.stringify(body) })).status);
        }
        return answers;
      })()`);
      expect(statuses).toEqual([403, 403, 403, 403, 403]);
    });
  });

  it('a provider key is stored, called through, and the chart moves', async () => {
    const owner = await test.make.member(org, 'Owner');
    const secret = 'provider-key-that-the-provider-takes';
    rememberSecret(secret);
    fakes.H.goodKeys.add(secret);
    const page = await browser.open(test, { as: owner, path: `/orgs/${org.id}/provider-keys` });
    await button(page, 'Add provider key').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Provider' }).click();
    await page.getByRole('listbox').getByRole('option', { name: 'Chainalysis' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Sanctions');
    await dialog.getByLabel('Secret', { exact: true }).fill(secret);
    await button(dialog, 'Store').click();
    await row(page, 'Sanctions').getByText('Not known yet').waitFor();
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('img', { name: '0 calls in 30 days, at most 0 on one day' }).waitFor();
    const { key } = await test.make.accessKey(owner, { organization: org });
    const target = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
    const called = await test.api.as({ key }).get(`/api/orgs/${org.id}/providers/H${target}`);
    expect(called.status).toBe(200);
    expect(fakes.H.received).toMatchObject([{ url: target, headers: { 'x-api-key': secret } }]);
    await test.app.get(CallLedger, { strict: false }).settled();
    await page.reload();
    await page.getByRole('img', { name: '1 call in 30 days, at most 1 on one day' }).waitFor();
    await page.getByRole('link', { name: 'Provider keys' }).click();
    await row(page, 'Sanctions').getByText('Works', { exact: true }).waitFor();
  });
});
