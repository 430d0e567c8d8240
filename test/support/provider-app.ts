import type { KeyType } from '../../src/access/key-types.js';
import { CallLedger } from '../../src/call-summaries/call-ledger.js';
import { KeyHealthNotes } from '../../src/provider-keys/key-health-notes.js';
import { startTestApp, type TestApp } from './app.js';
import { type Caller, callingMember } from './callers.js';
import { rememberSecret } from './canary.js';
import type { TestDatabase } from './database.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { randomUUID } from 'node:crypto';
import { FakeProviders } from './providers/fake-providers.js';

/** The service with the fakes in place of the providers. */
export interface ProviderApp {
  readonly test: TestApp;
  readonly fakes: FakeProviders;
  /** Resolves when no request is open at the fakes and all outcomes are written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startProviderApp(
  overrides: Record<string, string> = {},
  database?: TestDatabase,
): Promise<ProviderApp> {
  const fakes = new FakeProviders();
  await fakes.start();
  const baseUrls = JSON.stringify(fakes.baseUrls);
  const test = await startTestApp({ PROVIDER_BASE_URLS: baseUrls, ...overrides }, database);
  return {
    test,
    fakes,
    settled: async () => {
      await Promise.all(Object.values(fakes.byType).map((fake) => fake.idle()));
      await test.app.get(CallLedger, { strict: false }).settled();
      await test.app.get(KeyHealthNotes, { strict: false }).settled();
    },
    close: async () => {
      try {
        await test.close();
        expect(fakes.trap.received).toEqual([]); // a redirect led there
      } finally {
        await fakes.stop();
      }
    },
  };
}

/** An organization with an Owner, and ways to what its provider keys do. */
export class ProviderTenant {
  private constructor(
    readonly org: { id: number },
    readonly owner: Caller,
    private readonly fakes: FakeProviders,
  ) {}

  static async make({ test, fakes }: ProviderApp): Promise<ProviderTenant> {
    const org = await test.make.org();
    return new ProviderTenant(org, await callingMember(test, org, 'Owner'), fakes);
  }

  get keys(): string {
    return `/api/orgs/${this.org.id}/api-keys/`;
  }

  /** Where calls to a provider go. */
  path(type: KeyType, target: string): string {
    return `/api/orgs/${this.org.id}/providers/${type}${target}`;
  }

  /** Stores a key, marked and new, which the fake takes for good unless told otherwise. */
  async store(type: KeyType, body: Record<string, unknown> & { good?: boolean } = {}) {
    const { good = true, ...rest } = body;
    const key = (rest.key as string | undefined) ?? newSecret(type);
    for (const half of key.split(':')) rememberSecret(half);
    if (good) this.fakes.byType[type].goodKeys.add(key);
    const answer = await this.owner.api.post(this.keys, { key_type: type, ...rest, key });
    expect(answer.status).toBe(201);
    return { id: answer.body.id as number, key };
  }

  /** The key as the service shows it. */
  async shown(id: number): Promise<Record<string, unknown>> {
    return (await this.owner.api.get(`${this.keys}${id}/`)).body as Record<string, unknown>;
  }
}

function newSecret(type: KeyType): string {
  const marked = `canary-${type}-${randomText(32)}`;
  return type === 'W' ? `${randomUUID()}:${marked}` : marked;
}
