import createClient, { type Client, type ParseAs } from 'openapi-fetch';
import { ApiKey } from './credentials/api-key.js';
import { type Credential, type Service, SingleFlight } from './credentials/credential.js';
import { ApiError, NoAnswerError } from './errors.js';
import type {
  CallArguments,
  CallOptions,
  Data,
  ItemOf,
  ListPaths,
  Method,
  Page,
  PathsWith,
} from './operations.js';
import { Pages, type Query } from './pages.js';
import { errorOf } from './refusal.js';
import { mayRepeat, pause, pauseAfter, type RetryRules } from './retry.js';
import type { components, paths } from './schema.js';
import { type KeyWarning, KeyWarnings } from './warnings.js';

/** Where the service is, unless told. */
const PRODUCTION = 'https://api.cryptocomply.xyz';

export interface Options extends Partial<RetryRules> {
  /** None: public operations alone. */
  readonly credential?: Credential;
  /** Where the service is; `https://api.cryptocomply.xyz` unless told. */
  readonly baseUrl?: string | undefined;
  /** Credentials go over HTTPS, or stay on this machine; true: also over HTTP, inside a network that you trust. */
  readonly allowHttp?: boolean;
  /** How long an attempt may take until its whole answer is there (of a stream, its beginning); 30 unless told. */
  readonly timeoutSeconds?: number;
  /**
   * Is told, once each, that the access key is about to expire or was rotated; `console.warn` unless told. If it fails, the call
   * succeeds all the same, and `console.error` is told.
   */
  readonly onWarning?: (warning: KeyWarning) => void | Promise<void>;
  /** Sends requests; the platform's own `fetch` unless told. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export type IssuedKey = components['schemas']['IssuedKeyAnswer'];

interface Sending {
  readonly retry: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** The body goes to the caller piece by piece. */
  readonly stream: boolean;
}
const AS_USUAL: Sending = { retry: undefined, timeoutSeconds: undefined, signal: undefined, stream: false };

/**
 * The service's API, typed by its own description (docs/api/openapi.json). Calls answer the body, and throw for any answer
 * that is no success: ApiError of the class of its code, or NoAnswerError.
 */
export class CryptoComply {
  /** The same calls as openapi-fetch has them, with the `response` beside the data: for an `ETag`, for instance. They throw, too. */
  readonly api: Client<paths, `${string}/json`>;
  private readonly credential: Credential | undefined;
  private readonly rules: RetryRules;
  private readonly timeoutSeconds: number;
  private readonly fetch: (request: Request) => Promise<Response>;
  private readonly warnings: KeyWarnings;
  private readonly service: Service;
  private readonly rotation = new SingleFlight<IssuedKey>();

  /** Throws TypeError for a base URL that would send a credential in clear, or that no path can follow. */
  constructor(options: Options = {}) {
    const url = new URL(options.baseUrl ?? PRODUCTION);
    if (!mayHoldCredentials(url, options.allowHttp ?? false)) {
      throw new TypeError(`Credentials go over https, not to ${url.protocol}//${url.host}; see allowHttp.`);
    }
    if (url.search || url.hash)
      throw new TypeError(`A base URL has neither a query nor a fragment: ${url.href}`);
    const baseUrl = url.href.replace(/\/+$/, '');
    this.credential = options.credential;
    this.rules = { attempts: options.attempts ?? 3, longestWaitSeconds: options.longestWaitSeconds ?? 60 };
    this.timeoutSeconds = options.timeoutSeconds ?? 30;
    this.fetch = options.fetch ?? ((request) => fetch(request));
    this.warnings = new KeyWarnings(options.onWarning ?? (({ message }) => console.warn(message)));
    this.service = { origin: baseUrl, exchange: (request) => this.exchange(request, AS_USUAL) };
    this.api = createClient({
      baseUrl,
      redirect: 'error', // the service redirects nowhere: what does is not the service
      pathSerializer,
      fetch: (request: Request) => this.send(request, { ...AS_USUAL, signal: request.signal }),
    });
  }

  get<P extends PathsWith<'get'>, A extends ParseAs = 'json'>(
    path: P,
    ...[init]: CallArguments<P, 'get', A>
  ): Promise<Data<P, 'get', A>> {
    return this.call('get', path, init);
  }

  post<P extends PathsWith<'post'>, A extends ParseAs = 'json'>(
    path: P,
    ...[init]: CallArguments<P, 'post', A>
  ): Promise<Data<P, 'post', A>> {
    return this.call('post', path, init);
  }

  put<P extends PathsWith<'put'>, A extends ParseAs = 'json'>(
    path: P,
    ...[init]: CallArguments<P, 'put', A>
  ): Promise<Data<P, 'put', A>> {
    return this.call('put', path, init);
  }

  patch<P extends PathsWith<'patch'>, A extends ParseAs = 'json'>(
    path: P,
    ...[init]: CallArguments<P, 'patch', A>
  ): Promise<Data<P, 'patch', A>> {
    return this.call('patch', path, init);
  }

  delete<P extends PathsWith<'delete'>, A extends ParseAs = 'json'>(
    path: P,
    ...[init]: CallArguments<P, 'delete', A>
  ): Promise<Data<P, 'delete', A>> {
    return this.call('delete', path, init);
  }

  /** All entries of a list, page by page: `for await (const member of client.list('/api/orgs/{org_pk}/members/', …))`. */
  list<P extends ListPaths>(path: P, ...[init]: CallArguments<P, 'get', 'json'>): Pages<ItemOf<P>> {
    const given = init as { params?: { query?: Query } } | undefined;
    return new Pages((query) =>
      this.call<Page<ItemOf<P>>>('get', path, {
        ...given,
        params: { ...given?.params, query: { ...given?.params?.query, ...query } },
      }),
    );
  }

  /**
   * Makes the successor of the client's access key and goes on with it: `keep` is given the successor first, to store it, and
   * if it throws, the client keeps the old key. Both work until the successor is used, and the old one for `grace_seconds` after.
   * A lost answer is asked for again: until it is used, a successor is replaced by the next. Rotations at once are one.
   */
  async rotate(
    body: components['schemas']['RotateKeyBody'] = {},
    keep: (issued: IssuedKey) => void | Promise<void> = () => undefined,
  ): Promise<IssuedKey> {
    const { credential } = this;
    if (!(credential instanceof ApiKey)) throw new TypeError('Only an ApiKey can be rotated.');
    return this.rotation.run(async () => {
      const issued = await this.post('/api/auth/access-keys/current/rotate/', { body, retry: true });
      await keep(issued);
      credential.replace(issued.key);
      return issued;
    });
  }

  private async call<D>(method: Method, path: string, init: object | undefined): Promise<D> {
    const { retry, timeoutSeconds, signal, ...rest } = (init ?? {}) as CallOptions<ParseAs>;
    const sending = { retry, timeoutSeconds, signal, stream: rest.parseAs === 'stream' };
    // Which methods, parameters and bodies a path has, the public methods say: here they go through as they come.
    const request = this.api.request as unknown as (
      method: Method,
      path: string,
      init: object,
    ) => Promise<{ data: D }>;
    return (await request(method, path, { ...rest, fetch: (one: Request) => this.send(one, sending) })).data;
  }

  /** Sends a request as often as it takes and as the rules allow. Throws TypeError for one that leads elsewhere than to the service. */
  private async send(request: Request, sending: Sending): Promise<Response> {
    const below = `${this.service.origin}/`;
    if (!request.url.startsWith(below)) throw new TypeError(`The credential goes to ${below} alone.`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.signedExchange(request, sending);
      } catch (error) {
        const seconds = mayRepeat(request, sending.retry)
          ? pauseAfter(error, attempt, this.rules)
          : undefined;
        if (seconds === undefined) throw error;
        await pause(seconds, sending.signal);
      }
    }
  }

  /** Sends a request with the credential; once more, if that was no good and could be renewed: a 401 has done nothing. */
  private async signedExchange(request: Request, sending: Sending): Promise<Response> {
    const { credential } = this;
    if (!credential) return this.exchange(request.clone(), sending);
    const signed = request.clone();
    await credential.sign(signed, this.service);
    try {
      return await this.exchange(signed, sending);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (!(await credential.renew(signed, error, this.service))) throw error;
      const again = request.clone();
      await credential.sign(again, this.service);
      return this.exchange(again, sending);
    }
  }

  /** Sends a request once. Whoever is told of a warning, the answer is there by then: what becomes of the call is settled. */
  private async exchange(request: Request, sending: Sending): Promise<Response> {
    const response = await this.answerTo(request, sending);
    this.warnings.read(response);
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** The answer to a request, whatever it says. */
  private async answerTo(request: Request, { timeoutSeconds, signal, stream }: Sending): Promise<Response> {
    // A timer and a controller of its own: what AbortSignal.any() makes, Node 20 may collect before it fires.
    const attempt = new AbortController();
    const seconds = timeoutSeconds ?? this.timeoutSeconds;
    const timer = setTimeout(
      () => attempt.abort(new Error(`It took longer than ${seconds} s.`)),
      seconds * 1000,
    );
    const giveUp = (): void => attempt.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      const response = await this.fetch(new Request(request, { signal: attempt.signal }));
      return stream && response.ok ? response : await whole(response);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new NoAnswerError(`No answer from ${new URL(request.url).origin}.`, { cause });
    } finally {
      clearTimeout(timer);
      if (!stream) signal?.removeEventListener('abort', giveUp);
    }
  }
}

/** An answer with its body read, so that a connection that breaks in the midst of it is seen here. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = await response.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
}

/** What a URL would not keep as it is: it takes tabs and line breaks out, cuts a fragment off, makes slashes of backslashes. */
const NOT_KEPT = /[\t\n\r#]|^[^?]*\\/;
/** Segments that a URL resolves, in any spelling: what stands before or behind them would lead elsewhere. */
const DOT_SEGMENT = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

/**
 * A provider's own path stays as it is, slashes, query and all; what else is put into a path is one part of it. Throws TypeError
 * for one that would lead elsewhere than it says.
 */
function pathSerializer(template: string, values: Readonly<Record<string, unknown>>): string {
  const url = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'path' ? String(values[name]) : encodeURIComponent(String(values[name])),
  );
  if (NOT_KEPT.test(url) || DOT_SEGMENT.test(url))
    throw new TypeError(`A path has no dot segments, and is percent-encoded: ${JSON.stringify(url)}`);
  return url;
}

/** HTTPS; HTTP on this machine, or anywhere if that is allowed. */
function mayHoldCredentials({ protocol, hostname }: URL, allowHttp: boolean): boolean {
  const here = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && (here || allowHttp));
}
