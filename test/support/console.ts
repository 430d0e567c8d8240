import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startTestApp, type TestApp } from './app.js';
import { launchBrowser } from './browser.js';
import { freePort } from './free-port.js';
import { sessionOf } from './sign-in.js';

/** The service with the console that `npm run build:web` made, reached where it believes to be. */
export async function startConsole(overrides: Record<string, string> = {}): Promise<TestApp> {
  execFileSync(process.execPath, [path.join(process.cwd(), 'web', 'build.mjs'), '--check']);
  const port = await freePort();
  return startTestApp({ PORT: String(port), PUBLIC_ORIGIN: `http://127.0.0.1:${port}`, ...overrides });
}

interface Opening {
  /** Who is signed in; nobody by default. */
  readonly as?: { id: number };
  /** Where to begin. */
  readonly path?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
  /** Whether it is worked with a finger. */
  readonly touch?: boolean;
}

/**
 * Chromium. Whatever page it opens must do without a violation of the content security policy, without an error that
 * nobody caught, and without a request to anywhere but the service: `close` throws otherwise.
 */
export class ConsoleBrowser {
  private readonly contexts: BrowserContext[] = [];
  private readonly complaints: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<ConsoleBrowser> {
    return new ConsoleBrowser(await launchBrowser());
  }

  /** A browser of somebody's own, with cookies of its own, at a page of the console. */
  async open(test: TestApp, opening: Opening = {}): Promise<Page> {
    const { as, path: at = '/', width = 1440, height = 900, colours = 'light', touch = false } = opening;
    const context = await this.browser.newContext({
      baseURL: test.url,
      viewport: { width, height },
      colorScheme: colours,
      hasTouch: touch,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Prague',
      permissions: ['clipboard-write'],
    });
    this.contexts.push(context);
    await this.watch(context, test.url);
    if (as) await signIn(test, context, as);
    const page = await context.newPage();
    await page.goto(at);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.contexts) await context.close();
    await this.browser.close();
    if (this.complaints.length > 0) throw new Error(`The browser complained:\n${this.complaints.join('\n')}`);
  }

  private async watch(context: BrowserContext, url: string): Promise<void> {
    await context.exposeBinding('reportViolation', (_source, told: string) => {
      this.complaints.push(`content security policy: ${told}`);
    });
    await context.addInitScript(
      `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
         reportViolation([violatedDirective, blockedURI, sourceFile].join(' ')));`,
    );
    context.on('weberror', (error) => this.complaints.push(`error: ${error.error().stack ?? ''}`));
    context.on('request', (request) => {
      const target = request.url();
      if (!target.startsWith(`${url}/`) && !target.startsWith('data:')) {
        this.complaints.push(`request to ${target}`);
      }
    });
  }
}

/** The row of a table that shows what has a name. */
export const row = (page: Page, name: string): Locator => page.getByRole('row', { name, exact: true });

/** The button of a name. */
export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true });

/** Copies a key that was just made, and waits until it is in the clipboard. */
export async function copyKey(page: Page): Promise<void> {
  await button(page, 'Copy').click();
  await button(page, 'Copied').waitFor();
}

/** The dialog that is open. */
export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Waits until no dialog is open. */
export const closed = (page: Page): Promise<void> => dialog(page).waitFor({ state: 'detached' });

/** Gives a browser a live session of a user, without the page that asks for a password. */
export async function signIn(test: TestApp, context: BrowserContext, user: { id: number }): Promise<void> {
  const { session, csrf } = await sessionOf(test, user);
  await context.addCookies([
    { name: 'sessionid', value: session, url: test.url, httpOnly: true, sameSite: 'Lax' },
    { name: 'csrftoken', value: csrf, url: test.url, sameSite: 'Lax' },
  ]);
}
