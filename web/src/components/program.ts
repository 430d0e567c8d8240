import { t } from '../strings/strings';

/** Browsers by what they call themselves, those that call themselves another's name as well before that other. */
const BROWSERS: readonly [name: string, version: RegExp][] = [
  ['Edge', /\bEdg\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Firefox', /\bFirefox\/(\d+)/],
  ['Chrome', /Chrome\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)(?:\.\d+)* (?:Mobile\/\w+ )?Safari\//],
];
const SYSTEMS: readonly [name: string, named: RegExp][] = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** A `User-Agent` in words: `Chrome 150 on Linux`. What is no browser's stays as it is, for programs name themselves. */
export function programOf(userAgent: string): string {
  if (!userAgent.startsWith('Mozilla/')) return userAgent;
  const [browser] = BROWSERS.flatMap(([name, version]) => {
    const found = version.exec(userAgent)?.[1];
    return found ? [`${name} ${found}`] : [];
  });
  const system = SYSTEMS.find(([, named]) => named.test(userAgent))?.[0];
  return browser && system ? t.common.browserOn(browser, system) : userAgent;
}
