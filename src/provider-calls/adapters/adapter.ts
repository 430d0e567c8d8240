import type { KeyType } from '../../access/key-types.js';
import type { OpenedSecret } from '../../provider-keys/opened-secret.js';
import type { AllowedCall } from './allowed-calls.js';

/**
 * What one request to a provider came to. Only `bad_key` speaks against the key; `restricted` is a living key that
 * lacks a right; `our_fault` is a request that the provider understood and refused; nothing disables a key by itself.
 */
export type ProviderOutcome =
  'ok' | 'bad_key' | 'restricted' | 'quota' | 'rate_limited' | 'provider_down' | 'our_fault' | 'unknown';

/** Finer than the outcome, where it helps a person to act. */
export type OutcomeHint =
  | 'bad_or_not_entitled' // the provider answers alike for a bad key and a missing right
  | 'clock_skew' // our clock or theirs is off: signatures with a date fail
  | 'edge_block' // a web page from a firewall in front of the provider, not the provider
  | 'retired_path'
  | 'region' // refused because of where we call from
  | 'no_credit';

export interface Classification {
  readonly outcome: ProviderOutcome;
  readonly hint?: OutcomeHint;
  /** When another try can help, in whole seconds from now; absent if the provider does not tell. */
  readonly retryAfterSeconds?: number;
  /** It does tell, but not so that it can be understood. */
  readonly unknownWait?: true;
}

/** An answer as the classifiers see it. Header names are lower-case; `body` is at most 64 KiB, and never repeated. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Our time of day when the answer came, in milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** A request that still lacks its credentials. */
export interface UnsignedRequest {
  readonly method: string;
  /** Path and query, byte for byte as they are sent. */
  readonly target: string;
  /** Host and port as in the `Host` header. */
  readonly host: string;
  readonly contentType?: string;
  /** The bytes that are sent; absent while they still stream, see `Adapter.wholeBody`. */
  readonly body?: Buffer;
}

export interface AuthenticationContext {
  /** Our time of day in milliseconds since 1970. */
  readonly nowMs: number;
  /** The access token, for providers with an `Adapter.oauth`. */
  readonly accessToken?: string;
}

/** Where and how a key is exchanged for an access token (OAuth 2 client credentials, RFC 6749 §4.4). */
export interface TokenEndpoint {
  readonly origin: string;
  readonly path: string;
  request(secret: OpenedSecret): { headers: Record<string, string>; body: Buffer };
  classify(answer: ReceivedAnswer): Classification;
}

/** A call that changes nothing and shows whether the key works. `token`: fetching an access token shows it. */
export type CheckCall =
  | 'token'
  | {
      readonly method: 'GET' | 'POST';
      readonly target: string;
      readonly json?: unknown;
      /** Statuses besides 2xx that only an accepted key gets. */
      readonly provenBy?: readonly number[];
    };

/** All that we know about one product of one provider. Pure: an adapter sends nothing itself. */
export interface Adapter {
  readonly keyType: KeyType;
  /** The fixed host, as an origin. Nothing from a request or the database takes part in it (security J1). */
  readonly origin: string;
  /** What may be called; everything else does not exist for our callers. */
  readonly allowed: readonly AllowedCall[];
  readonly check: CheckCall;
  /** Headers of the caller that go along besides `accept` and `content-type`, in lower case. */
  readonly callerHeaders?: readonly string[];
  /** Headers of the answer that come back besides the common ones, in lower case. */
  readonly answerHeaders?: readonly string[];
  /** How many redirects within the origin are followed; none if absent. */
  readonly redirects?: number;
  /** The body takes part in the authentication, or must be repeatable: it is read whole before sending. */
  readonly wholeBody?: boolean;
  readonly oauth?: TokenEndpoint;
  /** The headers that carry the credentials. */
  authenticate(
    request: UnsignedRequest,
    secret: OpenedSecret,
    context: AuthenticationContext,
  ): Record<string, string>;
  /** Reads an answer that is not passed on to the caller: everything but 2xx, 400, 404, 409 and 422. */
  classify(answer: ReceivedAnswer): Classification;
}
