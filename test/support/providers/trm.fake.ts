import { FakeProvider, type Answer, type Received } from './fake-provider.js';

/** TRM: Basic with the key as both user name and password. */
export class FakeTrm extends FakeProvider {
  constructor() {
    super('TRM');
  }

  protected answer(request: Received): Answer {
    const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const [user, password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    if (user !== password || !this.isGood(user))
      return { status: 401, body: { message: 'Your API key is wrong.' } };
    if (request.method !== 'POST') return { status: 200, body: [] };
    const addresses = JSON.parse(request.body) as { address: string }[];
    if (!Array.isArray(addresses)) return { status: 400, body: { message: 'Your request is invalid.' } };
    return { status: 201, body: addresses.map(({ address }) => ({ address, isSanctioned: false })) };
  }
}
