import { FakeProvider, type Answer, type Received } from './fake-provider.js';
import { FAULTS } from './faults.js';

/** Perplexity: credit that ran out is reported as 401 by some, as 402 by others; models answer any key. */
export class FakePerplexity extends FakeProvider {
  protected override readonly faults = {
    ...FAULTS,
    no_credit_401: {
      answer: { status: 401, body: { error: { message: 'You have no credits left.', code: 401 } } },
    },
    no_credit_402: { answer: { status: 402, body: { error: { message: 'Payment required', code: 402 } } } },
    html_unauthorized: { answer: { status: 401, body: '<html>', headers: { 'content-type': 'text/html' } } },
  };

  constructor() {
    super('Perplexity');
  }

  protected answer(request: Received): Answer {
    if (request.url === '/v1/models') return { status: 200, body: { data: [] } };
    if (!this.isGood(/^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1])) {
      return { status: 401, body: { error: { message: 'Invalid API key provided', code: 401 } } };
    }
    return { status: 200, body: request.method === 'GET' ? { requests: [] } : { id: 'p-1', choices: [] } };
  }
}
