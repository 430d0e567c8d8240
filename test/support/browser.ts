import { type Browser, chromium } from 'playwright-core';
import { describeWith, findProgram } from './programs.js';

/** Chromium without a window and menus of its own: no test looks at these, and they cost processor time. */
const PROGRAM = 'chromium-headless-shell';

/** `describe` where Debian's Chromium is installed. */
export const describeInBrowser = describeWith(PROGRAM);

/** Starts one that nobody sees; close it in `afterAll`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram(PROGRAM) ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}
