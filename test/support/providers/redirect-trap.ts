import { FakeProvider, type Answer } from './fake-provider.js';

/** Where redirects lead that must not be followed. Whatever arrives here is in `received`. */
export class RedirectTrap extends FakeProvider {
  constructor() {
    super('the redirect trap');
  }

  protected answer(): Answer {
    return { status: 200, body: { stolen: true } };
  }
}
