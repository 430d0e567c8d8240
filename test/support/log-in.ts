import type { TestApp } from './app.js';
import { TEST_ORIGIN } from './app.js';
import type { MadeUser } from './factory.js';

/** Gives a user a password and logs in with it for tokens; `{ bearer }` is what `test.api.as()` takes. */
export async function logInForTokens(
  test: TestApp,
  user: MadeUser,
): Promise<{ bearer: string; refresh: string }> {
  const password = await test.make.password(user);
  const answer = await test.api.post('/api/auth/token/', { email: user.email, password });
  if (answer.status !== 200) throw new Error(`No token: ${answer.text}`);
  return { bearer: answer.body.access, refresh: answer.body.refresh };
}

/** Gives a user a password and logs in with it as the web app does; the answer is what `test.api.as()` takes. */
export async function logInToSession(
  test: TestApp,
  user: MadeUser,
): Promise<{ session: string; csrf: string }> {
  const password = await test.make.password(user);
  const browser = await test.api.with(await loginHeaders(test));
  const answer = await browser.post('/api/auth/login/', { email: user.email, password });
  const { sessionid: session, csrftoken: csrf } = cookiesOf(answer.headers);
  if (!session || !csrf) throw new Error(`No session: ${answer.text}`);
  return { session, csrf };
}

/** What a browser that never logged in sends with its login: the CSRF token, twice, and where it comes from. */
export async function loginHeaders(test: TestApp): Promise<Record<string, string>> {
  const { csrftoken: csrf = '' } = cookiesOf((await test.api.get('/api/auth/csrf/')).headers);
  return { cookie: `csrftoken=${csrf}`, 'x-csrftoken': csrf, origin: TEST_ORIGIN };
}

/** The cookies that an answer sets, by name. */
export function cookiesOf(headers: Headers): Record<string, string | undefined> {
  return Object.fromEntries(
    headers.getSetCookie().map((cookie) => {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=', 2) ?? [];
      return [name, decodeURIComponent(value)];
    }),
  );
}
