import { setTimeout as delay } from 'node:timers/promises';
import { GENEROUS_LIMITS, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client, type Credential } from '../support/client.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { OwnServer } from '../support/own-server.js';
import { FakeProviders } from '../support/providers/fake-providers.js';
import { startChild } from '../support/service-process.js';
import type { Record } from './record.js';

/** An instance of the service as a process of its own, behind proxies of its own. */
export class Service {
  url = '';
  private child: ReturnType<typeof startChild> | undefined;

  constructor(
    private readonly direct: TestApp,
    readonly database: FaultProxy,
    readonly provider: FaultProxy,
  ) {}

  async start(): Promise<void> {
    this.child = startChild('service-child.mjs', this.direct, {
      DATABASE_URL: this.database.databaseUrl,
      PROVIDER_BASE_URLS: JSON.stringify({ H: this.provider.origin }),
      RATE_LIMITS: GENEROUS_LIMITS,
    });
    const url = await this.child.nextLine();
    if (url) this.url = url;
    else throw new Error('A service process ended before it listened.');
  }

  /** kill -9, and another one in its place. It comes up though the database may be down: then it is tried again. */
  async killAndReplace(): Promise<void> {
    await this.child?.kill();
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.start();
      } catch (error) {
        if (tries === 10) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.child?.signal('SIGTERM');
    await this.child?.ended;
  }
}

/** What load and verdict need of a world: services to send to, and a way around them. */
export interface LoadedWorld {
  /** Sets things up and looks at them in the end. */
  readonly direct: TestApp;
  readonly fakes: FakeProviders;
  readonly services: readonly [{ readonly url: string }, { readonly url: string }];
  readonly record: Record;
  /** Sends one request to one of the services, counted; what was not answered is 503. */
  send(n: number, credential: Credential, act: (api: Client) => Promise<Answer>): Promise<Answer>;
}

/** Everything that the soak runs on: one PostgreSQL, two services behind proxies, fakes, and a way around all faults. */
export interface World extends LoadedWorld {
  readonly server: OwnServer;
  readonly services: readonly [Service, Service];
  close(): Promise<void>;
}

export async function makeWorld(record: Record): Promise<World> {
  const server = await OwnServer.start();
  const fakes = new FakeProviders();
  await fakes.start();
  const direct = await startTestApp({ LOG_LEVEL: 'silent' }, await server.newDatabase());
  const service = async (): Promise<Service> => {
    const database = await FaultProxy.before(direct.database.databaseUrl);
    const made = new Service(direct, database, await FaultProxy.beforePort(fakes.H.baseUrl));
    await made.start();
    return made;
  };
  const services = [await service(), await service()] as const;
  return {
    server,
    direct,
    fakes,
    services,
    record,
    send: senderTo(services, record),
    close: async () => {
      for (const { database, provider } of services) {
        await database.close();
        await provider.close();
      }
      await direct.close();
      await fakes.stop();
      await server.stop();
    },
  };
}

/** Sends to these services, counts, and takes note of what must never be answered. */
export function senderTo(services: LoadedWorld['services'], record: Record): LoadedWorld['send'] {
  return async (n, credential, act) => {
    record.requests += 1;
    const { url } = services[n % 2] ?? services[0];
    const answer = await act(new Client(url).as(credential)).catch(() => NO_ANSWER);
    if (answer.status === 503) {
      record.lost += 1;
      await delay(20); // as a client would that was told to try again
    }
    if (answer.status === 500) record.violation(`500: ${answer.text}`);
    return answer;
  };
}

const NO_ANSWER: Answer = { status: 503, headers: new Headers(), body: {}, text: '' };
