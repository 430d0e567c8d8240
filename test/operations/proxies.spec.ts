import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describeWith } from '../support/programs.js';
import { type ReverseProxy, startCaddy, startNginx } from '../support/reverse-proxy.js';
import { until } from '../support/until.js';

/** Callers at once. */
const CALLERS = 6;
/** Checks of health that an instance has no time for, one a second. */
const UNANSWERED = 4;

/** In an instance's place: is well, has whatever else is asked answered by the test, and closes no connection by itself. */
class Upstream {
  /** How it answers a check of health. */
  onCheck = (answer: ServerResponse): unknown => answer.end();
  /** What it does with anything else that it is asked. */
  onAsked = (answer: ServerResponse, path: string): unknown => this.asked.push({ path, answer });
  readonly open = new Set<Socket>();
  readonly asked: { path: string; answer: ServerResponse }[] = [];
  private port = 0;
  private readonly server = createServer(({ url = '' }, answer) => {
    if (url === '/readyz') this.onCheck(answer);
    else this.onAsked(answer, url);
  });

  constructor() {
    this.server.keepAliveTimeout = 0;
    this.server.on('connection', (socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
  }

  /** Listens, where it did before if it did; gives the port. */
  async start(): Promise<number> {
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    return (this.port = (this.server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

describeWith('nginx')('deploy/proxies: nginx, before two instances of which one is down', () => {
  it('has each write done by the other, also when that one has only just come back', async () => {
    const [first, second] = [new Upstream(), new Upstream()];
    for (const upstream of [first, second]) upstream.onAsked = (answer) => answer.end();
    const proxy = await startNginx([await first.start(), await second.start()]);
    const write = () => fetch(`${proxy.url}/api/orgs/1/`, { method: 'PATCH', body: '{}' });
    const statuses = async () => {
      const answers = await Promise.all(Array.from({ length: CALLERS }, write));
      return answers.map(({ status }) => status);
    };
    const allWell = Array.from({ length: CALLERS }, () => 200);
    await first.stop();
    expect(await statuses()).toEqual(allWell);
    await first.start();
    await until(() => second.open.size === 0);
    await second.stop();
    expect(await statuses()).toEqual(allWell);
    await proxy.stop();
    await first.stop();
  });
});

describeWith('caddy')('deploy/proxies: caddy, before an instance that leaves and one that is busy', () => {
  it('sends what comes to the busy one, which has not answered some checks of health in turn', async () => {
    const [leaving, busy] = [new Upstream(), new Upstream()];
    let toldToLeave = 0;
    leaving.onCheck = (answer) => {
      toldToLeave += 1;
      answer.writeHead(503).end();
    };
    const unanswered: ServerResponse[] = [];
    const proxy = await startCaddy([await leaving.start(), await busy.start()]);
    busy.onCheck = (answer) => unanswered.push(answer);
    await until(() => toldToLeave >= 2 && unanswered.length >= UNANSWERED);
    const sent = fetch(`${proxy.url}/api/orgs/1/`, { method: 'PATCH', body: '{}' });
    await until(() => busy.asked.length === 1);
    expect(leaving.asked).toEqual([]);
    for (const { answer } of busy.asked) answer.end();
    expect((await sent).status).toBe(200);
    await proxy.stop();
    for (const upstream of [leaving, busy]) await upstream.stop();
  });
});

describe.each([
  ['nginx', startNginx],
  ['caddy', startCaddy],
] as const)('deploy/proxies: %s', (program, start) => {
  describeWith(program)('before two instances', () => {
    const upstreams = [new Upstream(), new Upstream()] as const;
    let proxy: ReverseProxy;
    const asked = () => upstreams.flatMap((upstream) => upstream.asked);

    beforeAll(async () => {
      proxy = await start([await upstreams[0].start(), await upstreams[1].start()]);
    });
    afterAll(async () => {
      await proxy.stop();
      for (const upstream of upstreams) await upstream.stop();
    });

    it('closes connections that idle by itself, so that an instance which leaves closes none that is just written to', async () => {
      const open = (): number => upstreams[0].open.size + upstreams[1].open.size;
      const answers = Array.from({ length: CALLERS }, () => fetch(`${proxy.url}/api/orgs/`));
      await until(() => asked().length === CALLERS);
      expect(open()).toBeGreaterThanOrEqual(CALLERS); // each has a connection
      for (const { answer } of asked()) answer.end();
      for (const answer of answers) expect((await answer).status).toBe(200);
      await until(() => open() <= upstreams.length); // those of the checks of health, if there are any
    });

    it.each([
      ['/metrics'],
      ['/metrics/'],
      ['/healthz'],
      ['/healthz/'],
      ['/readyz'],
      ['/readyz/'],
      ['/%6Detrics'],
      ['/metrics/?x=1'],
    ])('does not let %s in from outside', async (path) => {
      const before = asked().length;
      expect((await fetch(proxy.url + path)).status).toBe(404);
      expect(asked()).toHaveLength(before);
    });
  });
});
