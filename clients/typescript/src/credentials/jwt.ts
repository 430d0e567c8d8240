import { ApiError } from '../errors.js';
import { type Credential, post, type Service, SingleFlight } from './credential.js';

/** An access token, and the refresh token that renews it: each is good for one refresh. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** How tokens are had: by a person's e-mail and password, or from a pair that was had before. */
export type JwtSource = { readonly email: string; readonly password: string } | Tokens;

interface JwtOptions {
  /** Is told every new pair before it is used: to keep it, for the pair before is of no use any more. */
  readonly onTokens?: (tokens: Tokens) => void | Promise<void>;
}

/** Short-lived tokens: had when the first request needs them, renewed when the service says that they have expired. */
export class Jwt implements Credential {
  readonly #login: { email: string; password: string } | undefined;
  #tokens: Tokens | undefined;
  readonly #renewal = new SingleFlight<boolean>();
  private readonly onTokens: (tokens: Tokens) => void | Promise<void>;

  constructor(source: JwtSource, { onTokens = () => undefined }: JwtOptions = {}) {
    if ('email' in source) this.#login = source;
    else this.#tokens = source;
    this.onTokens = onTokens;
  }

  async sign(request: Request, service: Service): Promise<void> {
    if (!this.#tokens) await this.#renewal.run(() => this.logIn(service));
    request.headers.set('authorization', `Bearer ${this.#tokens?.access ?? ''}`);
  }

  /** One renewal serves all requests that were refused meanwhile: a refresh token that is used twice ends its family. */
  async renew(refused: Request, { code }: ApiError, service: Service): Promise<boolean> {
    if (code !== 'token_not_valid') return false;
    if (refused.headers.get('authorization') !== `Bearer ${this.#tokens?.access ?? ''}`) return true;
    return this.#renewal.run(() => this.refreshed(service));
  }

  private async refreshed(service: Service): Promise<boolean> {
    const refresh = this.#tokens?.refresh;
    try {
      return await this.take(post(`${service.origin}/api/auth/token/refresh/`, { refresh }), service);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return this.#login ? this.logIn(service) : false;
    }
  }

  private async logIn(service: Service): Promise<boolean> {
    if (!this.#login) return false;
    const { email, password } = this.#login;
    return this.take(post(`${service.origin}/api/auth/token/`, { email, password }), service);
  }

  private async take(request: Request, service: Service): Promise<boolean> {
    const tokens = (await (await service.exchange(request)).json()) as Tokens;
    await this.onTokens(tokens);
    this.#tokens = tokens;
    return true;
  }
}
