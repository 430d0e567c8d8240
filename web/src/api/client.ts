import createClient, { type Middleware } from 'openapi-fetch';
import { t } from '../strings/strings';
import { Problem } from './problem';
import type { paths } from './schema';
import { sessionEnd } from './session-end';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];
/** Where a 401 is an answer to what was typed, not the end of a session. */
const SIGN_IN_PATHS = ['/api/auth/login/', '/api/auth/password/set/'];

/** What the service's own page proves itself with (contract §2): the value of the `csrftoken` cookie. */
async function csrfToken(): Promise<string> {
  const found = () => /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!found()) await fetch('/api/auth/csrf/');
  return found() ?? '';
}

async function withCsrfToken(request: Request): Promise<Request> {
  if (!SAFE.includes(request.method)) request.headers.set('X-CSRFToken', await csrfToken());
  return request;
}

/** Requests as they were sent, to be sent again when their session had ended and the user came back. */
const sent = new WeakMap<Request, Request>();

const middleware: Middleware = {
  async onRequest({ request }) {
    const signed = await withCsrfToken(request);
    sent.set(signed, signed.clone());
    return signed;
  },
  async onResponse({ request, response, schemaPath }) {
    const again = sent.get(request);
    if (response.status !== 401 || SIGN_IN_PATHS.includes(schemaPath) || !again) return undefined;
    if (!(await sessionEnd.waitForSignIn())) return undefined;
    return fetch(await withCsrfToken(again));
  },
  onError: () => new Problem(0, 'unreachable', t.problems.unreachable),
};

/** The service's API, typed by its own description. Use it with `answerOf`. */
export const api = createClient<paths>({ baseUrl: '/' });
api.use(middleware);

/** The body of a successful answer; throws Problem for any other. */
export async function answerOf<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw Problem.of(response, error);
  return data as T;
}
