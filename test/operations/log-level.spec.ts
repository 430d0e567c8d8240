import { readdirSync } from 'node:fs';
import path from 'node:path';
import { startTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { startChild } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** An instance as src/main.ts runs it, that logs warnings and worse. */
async function start(overrides: Record<string, string> = {}) {
  const port = String(await freePort());
  const child = startChild('main-child.mjs', test, { LOG_LEVEL: 'warn', PORT: port, ...overrides });
  const api = test.api.at(`http://127.0.0.1:${port}`);
  const nextLine = async () => JSON.parse(String(await child.nextLine())) as Record<string, unknown>;
  return { child, api, nextLine };
}

/** The next line that looks so; what a process logs besides is left out. Nothing once it has ended. */
async function nextLineOf(child: ReturnType<typeof startChild>, look: RegExp): Promise<string | undefined> {
  let line: string | undefined;
  await until(async () => {
    line = await child.nextLine();
    return line === undefined || look.test(line);
  });
  return line;
}

describe('SIGUSR2', () => {
  it('has a running process log every answer, and with the next one no more than it was set to', async () => {
    const { child, api, nextLine } = await start();
    await until(async () => (await api.get('/readyz').catch(() => undefined))?.status === 200);
    child.signal('SIGUSR2');
    expect(await nextLine()).toMatchObject({ msg: 'The log level is now debug.' }); // and no answer before it
    expect((await api.get('/api/orgs/')).status).toBe(401);
    expect(await nextLine()).toMatchObject({
      msg: 'request',
      route: '/api/orgs',
      status: 401,
      code: 'not_authenticated',
    });
    child.signal('SIGUSR2');
    expect(await nextLine()).toMatchObject({ msg: 'The log level is now warn.' });
    expect((await api.get('/api/orgs/')).status).toBe(401);
    child.signal('SIGUSR2');
    expect(await nextLine()).toMatchObject({ msg: 'The log level is now debug.' });
    await child.kill();
  });

  it('reaches every process of an instance through the one that supervises them', async () => {
    const { child, nextLine } = await start({ WEB_CONCURRENCY: '2' });
    for (let n = 0; n < 2; n += 1) expect(Number(await child.nextLine())).toBeGreaterThan(0); // each listens
    child.signal('SIGUSR2');
    for (let n = 0; n < 2; n += 1)
      expect(await nextLine()).toMatchObject({ msg: 'The log level is now debug.' });
    await child.kill();
  });

  it('leaves a process that takes another one’s place at the level that the others have', async () => {
    const { child, nextLine } = await start({ WEB_CONCURRENCY: '2' });
    const pids = [Number(await child.nextLine()), Number(await child.nextLine())];
    child.signal('SIGUSR2');
    for (let n = 0; n < 2; n += 1)
      expect(await nextLine()).toMatchObject({ msg: 'The log level is now debug.' });
    process.kill(Number(pids[0]), 'SIGKILL');
    const [replaced, raised] = [await nextLineOf(child, /^\d+$/), await nextLineOf(child, /log level/)];
    expect(pids).not.toContain(Number(replaced));
    expect(raised).toContain('The log level is now debug.');
    child.signal('SIGUSR2');
    for (let n = 0; n < 2; n += 1)
      expect(await nextLineOf(child, /log level/)).toContain('The log level is now warn.');
    await child.kill();
  });

  it('does not end a process that still makes its database ready: it logs more as soon as it logs', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const { child, api } = await start({ DATABASE_URL: '', DATA_DIR: data });
    await until(() => readdirSync(path.dirname(data)).includes('data') && readdirSync(data).length > 0);
    child.signal('SIGUSR2');
    expect(await nextLineOf(child, /log level/)).toContain('The log level is now debug.');
    await until(async () => (await api.get('/readyz').catch(() => undefined))?.status === 200);
    child.signal('SIGTERM');
    expect(await child.ended).toEqual([0, null]);
  });
});
