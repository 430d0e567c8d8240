import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setUpDemo } from '../../src/process/demo.js';
import { TEST_ORIGIN } from './app.js';
import { type ProviderApp, startProviderApp } from './provider-app.js';
import { settingsOf } from './service-process.js';

/** A block of commands in a guide, and what stands under it as its output. */
export interface Step {
  readonly commands: string;
  readonly output: string;
  readonly language: string;
}

/** Printed by the test behind every step. */
const MARK = '=== the next step ===';
/** Starting the service is the test's part; everything else in a guide is typed as it stands there. */
const START = /^npm ci && npm start$/m;
/** `KEY='<the full-access key that npm start printed>'`: a value that the reader puts in. */
const PLACEHOLDER = /^\w+='<[^']+>'$/gm;

/** The steps of a guide, in order. A block of commands without an output prints nothing. */
export function stepsOf(page: string): Step[] {
  const guide = readFileSync(path.join('docs', 'guide', `${page}.md`), 'utf8');
  const blocks = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', content = '']) => ({
    language,
    content,
  }));
  return blocks.flatMap(({ language, content }, at) => {
    if (language !== 'sh' || START.test(content)) return [];
    const next = blocks[at + 1];
    const told = next && ['json', 'text'].includes(next.language) ? next : undefined;
    const commands = content.replace(PLACEHOLDER, '');
    return [{ commands, output: told?.content ?? '', language: told?.language ?? 'text' }];
  });
}

/** What a reader of a guide has in front of them: the service as its first start leaves it, and a shell. */
export class GuideWorld {
  private constructor(
    private readonly app: ProviderApp,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<GuideWorld> {
    const app = await startProviderApp({ TRUSTED_PROXIES: '127.0.0.1' });
    const demo = (await setUpDemo(app.test.app, app.test.env)) ?? '';
    const told = (pattern: RegExp): string => pattern.exec(demo)?.[1] ?? '';
    app.fakes.byType.H.goodKeys.add('chainalysis-demo-key-1');
    return new GuideWorld(app, {
      KEY: told(/full-access key +(\S+)/),
      READ_ONLY_KEY: told(/read-only key +(\S+)/),
      PASSWORD: told(/Owner +owner@demo\.example +(\S+)/),
      STAFF_PASSWORD: told(/staff +staff@demo\.example +(\S+)/),
      NODE: process.execPath,
      TRUSTED_PROXIES: '127.0.0.1',
    });
  }

  /** Types the steps into one shell, each when all that the one before it left behind is written; what each printed. */
  async type(steps: readonly Step[]): Promise<string[]> {
    const shell = spawn('bash', [], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_NO_WARNINGS: '1',
        ...settingsOf(this.app.test),
        ...this.variables,
      },
    });
    const complaints = text(shell.stderr);
    const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
    shell.stdin.write(`${COMMANDS}\n`);
    const printed: string[] = [];
    for (const { commands } of steps) {
      shell.stdin.write(
        `${commands.replaceAll(`${TEST_ORIGIN}/`, `${this.app.test.url}/`)}\nprintf '\\n%s\\n' '${MARK}'\n`,
      );
      printed.push((await linesTo(lines)).replaceAll(this.app.test.url, TEST_ORIGIN));
      await this.app.settled();
    }
    shell.stdin.end();
    const told = await complaints;
    if (told !== '') throw new Error(told);
    return printed;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** What is printed up to the mark behind a step. */
async function linesTo(lines: AsyncIterator<string>): Promise<string> {
  const printed: string[] = [];
  for (;;) {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error(`The shell ended: ${printed.join('\n')}`);
    if (value === MARK) return printed.join('\n');
    printed.push(value);
  }
}

/** In the shell of the test, curl tells no progress, and the command line is the one of the sources. */
const COMMANDS = `
curl() { command curl --silent --show-error "$@"; }
npm() {
  [ "$1 $2 $3 $4" = 'run --silent cli --' ] || return 1
  shift 4
  CLI_ARGUMENTS=$("$NODE" -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- "$@") "$NODE" test/support/cli-child.mjs
}`;

/** What differs from one start of the service to the next, each told by its form. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\b[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}\b/g, '<key>'],
  [/(?<="prefix": ?"|x-auth-key-prefix: |superseded-by: )[A-Za-z0-9]{8}\b/g, '<prefix>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/(?<="date": ?")\d{4}-\d\d-\d\d(?=")/g, '<date>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/(?<="(?:token|client_id)": ?"|#token=)[\w-]+(?=")/g, '<token>'],
  [/(?<="iat": ?)\d{10}/g, '0'],
];

/** An output with what is different every time told by its form: `<key>`, `<time>`. */
export function settled(output: string): string {
  const lines = output.replaceAll('\r', '').trim();
  return VOLATILE.reduce((text, [pattern, form]) => text.replace(pattern, form), lines);
}

/** What JSON a step printed; where the guide leaves fields out, which it says by `"…": "…"`, without those. */
export function comparable(output: string, expected: string): { printed: unknown; told: unknown } {
  const [printed, told] = [output, expected].map((text) => JSON.parse(settled(text)) as unknown);
  return { printed: shortened(printed, told), told: withoutMarks(told) };
}

const LEFT_OUT = '…';
type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes out of what was printed the members that the guide says that it leaves out. */
function shortened(printed: unknown, told: unknown): unknown {
  if (Array.isArray(printed) && Array.isArray(told)) {
    return printed.map((item, n) => shortened(item, (told as unknown[])[n]));
  }
  if (!isObject(printed) || !isObject(told)) return printed;
  const kept = Object.entries(printed).filter(([name]) => !(LEFT_OUT in told) || name in told);
  return Object.fromEntries(kept.map(([name, value]) => [name, shortened(value, told[name])]));
}

function withoutMarks(told: unknown): unknown {
  if (Array.isArray(told)) return told.map(withoutMarks);
  if (!isObject(told)) return told;
  const kept = Object.entries(told).filter(([name]) => name !== LEFT_OUT);
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutMarks(value)]));
}
