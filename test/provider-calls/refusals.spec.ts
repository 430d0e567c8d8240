import type { ProviderOutcome } from '../../src/provider-calls/adapters/adapter.js';
import type { RefusalReason, RefusedAnswer } from '../../src/provider-calls/outbound/provider-call.js';
import {
  ProviderCallError,
  type ProviderCallErrorCode,
} from '../../src/provider-calls/outbound/provider-call-error.js';
import { refusalOf, refusalOfError } from '../../src/provider-calls/refusals.js';

type Row = [ProviderOutcome, RefusalReason, number | null, number, string];

const ANSWERS: Row[] = [
  ['bad_key', 'status', 401, 502, 'provider_refused'],
  ['bad_key', 'status', 403, 502, 'provider_refused'],
  ['restricted', 'status', 401, 502, 'provider_refused'],
  ['restricted', 'status', 403, 502, 'provider_refused'],
  ['unknown', 'status', 401, 502, 'provider_refused'],
  ['unknown', 'status', 403, 502, 'provider_refused'],
  ['rate_limited', 'status', 429, 429, 'provider_throttled'],
  ['quota', 'status', 429, 429, 'provider_quota'],
  ['quota', 'status', 402, 429, 'provider_quota'],
  ['provider_down', 'status', 500, 502, 'provider_down'],
  ['provider_down', 'unreachable', null, 502, 'provider_down'],
  ['provider_down', 'circuit_open', null, 502, 'provider_down'],
  ['provider_down', 'timeout', null, 504, 'provider_timeout'],
  ['unknown', 'redirect', 302, 502, 'provider_bad_answer'],
  ['unknown', 'content_type', 200, 502, 'provider_bad_answer'],
  ['unknown', 'answer_too_large', 200, 502, 'provider_bad_answer'],
];

/** What each of our codes says. */
const DETAILS: Record<string, string> = {
  provider_refused: 'The provider refused the stored key, or lets it do something else only.',
  provider_throttled: 'The provider throttles the stored key.',
  provider_quota: 'The quota or credit of the stored key is used up at the provider.',
  provider_down: 'The provider can not be reached, or has an outage.',
  provider_timeout: 'The provider took too long.',
  provider_bad_answer: 'The provider gave an answer that can not be passed on.',
};

test.each(ANSWERS)(
  'an answer that shows %s (%s, %s) is told as %i %s, with the provider’s status if it has one',
  (outcome, reason, status, ours, code) => {
    const answer: RefusedAnswer = { passed: false, outcome, reason, status };
    const refusal = refusalOf(answer);
    expect(refusal.status).toBe(ours);
    expect(refusal.body()).toEqual({ detail: DETAILS[code], code });
    expect(refusal.headers).toMatchObject(
      status === null ? {} : { 'CryptoComply-Provider-Status': String(status) },
    );
    expect('CryptoComply-Provider-Status' in (refusal.headers ?? {})).toBe(status !== null);
    expect('Retry-After' in (refusal.headers ?? {})).toBe(ours === 429);
  },
);

test('Retry-After is the provider’s, in whole seconds of at least one, or ours where it tells none', () => {
  const after = (outcome: 'quota' | 'rate_limited', retryAfterSeconds?: number) =>
    refusalOf({ passed: false, outcome, reason: 'status', status: 429, retryAfterSeconds }).headers;
  expect(after('rate_limited', 17.2)).toMatchObject({ 'Retry-After': '18' });
  expect(after('rate_limited', 0)).toMatchObject({ 'Retry-After': '1' });
  expect(after('rate_limited')).toMatchObject({ 'Retry-After': '10' });
  expect(after('quota')).toMatchObject({ 'Retry-After': '3600' });
});

test.each<[ProviderCallErrorCode, number, string]>([
  ['bad_path', 400, 'bad_path'],
  ['not_allowed', 404, 'not_found'],
  ['unsupported_media_type', 415, 'unsupported_media_type'],
  ['body_too_large', 413, 'payload_too_large'],
  ['busy', 503, 'provider_busy'],
  ['timeout', 504, 'provider_timeout'],
  ['cut_off', 502, 'provider_down'],
  ['answer_too_large', 502, 'provider_bad_answer'],
  ['bad_header', 409, 'key_unreadable'],
])('a call that ends as %s is told as %i %s', (end, status, code) => {
  const refusal = refusalOfError(new ProviderCallError(end), 'text/plain');
  expect(refusal.status).toBe(status);
  expect(refusal.body()).toMatchObject({ detail: expect.any(String) as string, code });
});
