import { startTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { startChild } from '../support/service-process.js';
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
});
