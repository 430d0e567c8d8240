import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import pg from 'pg';

/** better-auth on the database at `url`. Its default of 10 requests a day per key is off: that would measure refusals. */
export function betterAuthOn(url) {
  return betterAuth(optionsOf(url));
}

/** The same as options, for its migrations. */
export function optionsOf(url) {
  return {
    database: new pg.Pool({ connectionString: url, max: 10 }),
    secret: 'only for the benchmark, where nothing is signed',
    baseURL: 'http://127.0.0.1',
    telemetry: { enabled: false },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  };
}
