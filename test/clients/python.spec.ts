import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import { OPERATIONS, startTour } from '../support/client-tour.js';
import { run } from '../support/command.js';
import { describeWith } from '../support/programs.js';
import { examplesOf } from '../support/readme.js';
import { type ReadmeWorld, startReadmeWorld } from '../support/readme-world.js';
import { sessionOf } from '../support/sign-in.js';

const CLIENT = path.join('clients', 'python');
const FOLDER = path.join('node_modules', '.cache', 'python-readme');
const DAY = 86_400;
/** Where Python finds the client, and where it leaves nothing. */
const PYTHON = { PYTHONPATH: path.resolve(CLIENT, 'src'), PYTHONDONTWRITEBYTECODE: '1' };
const examples = examplesOf(path.join(CLIENT, 'README.md'), 'python').map((example, n) => ({
  ...example,
  n,
}));

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { n, program } of examples) writeFileSync(path.join(FOLDER, `example_${n}.py`), program);
});

describeWith('mypy')('The Python client', () => {
  it('and every example in its README is typed, as strictly as mypy goes', async () => {
    const cache = path.resolve('node_modules', '.cache', 'mypy');
    const words = ['--config-file', 'pyproject.toml', '--cache-dir', cache, 'src', 'tests'];
    expect(await run('mypy', words, { cwd: CLIENT })).toMatchObject({ status: 0, stderr: '' });
    for (const { n } of examples) {
      const file = path.resolve(FOLDER, `example_${n}.py`);
      const checked = await run('mypy', [...words.slice(0, 4), file], { cwd: CLIENT });
      expect(checked).toMatchObject({ status: 0, stderr: '' });
    }
    expect(examples.length).toBeGreaterThan(5);
  });
});

describeWith('python3')('The Python client', () => {
  it('calls every operation of the service', async () => {
    const { app, calls } = await startTour();
    const python = spawn('python3', [path.join(CLIENT, 'tests', 'tour.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...PYTHON },
    });
    const outcomes = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    const called: string[] = [];
    const failed: string[] = [];
    try {
      for await (const call of calls) {
        python.stdin.write(`${JSON.stringify({ ...call, url: app.test.url, origin: TEST_ORIGIN })}\n`);
        const { value } = await outcomes.next();
        if (value !== '"ok"') failed.push(`${call.operationId}: ${value}`);
        called.push(call.operationId);
      }
    } finally {
      python.stdin.end();
      await once(python, 'exit');
      await app.close();
    }
    expect(failed).toEqual([]);
    expect(called.toSorted()).toEqual(OPERATIONS.toSorted());
  });

  it('keeps its promises: its own tests, at the service', async () => {
    const test = await startTestApp();
    try {
      const variables = { ...PYTHON, CLIENT_TEST_WORLD: JSON.stringify(await worldOf(test)) };
      const words = ['-m', 'unittest', 'discover', '--start-directory', path.join(CLIENT, 'tests')];
      const { status, stderr } = await run('python3', words, { variables });
      expect(stderr).toMatch(/^Ran (?:2\d|[3-9]\d) tests in .*\n\nOK\n$/m);
      expect(status).toBe(0);
    } finally {
      await test.close();
    }
  });

  describe('in its README', () => {
    let world: ReadmeWorld;
    beforeAll(async () => {
      world = await startReadmeWorld();
    });
    afterAll(() => world.close());

    it.each(examples)('the example of “$title” prints what stands under it', async ({ n, output }) => {
      const variables = { ...PYTHON, ...world.variables };
      const told = await run('python3', [path.join(FOLDER, `example_${n}.py`)], { variables });
      expect(told).toEqual({ status: 0, stdout: output, stderr: '' });
    });
  });
});

/** What the client's own tests need to know of a service, and of what is in it. */
async function worldOf(test: TestApp): Promise<Record<string, unknown>> {
  const { make } = test;
  const org = await make.org();
  const owner = await make.member(org, 'Owner');
  const others = [];
  for (let n = 0; n < 4; n += 1) others.push(await make.member(org, 'Viewer'));
  const staff = await make.user({ staff: true });
  const keyOf = async (options: object): Promise<string> =>
    (await make.accessKey(owner, { organization: org, ...options })).key;
  const { session, csrf } = await sessionOf(test, owner);
  return {
    url: test.url,
    origin: TEST_ORIGIN,
    organization: org.id,
    organization_name: org.name,
    user: owner.id,
    email: owner.email,
    password: await make.password(owner),
    members: [owner, ...others].map(({ email }) => email),
    session_id: session,
    csrf_token: csrf,
    key: await keyOf({}),
    read_only_key: await keyOf({ level: 'read_only' }),
    admin_key: (await make.accessKey(staff, { admin: true })).key,
    ending_keys: [
      await keyOf({ expiresInSeconds: 3 * DAY }),
      await keyOf({ expiresInSeconds: 3 * DAY }),
      await keyOf({ expiresInSeconds: 3 * DAY }),
      await keyOf({ expiresInSeconds: 3 * DAY }),
      await keyOf({ expiresInSeconds: 3 * DAY }),
    ],
    keys: [await keyOf({}), await keyOf({}), await keyOf({}), await keyOf({})],
    leaked: [await keyOf({}), await keyOf({})],
  };
}
