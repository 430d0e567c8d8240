import { startTestApp, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';
import { freePort } from '../support/free-port.js';
import { describeWith } from '../support/programs.js';
import { type ReverseProxy, startCaddy, startNginx } from '../support/reverse-proxy.js';
import { startChild } from '../support/service-process.js';
import { until } from '../support/until.js';

/** Callers that send one request after another. */
const CALLERS = 6;
/** How often each of the two instances is restarted. */
const ROUNDS = 2;

/** In the metrics of an instance that has answered callers. */
const ANSWERED =
  /^http_request_duration_seconds_count\{method="GET",route="\/api\/orgs",status="200"\} \d+$/m;

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** An instance as src/main.ts runs it, at a port that it keeps. */
class Instance {
  private child: ReturnType<typeof startChild> | undefined;

  constructor(readonly port: number) {}

  async start(): Promise<void> {
    const env = { PORT: String(this.port), DRAIN_SECONDS: '2' }; // as in production
    this.child = startChild('main-child.mjs', test, env);
    const api = test.api.at(`http://127.0.0.1:${this.port}`);
    const ready = () => api.get('/readyz').then(({ status }) => status === 200);
    await until(() => ready().catch(() => new Promise((resolve) => setTimeout(() => resolve(false), 50))));
  }

  /** Resolves once the proxy sends requests here again: who restarts the other before leaves it with none that it knows to be well. */
  async getsRequests(): Promise<void> {
    const own = test.api.at(`http://127.0.0.1:${this.port}`);
    await until(async () => ANSWERED.test((await own.get('/metrics')).text));
  }

  /** As a supervisor stops it; gives its exit status. */
  async stop(): Promise<unknown> {
    this.child?.signal('SIGTERM');
    return this.child?.ended;
  }
}

/** Reads and writes in turn, until told to stop; gives every answer's status, or what was no answer of ours. */
async function call(api: Client, orgId: number, going: () => boolean): Promise<unknown[]> {
  const statuses: unknown[] = [];
  for (let n = 0; going(); n += 1) {
    const answer =
      n % 2 === 0
        ? api.get('/api/orgs/')
        : api.patch(`/api/orgs/${orgId}/`, { name: `Renamed ${orgId} ${n}` });
    statuses.push(await answer.then(({ status }) => status, String));
  }
  return statuses;
}

async function restartUnderLoad(
  start: (ports: readonly [number, number]) => Promise<ReverseProxy>,
): Promise<void> {
  const instances = [new Instance(await freePort()), new Instance(await freePort())] as const;
  for (const instance of instances) await instance.start();
  const proxy = await start([instances[0].port, instances[1].port]);
  let going = true;
  const load = Array.from({ length: CALLERS }, async () => {
    const org = await test.make.org();
    const api = test.api.at(proxy.url).as(await test.make.accessKey(await test.make.member(org, 'Owner')));
    return call(api, org.id, () => going);
  });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const instance of instances) {
        expect(await instance.stop()).toEqual([0, null]);
        await instance.start();
        await instance.getsRequests();
      }
    }
  } finally {
    going = false;
    await Promise.allSettled(load);
    await proxy.stop();
    for (const instance of instances) await instance.stop();
  }
  const statuses = (await Promise.all(load)).flat();
  expect(statuses.length).toBeGreaterThan(CALLERS * ROUNDS * 10);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}

describeWith('nginx')('Behind nginx, as in deploy/proxies', () => {
  it('both instances are restarted one after another under load, and no request, reading or writing, is lost', () =>
    restartUnderLoad(startNginx));
});

describeWith('caddy')('Behind Caddy, as in deploy/proxies', () => {
  it('both instances are restarted one after another under load, and no request, reading or writing, is lost', () =>
    restartUnderLoad(startCaddy));
});
