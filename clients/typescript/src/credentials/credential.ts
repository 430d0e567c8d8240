import type { ApiError } from '../errors.js';

/** The service, as a credential needs it to get itself. */
export interface Service {
  /** The origin, without a slash at its end. */
  readonly origin: string;
  /** Sends a request as it is; throws ApiError or NoAnswerError unless it succeeds. */
  exchange(request: Request): Promise<Response>;
}

/** What a client authenticates with: `ApiKey`, `Jwt` or `Session`. */
export interface Credential {
  /** Puts itself on a request. */
  sign(request: Request, service: Service): Promise<void>;
  /** A request was refused with 401: whether there is another credential by now, with which it is worth being sent once more. */
  renew(refused: Request, refusal: ApiError, service: Service): Promise<boolean>;
}

/** Runs what must not run twice at once: whoever comes meanwhile gets the result of the one that runs. */
export class SingleFlight<T> {
  private running: Promise<T> | undefined;

  run(work: () => Promise<T>): Promise<T> {
    this.running ??= work().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }
}

/** A request with a JSON body. */
export function post(url: string, body: object, headers: Record<string, string> = {}): Request {
  return new Request(url, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
