import {
  type ApiError,
  Conflict,
  NotFound,
  PayloadTooLarge,
  UnsupportedMediaType,
} from '../common/errors.js';
import type { RefusedAnswer } from './outbound/provider-call.js';
import type { ProviderCallError } from './outbound/provider-call-error.js';
import {
  BadProviderPath,
  CallNotAllowed,
  ProviderBadAnswer,
  ProviderBusy,
  ProviderDown,
  ProviderQuota,
  ProviderRefused,
  ProviderThrottled,
  ProviderTimeout,
} from './provider-errors.js';

/** A provider's answer that is not passed on, as our own refusal (contract §5). */
export function refusalOf(answer: RefusedAnswer): ApiError {
  const { outcome, reason, status } = answer;
  if (outcome === 'quota') return new ProviderQuota(answer);
  if (outcome === 'rate_limited') return new ProviderThrottled(answer);
  if (outcome === 'provider_down') {
    return reason === 'timeout' ? new ProviderTimeout(answer) : new ProviderDown(answer);
  }
  if (outcome === 'bad_key' || outcome === 'restricted' || status === 401 || status === 403)
    return new ProviderRefused(answer);
  return new ProviderBadAnswer(answer);
}

/**
 * A call that ended on our side, or an answer that broke off before its first byte, as our own refusal. `contentType`: what
 * the caller said of the body; `callsUrl`: where the calls are listed that may be made.
 */
export function refusalOfError(
  { code }: ProviderCallError,
  contentType?: string,
  callsUrl?: string,
): ApiError {
  switch (code) {
    case 'bad_path':
      return new BadProviderPath();
    case 'not_allowed':
      return callsUrl === undefined ? new NotFound() : new CallNotAllowed(callsUrl);
    case 'unsupported_media_type':
      return new UnsupportedMediaType(contentType ?? '');
    case 'body_too_large':
      return new PayloadTooLarge();
    case 'busy':
      return new ProviderBusy();
    case 'timeout':
      return new ProviderTimeout();
    case 'cut_off':
    case 'aborted':
      return new ProviderDown();
    case 'answer_too_large':
    case 'secret_echoed':
    case 'not_utf8':
      return new ProviderBadAnswer();
    case 'bad_header':
      return new Conflict('key_unreadable', 'The stored key can not be sent. Store it again.');
  }
}
