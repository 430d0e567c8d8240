import type { TestApp } from '../support/app.js';
import { ConsoleBrowser, describeInBrowser, startConsole } from '../support/console.js';

/** What a first page may load of JavaScript, compressed, in bytes. */
const LIMIT = 200_000;

describeInBrowser('the first load', () => {
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

  it.each(['/', '/keys', '/account', '/sign-in', '/orgs/:org/keys', '/orgs/:org/settings', '/staff/keys'])(
    'of %s brings at most 200 kB of compressed JavaScript',
    async (path) => {
      const org = await test.make.org();
      const user = await test.make.member(org, 'Owner', await test.make.user({ staff: true }));
      const page = await browser.open(test, {
        path: '/sign-in',
        ...(path !== '/sign-in' && { as: user }),
      });
      let bytes = 0;
      const session = await page.context().newCDPSession(page);
      await session.send('Network.enable');
      session.on('Network.responseReceived', ({ type, response }) => {
        if (type !== 'Script') return;
        const headers = new Headers(response.headers);
        expect(headers.get('content-encoding')).toMatch(/^(?:br|gzip)$/);
        bytes += Number(headers.get('content-length') ?? NaN); // of the script alone, without what HTTP adds to it
      });
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      await page.goto(path.replace(':org', String(org.id)), { waitUntil: 'networkidle' });
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThan(LIMIT);
    },
  );

  it.each([360, 390, 768, 1440, 2560])(
    'fits a screen %i pixels wide, without scrolling sideways',
    async (width) => {
      const org = await test.make.org({
        name: 'An organization with a name that is longer than most names are',
      });
      const user = await test.make.member(org, 'Viewer');
      await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 });
      for (const path of ['/', '/keys', '/account']) {
        const page = await browser.open(test, { as: user, path, width });
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        expect(
          await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        await page.context().close();
      }
    },
  );
});
