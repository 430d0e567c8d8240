import { assertNoSecret, rememberAnswer, rememberRequest, rememberSecret } from './canary.js';

/** What an answer looked like. `body` is parsed JSON, or the text when it isn't JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests reach into bodies freely and compare them whole; the shape is what they are there to check.
  readonly body: Body;
  readonly text: string;
}

export type Body = ReturnType<typeof JSON.parse>;

/** Headers that identify a caller: an access key, a bearer token, or whatever a test wants to send. */
export type Credential =
  { key: string } | { bearer: string } | { session: string; csrf?: string } | Record<string, never>;

/** Sends JSON requests to one instance of the service, as one caller. */
export class Client {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  /** The same client with a credential. */
  as(credential: Credential): Client {
    return new Client(this.url, { ...this.headers, ...headersOf(credential) });
  }

  /** The same client at another instance. */
  at(url: string): Client {
    return new Client(url, this.headers);
  }

  /** The same client with more headers. */
  with(headers: Record<string, string>): Client {
    return new Client(this.url, { ...this.headers, ...headers });
  }

  get = (path: string): Promise<Answer> => this.send('GET', path);
  delete = (path: string): Promise<Answer> => this.send('DELETE', path);
  post = (path: string, body?: unknown): Promise<Answer> => this.send('POST', path, body);
  put = (path: string, body?: unknown): Promise<Answer> => this.send('PUT', path, body);
  patch = (path: string, body?: unknown): Promise<Answer> => this.send('PATCH', path, body);

  /** A string body is sent as it is; anything else as JSON. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: { ...json, ...this.headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    rememberSecrets(body, response, text);
    // a provider's own 400, 404, 409 or 422 is passed on as it is
    const isProviders = response.headers.get('cryptocomply-provider-status') === String(response.status);
    const isProtocols = path.startsWith('/mcp') && parsed(text)?.jsonrpc === '2.0'; // refused by the protocol, in its form
    if (response.status >= 400 && method !== 'HEAD' && !isProviders && !isProtocols)
      assertErrorShape(response, parsed(text));
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }
}

/** F5: every refusal of the whole run is JSON in one of the two shapes of the contract: a sentence, or messages by field. */
function assertErrorShape(response: Response, body: unknown): void {
  const isMessages = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.length > 0 && value.every((item) => typeof item === 'string' || isMessages(item))
      : isObject(value);
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const isSentence = isObject(body) && ['detail', 'status'].some((name) => typeof body[name] === 'string');
  const fields = isObject(body) ? Object.values(body) : [];
  const isFields = response.status === 400 && fields.length > 0 && fields.every(isMessages);
  if (!isJson || !(isSentence || isFields)) {
    throw new Error(`Not an error of the contract: ${response.status} ${JSON.stringify(body)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every secret that passes through here is watched for; no refusal may repeat one. */
function rememberSecrets(body: unknown, response: Response, text: string): void {
  rememberRequest(body);
  for (const cookie of response.headers.getSetCookie()) {
    const session = /^sessionid=([^;]+)/.exec(cookie)?.[1];
    if (session) rememberSecret(session);
  }
  if (response.ok) rememberAnswer(parsed(text));
  else assertNoSecret(text, `an answer ${response.status}`);
}

/** The headers that present a credential. */
export function headersOf(credential: Credential): Record<string, string> {
  if ('key' in credential) return { authorization: `Api-Key ${credential.key}` };
  if ('bearer' in credential) return { authorization: `Bearer ${credential.bearer}` };
  if (!('session' in credential)) return {};
  return {
    cookie: `sessionid=${credential.session}`,
    origin: 'http://127.0.0.1:8000',
    ...(credential.csrf && { 'x-csrftoken': credential.csrf }),
  };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return text;
  }
}
