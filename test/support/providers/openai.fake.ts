import { FakeProvider, type Answer, type Received } from './fake-provider.js';
import { FAULTS, type Fault } from './faults.js';

const error = (
  status: number,
  message: string,
  code: string | null,
  type = 'invalid_request_error',
): Fault => ({
  answer: { status, body: { error: { message, type, param: null, code } } },
});

/** OpenAI: not every 401 is a bad key, and there are two kinds of 429. */
export class FakeOpenAi extends FakeProvider {
  protected override readonly faults = {
    ...FAULTS,
    missing_scopes: error(401, 'You have insufficient permissions. Missing scopes: api.model.read', null),
    ip_not_authorized: error(401, 'Your IP is not authorized to use this key.', null),
    not_a_member: error(401, 'You must be a member of an organization to use the API.', null),
    region: error(403, 'Country, region, or territory not supported', 'unsupported_country_region_territory'),
    quota: error(429, 'You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
    credit: error(429, 'No credit left.', 'credit_balance_exhausted'),
    rate_limited: {
      answer: {
        status: 429,
        headers: { 'retry-after-ms': '20', 'x-ratelimit-remaining-requests': '0' },
        body: {
          error: {
            message: 'Rate limit reached for requests',
            type: 'requests',
            code: 'rate_limit_exceeded',
          },
        },
      },
    },
  };

  constructor() {
    super('OpenAI');
  }

  protected answer(request: Received): Answer {
    const key = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1];
    if (!this.isGood(key)) {
      const message = `Incorrect API key provided: ${(key ?? '').slice(0, 4)}****.`;
      return {
        status: 401,
        body: { error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } },
      };
    }
    const headers = { 'x-ratelimit-remaining-requests': '99', 'x-request-id': 'req_1' };
    if (request.method === 'GET') return { status: 200, headers, body: { object: 'list', data: [] } };
    return { status: 200, headers, body: { id: 'cmpl-1', choices: [], echo: request.body.length } };
  }
}
