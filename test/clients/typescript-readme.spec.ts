import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/command.js';
import { examplesOf } from '../support/readme.js';
import { type ReadmeWorld, startReadmeWorld } from '../support/readme-world.js';

const CLIENT = path.join('clients', 'typescript');
/** Below `node_modules`, so that the package is found by its name, as it is by whoever installed it. */
const FOLDER = path.join('node_modules', '.cache', 'typescript-readme');
const TSC = path.join('node_modules', 'typescript', 'bin', 'tsc');
const STRICT = {
  compilerOptions: {
    target: 'ES2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    types: ['node'],
  },
  include: ['*.mts'],
};

const examples = examplesOf(path.join(CLIENT, 'README.md'), 'ts').map((example, n) => ({ ...example, n }));

let world: ReadmeWorld;
beforeAll(async () => {
  world = await startReadmeWorld();
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => world.close());

/** Runs the compiler; what it has to complain about, of which there must be nothing. */
async function compile(project: string): Promise<string> {
  const { status, stdout, stderr } = await run(process.execPath, [TSC, '--project', project]);
  return `${stdout}${stderr}${status === 0 ? '' : `status ${status}`}`;
}

it('the published shape is built, and every example compiles against it under `strict`', async () => {
  expect(await compile(CLIENT)).toBe('');
  for (const { n, program } of examples) writeFileSync(path.join(FOLDER, `example-${n}.mts`), program);
  writeFileSync(path.join(FOLDER, 'tsconfig.json'), JSON.stringify(STRICT));
  expect(await compile(FOLDER)).toBe('');
  expect(examples.length).toBeGreaterThan(5);
});

it.each(examples)('its example of “$title” prints what stands under it', async ({ n, output }) => {
  const { variables } = world;
  const told = await run(process.execPath, [path.join(FOLDER, `example-${n}.mjs`)], { variables });
  expect(told).toEqual({ status: 0, stdout: output, stderr: '' });
});
