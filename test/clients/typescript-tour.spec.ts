import { ApiKey, type Credential, CryptoComply, Jwt, Session } from '../../clients/typescript/src/index.js';
import { TEST_ORIGIN } from '../support/app.js';
import { OPERATIONS, startTour, type TourCall, type TourCredential } from '../support/client-tour.js';
import type { ProviderApp } from '../support/provider-app.js';

let app: ProviderApp;
let calls: AsyncGenerator<TourCall>;
beforeAll(async () => {
  ({ app, calls } = await startTour());
});
afterAll(() => app.close());

function credentialOf(told: TourCredential): { credential?: Credential } {
  if (told.scheme === 'none') return {};
  if (told.scheme === 'key') return { credential: new ApiKey(told.key) };
  return { credential: told.scheme === 'jwt' ? new Jwt(told) : new Session(told, { origin: TEST_ORIGIN }) };
}

/** The client's methods, as a tour calls them that is told by data what to call. */
type AnyCall = (path: string, init: object) => Promise<unknown>;

it('the TypeScript client calls every operation of the service', async () => {
  const called: string[] = [];
  const failed: string[] = [];
  for await (const { operationId, method, path, params, headers, body, credential } of calls) {
    const client = new CryptoComply({ baseUrl: app.test.url, ...credentialOf(credential), attempts: 1 });
    const call = client[method].bind(client) as AnyCall;
    try {
      await call(path, {
        params: { path: params },
        headers,
        parseAs: 'text',
        ...(body !== undefined && { body }),
      });
    } catch (error) {
      failed.push(`${operationId}: ${String(error)}`);
    }
    called.push(operationId);
  }
  expect(failed).toEqual([]);
  expect(called.toSorted()).toEqual(OPERATIONS.toSorted());
});
