import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { satisfies } from 'semver';
import { run } from '../support/command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(lock.packages).filter(
  ([place, { link }]) => place.includes('node_modules/') && !link,
);
const nameOf = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('Node', () => {
  it.each(['20.19.0', '22.23.3', '24.21.0'])(
    'no package that is installed, tools included, is written for other releases than %s',
    (release) => {
      const told = installed.filter(([, { engines }]) => engines?.node !== undefined);
      expect(told.length).toBeGreaterThan(200);
      const refusing = told.filter(([, { engines }]) => !satisfies(release, engines?.node ?? '*'));
      expect(refusing.map(([place]) => place)).toEqual([]);
    },
  );
});

describe('Licences', () => {
  const licences = path.resolve('scripts/licences.mjs');

  it('of all dependencies are listed, and every one was agreed to', async () => {
    expect(await run(process.execPath, [licences, '--check'])).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = await run(process.execPath, [licences]);
    const listed = new Set(stdout.split('\n').map((line) => line.trim().replace(/ \(tool\)$/, '')));
    const missing = installed.filter(([place, { version }]) => !listed.has(`${nameOf(place)}@${version}`));
    expect(missing.map(([place]) => place)).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['MPL-2.0', false], // for tools alone
    ['see the file', false],
    [undefined, false],
    ['AGPL-3.0-or-later', true],
  ])('%s is refused, by the name of the package (tool: %s)', async (license, dev) => {
    const folder = temporaryFolder();
    const packages = { 'node_modules/strange': { version: '1.2.3', license, dev } };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    const outcome = await run(process.execPath, [licences, '--check'], { cwd: folder });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`strange@1.2.3: ${license ?? 'none'} is not agreed to`);
  });
});

describe('npm run sbom', () => {
  it('tells in CycloneDX of every package that runs, by its version, and of no tool', async () => {
    const outcome = await run('npm', ['run', '--silent', 'sbom']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const bom = JSON.parse(outcome.stdout) as {
      bomFormat: string;
      specVersion: string;
      components: { purl: string }[];
    };
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    const purlOf = ([place, { version }]: [string, Locked]) =>
      `pkg:npm/${nameOf(place).replace('@', '%40')}@${version}`;
    const told = new Set(bom.components.map(({ purl }) => purl));
    const running = installed.filter(([, { dev }]) => !dev).map(purlOf);
    expect(running.length).toBeGreaterThan(150);
    expect(running.filter((purl) => !told.has(purl))).toEqual([]);
    const tools = installed.filter(([, { dev }]) => dev).map(purlOf);
    expect(tools.filter((purl) => told.has(purl) && !running.includes(purl))).toEqual([]);
  });
});

describe('Telemetry', () => {
  it('of dependencies is off: of what asks for it by package.json, by its environment, or by its own setting', () => {
    const { scripts, scarfSettings } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
      scarfSettings: unknown;
    };
    expect(scarfSettings).toEqual({ enabled: false });
    const redocly = Object.values(scripts).filter((script) => /\bredocly\b/.test(script));
    expect(redocly.length).toBeGreaterThan(0);
    for (const script of redocly) expect(script).toContain('REDOCLY_TELEMETRY=off');
  });
});
