import { FakeProvider, type Answer, type Received } from './fake-provider.js';
import { FAULTS } from './faults.js';

/** OpenSanctions: a scheme of its own, merged entities, and a quota that lasts until the 1st. */
export class FakeOpenSanctions extends FakeProvider {
  protected override readonly faults = {
    ...FAULTS,
    quota: { answer: { status: 429, body: { detail: 'Monthly quota exceeded.' } } },
    invalid_query: {
      answer: { status: 422, body: { detail: [{ loc: ['query', 'q'], msg: 'field required' }] } },
    },
    wrong_key_403: { answer: { status: 403, body: { detail: 'Invalid API key.' } } },
  };

  constructor() {
    super('Open Sanctions');
  }

  protected answer(request: Received): Answer {
    const header = request.headers['authorization'];
    if (header === undefined) return { status: 401, body: { detail: 'No API key provided.' } };
    if (!this.isGood(/^ApiKey (\S+)$/.exec(header)?.[1]))
      return { status: 401, body: { detail: 'Invalid API key.' } };
    if (request.url === '/entities/Q1') {
      return { status: 308, headers: { location: `${this.baseUrl}/entities/Q2` } };
    }
    if (request.url.startsWith('/entities/')) return { status: 200, body: { id: request.url.slice(10) } };
    return { status: 200, body: { results: [], total: { value: 0, relation: 'eq' } } };
  }
}
