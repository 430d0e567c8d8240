import type { ApiError } from '../errors.js';
import { type Credential, post, type Service, SingleFlight } from './credential.js';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A session that is open, as the cookies `sessionid` and `csrftoken` hold it. */
export interface OpenSession {
  readonly sessionId: string;
  readonly csrfToken: string;
}

/** How a session is had: by a person's e-mail and password, or from the cookies of one that is open. */
export type SessionSource = { readonly email: string; readonly password: string } | OpenSession;

interface SessionOptions {
  /** Where the service's own pages are (its `PUBLIC_ORIGIN`), if not where the client sends its requests. */
  readonly origin?: string;
}

/**
 * The web app's scheme, for programs that do what a page does: tests, tools at somebody's desk. In a page of the service's the
 * browser sends the cookies by itself. Integrations use `ApiKey`.
 */
export class Session implements Credential {
  readonly #login: { email: string; password: string } | undefined;
  #open: OpenSession | undefined;
  readonly #opening = new SingleFlight<boolean>();
  private readonly origin: string | undefined;

  constructor(source: SessionSource, { origin }: SessionOptions = {}) {
    if ('email' in source) this.#login = source;
    else this.#open = source;
    this.origin = origin;
  }

  async sign(request: Request, service: Service): Promise<void> {
    if (!this.#open) await this.#opening.run(() => this.logIn(service));
    const open = this.#open;
    if (!open) return;
    request.headers.set('cookie', `sessionid=${open.sessionId}`);
    if (READS.has(request.method)) return;
    request.headers.set('x-csrftoken', open.csrfToken);
    request.headers.set('origin', this.origin ?? service.origin);
  }

  async renew(refused: Request, { code }: ApiError, service: Service): Promise<boolean> {
    if (code !== 'authentication_failed') return false;
    if (refused.headers.get('cookie') !== `sessionid=${this.#open?.sessionId ?? ''}`) return true;
    return this.#opening.run(() => this.logIn(service));
  }

  private async logIn(service: Service): Promise<boolean> {
    if (!this.#login) return false;
    const { email, password } = this.#login;
    const before = await service.exchange(
      new Request(`${service.origin}/api/auth/csrf/`, { redirect: 'error' }),
    );
    const csrf = cookieOf(before, 'csrftoken');
    const login = post(
      `${service.origin}/api/auth/login/`,
      { email, password },
      { cookie: `csrftoken=${csrf}`, 'x-csrftoken': csrf, origin: this.origin ?? service.origin },
    );
    const answer = await service.exchange(login);
    this.#open = { sessionId: cookieOf(answer, 'sessionid'), csrfToken: cookieOf(answer, 'csrftoken') };
    return true;
  }
}

function cookieOf(answer: Response, name: string): string {
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '');
  const value = cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
  if (!value) throw new Error(`The service set no cookie ${name}.`);
  return decodeURIComponent(value);
}
