import { cpSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, type Outcome } from '../support/command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Installation {
  /** When each was written, in minutes of the day; absent: it isn't there. */
  readonly source?: number;
  readonly built?: number;
  readonly compiler: boolean;
}

/** An installation with these parts, whose build leaves a file `was-built`. */
function install({ source, built, compiler }: Installation): string {
  const folder = temporaryFolder();
  const write = (file: string, minutes: number, text = ''): void => {
    const place = path.join(folder, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
    utimesSync(place, new Date(minutes * 60_000), new Date(minutes * 60_000));
  };
  cpSync('scripts', path.join(folder, 'scripts'), { recursive: true });
  write('package.json', 0, JSON.stringify({ scripts: { build: 'touch was-built' } }));
  if (source !== undefined) write('src/main.ts', source);
  if (built !== undefined)
    for (const file of ['dist/src/main.js', 'dist/src/cli/main.js']) write(file, built);
  if (compiler) write('node_modules/typescript/package.json', 0, '{}');
  return folder;
}

async function prepare(installation: Installation): Promise<Outcome & { wasBuilt: boolean }> {
  const folder = install(installation);
  const outcome = await run(process.execPath, [path.join(folder, 'scripts', 'build-when-stale.mjs')], {
    cwd: '/',
  });
  return { ...outcome, wasBuilt: existsSync(path.join(folder, 'was-built')) };
}

describe('npm start and npm run cli', () => {
  it('build what is missing or older than its sources, where what builds it is installed, and nothing else', async () => {
    const built = { status: 0, wasBuilt: true };
    expect(await prepare({ source: 1, compiler: true })).toMatchObject(built);
    expect(await prepare({ source: 2, built: 1, compiler: true })).toMatchObject(built);
    expect(await prepare({ source: 1, built: 2, compiler: true })).toMatchObject({
      ...built,
      wasBuilt: false,
    });
  });

  it('run what was built elsewhere, where what builds it is not installed, and say when there is nothing to run', async () => {
    const asItIs = { status: 0, wasBuilt: false, stderr: '' };
    expect(await prepare({ source: 1, built: 2, compiler: false })).toMatchObject(asItIs);
    expect(await prepare({ built: 2, compiler: false })).toMatchObject(asItIs);
    expect(await prepare({ source: 2, built: 1, compiler: false })).toMatchObject({
      status: 0,
      wasBuilt: false,
      stderr: expect.stringContaining('the older one runs') as string,
    });
    expect(await prepare({ source: 1, compiler: false })).toMatchObject({
      status: 1,
      wasBuilt: false,
      stderr: expect.stringContaining('`npm ci` and `npm run build`') as string,
    });
  });
});
