import { createHmac, timingSafeEqual } from 'node:crypto';
import { FakeProvider, type Answer, type Received } from './fake-provider.js';
import { FAULTS } from './faults.js';

const CHALLENGE =
  'Signature realm="World-Check One API",algorithm="hmac-sha256",headers="(request-target) host date content-type content-length"';
const SIGNATURE = /^Signature keyId="([^"]+)",algorithm="hmac-sha256",headers="([^"]+)",signature="([^"]+)"$/;

/**
 * World-Check One and On Demand behind one port. One really verifies the signature, over the host that it was called
 * by and the bytes that it received; On Demand issues and checks tokens. The good keys are `id:secret`.
 */
export class FakeWorldCheck extends FakeProvider {
  protected override readonly faults = {
    ...FAULTS,
    invalid_scope: { answer: { status: 400, body: { error: 'invalid_scope' } } },
    token_refused: { answer: { status: 401, body: { error: 'invalid_token' } } },
  };
  /** How far this server's clock is ahead of the real one. */
  clockAheadMs = 0;
  tokenLifeSeconds = 7_200;
  tokenRequests = 0;
  readonly #tokens = new Set<string>();

  constructor() {
    super('World Check');
  }

  /** Makes every token that was issued so far worthless, as a restart of the provider would. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  protected answer(request: Received): Answer {
    if (request.url === '/as/token.oauth2') return this.#token(request);
    if (request.url.startsWith('/data/world-check/')) return this.#onDemand(request);
    return this.#one(request);
  }

  #one(request: Received): Answer {
    const date = new Date(Date.now() + this.clockAheadMs).toUTCString();
    const skew = Math.abs(Date.parse(request.headers['date'] ?? '') - Date.parse(date));
    if (!(skew <= 30_000) || !this.#isSigned(request)) {
      return { status: 401, headers: { date, 'www-authenticate': CHALLENGE, 'content-length': '0' } };
    }
    const body = request.url.startsWith('/v2/groups')
      ? [{ id: 'g-1', name: 'Group' }]
      : { caseSystemId: 'c-1' };
    return { status: 200, headers: { date }, body };
  }

  #isSigned(request: Received): boolean {
    const [, id = '', names = '', signature = ''] =
      SIGNATURE.exec(request.headers['authorization'] ?? '') ?? [];
    const secret = this.#secretOf(id);
    if (secret === undefined) return false;
    const lines = names
      .split(' ')
      .map((name) =>
        name === '(request-target)'
          ? `${name}: ${request.method.toLowerCase()} ${request.url}`
          : `${name}: ${request.headers[name] ?? ''}`,
      );
    const expectedNames = ['(request-target)', 'host', 'date'];
    if (request.body !== '') {
      expectedNames.push('content-type', 'content-length');
      lines.push(request.body);
    }
    const expected = createHmac('sha256', secret).update(lines.join('\n')).digest();
    const given = Buffer.from(signature, 'base64');
    return (
      names === expectedNames.join(' ') &&
      given.length === expected.length &&
      timingSafeEqual(given, expected)
    );
  }

  #token(request: Received): Answer {
    this.tokenRequests++;
    const basic = /^Basic (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const [id = '', secret = ''] = Buffer.from(basic, 'base64')
      .toString('utf8')
      .split(':')
      .map(decodeURIComponent);
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== 'trapi.risk-intel.wcod.') {
      return { status: 400, body: { error: 'invalid_scope' } };
    }
    if (!this.isGood(`${id}:${secret}`)) return { status: 401, body: { error: 'invalid_client' } };
    const token = `token-${this.tokenRequests}-${id}`;
    this.#tokens.add(token);
    return {
      status: 200,
      body: { access_token: token, token_type: 'Bearer', expires_in: this.tokenLifeSeconds },
    };
  }

  #onDemand(request: Received): Answer {
    const token = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    if (!this.#tokens.has(token)) return { status: 401, body: { error: 'invalid_token' } };
    return {
      status: 200,
      body: { records: [], meta: { cursors: {} } },
      headers: { 'wcod-cursor-next': 'c2' },
    };
  }

  #secretOf(id: string): string | undefined {
    for (const pair of this.goodKeys) {
      if (pair.startsWith(`${id}:`)) return pair.slice(id.length + 1);
    }
    return undefined;
  }
}
