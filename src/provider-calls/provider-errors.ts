import { applyDecorators } from '@nestjs/common';
import { REFUSALS, Refuses } from '../common/error-schemas.js';
import { ApiError } from '../common/errors.js';
import type { OutcomeHint } from './adapters/adapter.js';

/** The status that the provider answered with: on every answer that has one, passed on or refused. */
export const PROVIDER_STATUS = 'CryptoComply-Provider-Status';

interface Details {
  readonly status?: number | null | undefined;
  readonly hint?: OutcomeHint | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * What a call to a provider is refused with, in our words: nothing of the provider's body is ever told. The body's `hint`
 * says more where it helps a person to act (adapters/adapter.ts).
 */
abstract class ProviderError extends ApiError {
  override readonly headers: Record<string, string>;
  private readonly hint: OutcomeHint | undefined;

  constructor(message: string, { status, hint, retryAfterSeconds: seconds }: Details = {}) {
    super(message);
    this.hint = hint;
    this.headers = {
      ...(typeof status === 'number' && { [PROVIDER_STATUS]: String(status) }),
      ...(seconds !== undefined && { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) }),
    };
  }

  override body(): Record<string, unknown> {
    return { ...super.body(), ...(this.hint && { hint: this.hint }) };
  }
}

/** 400: a path that some server on the way could read as another one (security J1). */
export class BadProviderPath extends ProviderError {
  readonly status = 400;
  readonly code = 'bad_path';

  constructor() {
    super('The path holds a dot segment or characters that do not belong into a path.');
  }
}

/** 404: a call that is not in the provider's list (adapters); tells whoever may call where the list is. */
export class CallNotAllowed extends ProviderError {
  readonly status = 404;
  readonly code = 'call_not_allowed';

  constructor(private readonly callsUrl: string) {
    super('This call may not be made with the stored key. The calls that may are listed at calls_url.');
  }

  override body(): Record<string, unknown> {
    return { ...super.body(), calls_url: this.callsUrl };
  }
}

/** 502: the provider's 401 or 403: the stored key opens nothing there, or not this. */
export class ProviderRefused extends ProviderError {
  readonly status = 502;
  readonly code = 'provider_refused';

  constructor(details: Details) {
    super('The provider refused the stored key, or lets it do something else only.', details);
  }
}

/** 429: the provider asks this key to slow down. */
export class ProviderThrottled extends ProviderError {
  readonly status = 429;
  readonly code = 'provider_throttled';

  constructor({ retryAfterSeconds = 10, ...details }: Details) {
    super('The provider throttles the stored key.', { ...details, retryAfterSeconds });
  }
}

/** 429: what this key may use at the provider is used up; waiting a little does not help. */
export class ProviderQuota extends ProviderError {
  readonly status = 429;
  readonly code = 'provider_quota';

  constructor({ retryAfterSeconds = 3_600, ...details }: Details) {
    super('The quota or credit of the stored key is used up at the provider.', {
      ...details,
      retryAfterSeconds,
    });
  }
}

/** 502: the provider can't be reached or has an outage. */
export class ProviderDown extends ProviderError {
  readonly status = 502;
  readonly code = 'provider_down';

  constructor(details: Details = {}) {
    super('The provider can not be reached, or has an outage.', details);
  }
}

/** 504: the provider took longer than a call may. */
export class ProviderTimeout extends ProviderError {
  readonly status = 504;
  readonly code = 'provider_timeout';

  constructor(details: Details = {}) {
    super('The provider took too long.', details);
  }
}

/** 502: an answer that is not passed on: not JSON, too large, a redirect, a status without a meaning here. */
export class ProviderBadAnswer extends ProviderError {
  readonly status = 502;
  readonly code = 'provider_bad_answer';

  constructor(details: Details = {}) {
    super('The provider gave an answer that can not be passed on.', details);
  }
}

/** 503: this organization has as many calls to this provider under way as it may. */
export class ProviderBusy extends ProviderError {
  readonly status = 503;
  readonly code = 'provider_busy';

  constructor() {
    super('Too many calls to this provider are under way.', { retryAfterSeconds: 1 });
  }
}

/** Declares the refusals above for the OpenAPI document. */
export const RefusesForProvider = (): MethodDecorator =>
  applyDecorators(
    Refuses(429, REFUSALS.ProviderThrottled),
    Refuses(502, REFUSALS.ProviderRefused),
    Refuses(503, REFUSALS.ProviderBusy),
    Refuses(504, REFUSALS.ProviderTimeout),
  ) as MethodDecorator;
