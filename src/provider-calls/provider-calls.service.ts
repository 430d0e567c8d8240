import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { KeyType } from '../access/key-types.js';
import type { Membership } from '../access/principal.js';
import { CallLedger, type LedgerCall } from '../call-summaries/call-ledger.js';
import { ServiceUnavailable } from '../common/errors.js';
import { KEY_HEALTH, type KeyHealth } from '../provider-keys/key-health.js';
import { KeyHealthNotes } from '../provider-keys/key-health-notes.js';
import { noEnabledKey, type UsableKey, UsableKeys } from '../provider-keys/usable-keys.js';
import type { ProviderOutcome } from './adapters/adapter.js';
import { adapterFor } from './adapters/adapters.js';
import type { ProviderAnswer, ProviderCall, ProviderRequest } from './outbound/provider-call.js';
import { checkKey, type CheckResult } from './outbound/provider-check.js';
import { ProviderTransport } from './outbound/provider-transport.js';
import { ProviderCallMetrics } from './provider-call-metrics.js';

/** What is noted of a request from when it is sent to when its answer is over. */
interface Sent {
  readonly call: LedgerCall;
  readonly count: (outcome: ProviderOutcome) => void;
}

/** Which key to call with, and when to give up. */
interface CallOptions {
  /** Another than the preferred key of the type. */
  readonly keyId?: number | undefined;
  /** Ends the call when the caller is gone. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls providers with the keys of an organization: the one way out, for the pass-through and for other modules. Every
 * request that goes out is in the ledger before it is sent, and what it shows of the key is kept. Errors of all: those of
 * UsableKeys, and ProviderCallError.
 */
@Injectable()
export class ProviderCallsService implements OnApplicationShutdown {
  private readonly logger = new Logger('ProviderCalls');

  constructor(
    private readonly keys: UsableKeys,
    private readonly health: KeyHealthNotes,
    private readonly ledger: CallLedger,
    private readonly transport: ProviderTransport,
    private readonly metrics: ProviderCallMetrics,
  ) {}

  /**
   * Sends a request with the member's organization's preferred key of a type, or another one of it. The body of an answer
   * that passed must be read or destroyed.
   */
  async send(
    member: Membership,
    keyType: KeyType,
    request: ProviderRequest,
    { keyId, signal }: CallOptions = {},
  ): Promise<ProviderAnswer> {
    const key = await this.keys.forCall(member, keyType, keyId);
    return this.transport.send({ ...this.callWith(member, key), request, signal });
  }

  /** Makes the provider's harmless call with one key and tells what it shows; a request like any other, and counted. */
  async check(member: Membership, keyId: number): Promise<CheckResult> {
    const key = await this.keys.get(member, keyId);
    return checkKey(this.transport, this.callWith(member, key));
  }

  /** Calls that are under way end, and are told as broken off. */
  onApplicationShutdown(): Promise<void> {
    return this.transport.close();
  }

  private callWith(member: Membership, key: UsableKey): Omit<ProviderCall<Sent>, 'request'> {
    return {
      adapter: adapterFor(key.keyType, key.settings),
      organizationId: member.organizationId,
      keyId: key.id,
      secret: key.secret,
      hooks: {
        beforeSend: async () => {
          const call = await this.ledger.intend(key.id).catch((error: unknown) => {
            throw new ServiceUnavailable(error); // whatever the reason: what isn't counted is not sent
          });
          if (call === undefined) throw noEnabledKey();
          return { call, count: this.metrics.begin(key.keyType) };
        },
        afterOutcome: ({ call, count }, { outcome, status, problem }) => {
          count(outcome);
          if (problem === 'secret_echoed') this.tellOfEcho(key, status);
          this.ledger.settle(call, outcome === 'ok');
          if (isHealth(outcome)) this.health.note(key, outcome);
        },
      },
    };
  }

  private tellOfEcho({ id, keyType }: UsableKey, status: number | null): void {
    this.metrics.echoed(keyType);
    this.logger.warn(`A ${String(status)} of provider ${keyType} repeated the secret of provider key ${id}.`);
  }
}

/** `our_fault` and `unknown` say nothing about a key. */
function isHealth(outcome: ProviderOutcome): outcome is Exclude<KeyHealth, 'unknown'> & ProviderOutcome {
  return outcome !== 'unknown' && (KEY_HEALTH as readonly string[]).includes(outcome);
}
