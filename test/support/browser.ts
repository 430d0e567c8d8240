import { type Browser, chromium } from 'playwright-core';
import { describeWith, findProgram } from './programs.js';

/** Chromium without the window and the menus of its own, which cost half as much processor time again as the pages. */
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
