import { FakeProvider, type Answer, type Received } from './fake-provider.js';

/** Castellum as our adapter guesses it; no vendor page confirms it. */
export class FakeCastellum extends FakeProvider {
  constructor() {
    super('Castellum');
  }

  protected answer(request: Received): Answer {
    if (!this.isGood(request.headers['x-api-key'])) return { status: 401, body: { message: 'Unauthorized' } };
    return { status: 200, body: { data: [] } };
  }
}
