import { FakeProvider, type Answer, type Received } from './fake-provider.js';

/** Chainalysis' three products, with their three ways to refuse a key. */
export class FakeChainalysis extends FakeProvider {
  /** Addresses that Address Screening knows; a POST adds one. */
  readonly registered = new Set<string>();

  constructor() {
    super('Chainalysis');
  }

  protected answer(request: Received): Answer {
    const path = request.url.split('?', 1)[0] ?? '';
    if (path.startsWith('/api/v1/address/')) return this.#sanctions(request);
    if (path.startsWith('/api/risk/v2/entities')) return this.#screening(request, path);
    if (path.startsWith('/api/kyt/')) return this.#kyt(request, path);
    return { status: 410, body: 'Gone', headers: { 'content-type': 'text/plain' } };
  }

  #sanctions(request: Received): Answer {
    const key = request.headers['x-api-key'];
    if (key === undefined) {
      return { status: 403, body: '<html>Forbidden</html>', headers: { 'content-type': 'text/html' } };
    }
    return this.isGood(key)
      ? { status: 200, body: { identifications: [] } }
      : { status: 401, body: { message: 'Invalid API Key' } };
  }

  #screening(request: Received, path: string): Answer {
    if (!this.isGood(request.headers['token'])) {
      return {
        status: 403,
        body: { status: 403, error: 'Forbidden', message: 'Invalid token', requestId: 'r-1', path },
      };
    }
    if (request.method === 'POST') {
      const { address } = JSON.parse(request.body) as { address: string };
      this.registered.add(address);
      return { status: 201, body: { address } };
    }
    const address = path.split('/').at(-1) ?? '';
    return this.registered.has(address)
      ? { status: 200, body: { address, risk: 'Low' } }
      : { status: 404, body: { status: 404, error: 'Not Found', message: 'Address not registered' } };
  }

  #kyt(request: Received, path: string): Answer {
    if (!this.isGood(request.headers['token'])) {
      return {
        status: 403,
        body: { timestamp: '2026-08-27T00:00:00Z', status: 403, error: 'Forbidden', path },
      };
    }
    return request.method === 'POST'
      ? { status: 202, body: { externalId: 'e-1' } }
      : { status: 200, body: { data: [] } };
  }
}
