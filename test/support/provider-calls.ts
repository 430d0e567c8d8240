import { Readable } from 'node:stream';
import type { KeyType } from '../../src/access/key-types.js';
import type { ProviderSettings } from '../../src/provider-keys/provider-settings.js';
import { OpenedSecret } from '../../src/provider-keys/opened-secret.js';
import { adapterFor } from '../../src/provider-calls/adapters/adapters.js';
import type {
  CallHooks,
  ProviderAnswer,
  ProviderCall,
  ProviderRequest,
  SendReport,
} from '../../src/provider-calls/outbound/provider-call.js';
import {
  ProviderTransport,
  type TransportOptions,
} from '../../src/provider-calls/outbound/provider-transport.js';
import { FakeProviders } from './providers/fake-providers.js';

/** Deadlines that a busy machine keeps; a test about a deadline sets that one shorter. */
const PATIENT: NonNullable<TransportOptions['limits']> = {
  headersMs: 10_000,
  idleMs: 10_000,
  totalMs: 20_000,
  firstWaitMs: 5,
};

/** Good keys of the fakes; every one is a marked value, so that a leak can be found. */
export const KEYS: Readonly<Record<KeyType, string>> = {
  H: 'canary-H-5f1c1d0e7a4b4c0b9d2e',
  T: '5f1c1d0e-7a4b-4c0b-9d2e-canary00000T',
  O: 'canary-O-5f1c1d0e7a4b4c0b9d2e',
  W: '5f1c1d0e-7a4b-4c0b-9d2e-c0ffee000000:canary-W-secret/+=7a4b',
  C: 'canary-C-5f1c1d0e7a4b4c0b9d2e',
  A: 'sk-proj-canary-A-5f1c1d0e7a4b4c0b9d2e',
  P: 'pplx-canaryP5f1c1d0e7a4b4c0b9d2e',
};

/** One harmless call per provider that the fakes answer with 200. */
const TARGETS: Readonly<Record<KeyType, string>> = {
  H: '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
  T: '/public/v2/tm/alerts',
  O: '/search/default?q=x',
  W: '/v2/groups',
  C: '/v1/search?name=x',
  A: '/v1/models',
  P: '/v1/async/sonar',
};

/** Hooks that remember what they were told. */
export class RecordingHooks implements CallHooks<number> {
  sent = 0;
  readonly reports: (SendReport & { ticket: number })[] = [];
  #waiters: (() => void)[] = [];

  beforeSend(): Promise<number> {
    return Promise.resolve(++this.sent);
  }

  afterOutcome(ticket: number, report: SendReport): void {
    this.reports.push({ ticket, ...report });
    for (const wake of this.#waiters.splice(0)) wake();
  }

  get outcomes(): string[] {
    return this.reports.map(({ outcome }) => outcome);
  }

  /** Resolves when every ticket has its report. */
  async settled(): Promise<this> {
    while (this.reports.length < this.sent) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this;
  }
}

/** A bench for the tests around it: each of them meets fakes without a script and a transport that has seen nothing. */
export function freshProviderBench(): ProviderBench {
  const bench = new ProviderBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.stop());
  beforeEach(() => {
    bench.fakes.reset();
    bench.renew();
  });
  return bench;
}

/** The fakes, a transport that is pointed at them, and calls with their good keys. */
export class ProviderBench {
  readonly fakes = new FakeProviders();
  #transport: ProviderTransport | undefined;

  async start(): Promise<void> {
    await this.fakes.start();
    for (const [type, fake] of Object.entries(this.fakes.byType)) fake.goodKeys.add(KEYS[type as KeyType]);
    this.renew();
  }

  async stop(): Promise<void> {
    await this.transport.close();
    await this.fakes.stop();
  }

  /** A fresh transport: no open circuits, no tokens, no connections. */
  renew(options: TransportOptions = {}): void {
    void this.#transport?.close();
    this.#transport = new ProviderTransport({
      baseUrls: this.fakes.baseUrls,
      tokenLimits: PATIENT,
      ...options,
      limits: { ...PATIENT, ...options.limits },
    });
  }

  get transport(): ProviderTransport {
    if (!this.#transport) throw new Error('not started');
    return this.#transport;
  }

  call(
    keyType: KeyType,
    request: Partial<ProviderRequest> = {},
    more: Partial<ProviderCall<number>> & { settings?: ProviderSettings; key?: string } = {},
  ): ProviderCall<number> & { hooks: RecordingHooks } {
    const { settings = {}, key = KEYS[keyType], ...rest } = more;
    return {
      adapter: adapterFor(keyType, settings),
      organizationId: 1,
      keyId: 1,
      secret: new OpenedSecret(key),
      hooks: new RecordingHooks(),
      ...rest,
      request: { method: 'GET', target: TARGETS[keyType], headers: {}, ...request },
    } as ProviderCall<number> & { hooks: RecordingHooks };
  }

  send(...call: Parameters<ProviderBench['call']>): Promise<ProviderAnswer> {
    return this.transport.send(this.call(...call));
  }
}

/** A JSON body with its header. */
export function json(value: unknown): Pick<ProviderRequest, 'headers' | 'body'> {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

export async function textOf(body: Buffer | Readable): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString();
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The answer's text; fails the test if the answer was refused. */
/** The body of an answer that streams. */
export function streamOf(answer: ProviderAnswer): Readable {
  if (!answer.passed) throw new Error(`refused: ${answer.outcome} ${answer.reason}`);
  if (!(answer.body instanceof Readable)) throw new Error('a whole body');
  return answer.body;
}

/** Lets go of an answer unread. */
export function drop(answer: ProviderAnswer): void {
  if (answer.passed && answer.body instanceof Readable) answer.body.destroy();
}

export async function passedText(answer: ProviderAnswer): Promise<string> {
  if (!answer.passed) throw new Error(`refused: ${answer.outcome} ${answer.reason}`);
  return textOf(answer.body);
}
