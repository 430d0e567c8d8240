// `npm run console:vitals`: how fast the console's pages are with the processor slowed down four times, into docs/benchmarks.md.
// Run by its own command, for it writes a file; what should hold, and what doesn't, is said in the table it writes.
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import type { TestApp } from '../support/app.js';
import { ConsoleBrowser, startConsole } from '../support/console.js';
import type { MadeUser } from '../support/factory.js';
import { writeSection } from '../support/page-section.js';

const PAGE = path.join(process.cwd(), 'docs', 'benchmarks.md');
const AROUND = ['<!-- console: npm run console:vitals -->', '<!-- /console -->'] as const;
/** How often each page is opened, each time by a browser that knows nothing of it. */
const ROUNDS = 5;
const SLOWED = 4;
/** What should hold of every page: in bytes, milliseconds and without a unit. */
const MOST_SCRIPT = 200_000;
const LARGEST_PAINT_UNDER = 1000;
const MOST_SHIFT = 0.05;

/** In milliseconds, without a unit, in bytes and in milliseconds. */
interface Vitals {
  readonly lcp: number;
  readonly shift: number;
  readonly script: number;
  /** Of the page's main thread until nothing was left to do, slowed down as well. */
  readonly processor: number;
}

const WATCH = `
  globalThis.vitals = { lcp: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) vitals.lcp = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) vitals.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

let test: TestApp;
let browser: ConsoleBrowser;
let user: MadeUser;
let org: { id: number };

beforeAll(async () => {
  test = await startConsole();
  browser = await ConsoleBrowser.launch();
  org = await test.make.org({ name: 'Northwind' });
  user = await test.make.user({ staff: true });
  await test.make.member(org, 'Owner', user);
  for (let n = 0; n < 30; n += 1) await test.make.accessKey(user, { organization: org });
});
afterAll(async () => {
  await browser.close();
  await test.close();
});

async function open(at: string): Promise<Vitals> {
  const page = await browser.open(test, { path: '/healthz', ...(at !== '/sign-in' && { as: user }) });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let script = 0;
  session.on('Network.responseReceived', ({ type, response }) => {
    if (type === 'Script') script += Number(new Headers(response.headers).get('content-length'));
  });
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  await page.addInitScript(WATCH);
  await page.goto(at, { waitUntil: 'networkidle' });
  await page.locator('main h1').waitFor();
  const { lcp, shift } = await page.evaluate<Pick<Vitals, 'lcp' | 'shift'>>('vitals');
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  await page.context().close();
  return { lcp, shift, script, processor: seconds * 1000 };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;

it('measures what people wait for', async () => {
  const rows: string[] = [];
  const [busy = NaN] = loadavg();
  for (const [name, at] of [
    ['Sign in', '/sign-in'],
    ['Home', '/'],
    ['My keys', '/keys'],
    ['Account', '/account'],
    ['Access keys of an organization', `/orgs/${org.id}/keys`],
    ['Settings', `/orgs/${org.id}/settings`],
    ['All access keys', '/staff/keys'],
  ] as const) {
    const rounds: Vitals[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await open(at));
    const script = median(rounds.map((round) => round.script));
    const lcp = rounds.map((round) => Math.round(round.lcp));
    const shift = Math.max(...rounds.map((round) => round.shift));
    const missed = [
      ...(script > MOST_SCRIPT ? ['JavaScript'] : []),
      ...(median(lcp) >= LARGEST_PAINT_UNDER ? ['largest paint'] : []),
      ...(shift > MOST_SHIFT ? ['layout shift'] : []),
    ];
    rows.push(
      `| ${name} | ${(script / 1000).toFixed(0)} kB | ` +
        `${median(lcp)} ms (${Math.min(...lcp)}–${Math.max(...lcp)}) | ` +
        `${Math.round(median(rounds.map(({ processor }) => processor)))} ms | ${shift.toFixed(3)} | ${missed.join(', ') || '–'} |`,
    );
  }
  writeSection(PAGE, AROUND, [
    '## The console',
    '',
    `Written by \`npm run console:vitals\`: each page opened ${ROUNDS} times in Debian's Chromium with nothing cached and the processor slowed down ${SLOWED} times, ` +
      `on ${cpus().length} cores that the service, PostgreSQL and the browser share (load ${busy.toFixed(1)} when it began). Medians (least–most); of layout shifts, the worst. ` +
      'What should hold: at most 200 kB of compressed JavaScript at first, the largest paint under 1 s, no shift above 0.05. ' +
      "The processor's time is what the page's main thread used until nothing was left to do, and does not depend on what else ran. " +
      'The last column names what did not hold, at this load.',
    '',
    '| page | JavaScript at first | largest paint | processor | layout shift | does not hold |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ]);
});
