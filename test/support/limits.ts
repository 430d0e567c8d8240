import type { TestApp } from './app.js';
import type { Answer, Client } from './client.js';

/** The environment of an instance that believes the test's `X-Forwarded-For`, with the contract's limits. */
export const CONTRACT_LIMITS = { TRUSTED_PROXIES: '127.0.0.1', RATE_LIMITS: '' };

/** A client at this address; the service must trust 127.0.0.1 as a proxy. */
export function from(test: TestApp, address: string): Client {
  return test.api.with({ 'x-forwarded-for': address });
}

/** Asks for tokens with a wrong password. */
export function guess(client: Client, email: string, extra: object = {}): Promise<Answer> {
  return client.post('/api/auth/token/', { email, password: 'not the password', ...extra });
}

/** The statuses of `count` calls made one after another. */
export async function inARow(
  count: number,
  call: (n: number) => Promise<{ status: number }>,
): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n += 1) statuses.push((await call(n)).status);
  return statuses;
}

/** `times(401, 10)`: ten times 401. */
export function times(status: number, count: number): number[] {
  return Array<number>(count).fill(status);
}

/** Ends every window, as time does. */
export async function endWindows(test: TestApp): Promise<void> {
  await test.database.query(`UPDATE rate_limits SET expire = 0 WHERE key NOT LIKE 'known_place:%'`);
}
