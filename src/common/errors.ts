const NO_HEADERS: Record<string, string> = {};

/**
 * The catalogue of everything this service refuses or fails with. An error knows its status, its public sentence and
 * the stable machine word that clients switch on; what goes to the log besides is the `cause`. docs/errors.md lists
 * every code, and a contract test holds the two together.
 */
export abstract class ApiError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
  readonly headers: Record<string, string | string[]> = NO_HEADERS;

  /** Without a stack: it is an answer, not a fault, and noting where it was made was a tenth of the cost of a refusal. */
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** The JSON body that the client gets. */
  body(): Record<string, unknown> {
    return { detail: this.message, code: this.code };
  }

  /** The body as it is sent. */
  json(): string {
    return JSON.stringify(this.body());
  }
}

/** Field errors in the form of Django REST Framework: messages by field, at any depth. */
export type FieldErrors = { [field: string]: string[] | FieldErrors | (FieldErrors | string[])[] };

/** 400: the input breaks the rules of its fields; all fields are told at once. */
export class InvalidInput extends ApiError {
  readonly status = 400;
  readonly code = 'invalid';

  constructor(readonly fields: FieldErrors) {
    super('Invalid input.');
  }

  /** An error that belongs to no single field: duplicates, contradictions between fields. */
  static nonField(message: string): InvalidInput {
    return new InvalidInput({ non_field_errors: [message] });
  }

  static field(field: string, message: string): InvalidInput {
    return new InvalidInput({ [field]: [message] });
  }

  /** This and what else is wrong, all at once. */
  with(other: InvalidInput): InvalidInput {
    return new InvalidInput({ ...this.fields, ...other.fields });
  }

  override body(): Record<string, unknown> {
    return this.fields;
  }
}

/** 400: fields of an input lack their form. The others are known to have theirs, and nothing else is known of them. */
export class MalformedInput extends InvalidInput {
  /** `input`: the DTO, as it was taken. */
  constructor(
    fields: FieldErrors,
    readonly input: object,
  ) {
    super(fields);
  }
}

/** 400: the body isn't JSON at all. */
export class ParseError extends ApiError {
  readonly status = 400;
  readonly code = 'parse_error';

  override body(): Record<string, unknown> {
    return { detail: this.message };
  }
}

/** The challenge of RFC 9110 §11.6.1: which schemes open this API. */
const CHALLENGE = 'Api-Key realm="api", Bearer realm="api"';

/** 401 in general. `reason` goes to the audit log only: the caller hears the same sentence for all of them. */
abstract class Unauthenticated extends ApiError {
  readonly status = 401;
  override readonly headers: Record<string, string | string[]> = { 'WWW-Authenticate': CHALLENGE };
}

/** 401: nothing that this service takes as a credential was sent. */
export class NotAuthenticated extends Unauthenticated {
  readonly code = 'not_authenticated';

  constructor() {
    super('Authentication credentials were not provided.');
  }
}

/** The key that a refused request presented, as far as it is known: for the audit log alone. */
export interface RefusedKey {
  readonly prefix: string;
  /** Set when there is a key with this prefix; whether its holder called is another matter. */
  readonly id?: number;
  readonly userId?: number;
  readonly organizationId?: number | null;
}

/** 401: an API key was sent and does not open anything, whatever the reason. */
export class InvalidApiKey extends Unauthenticated {
  readonly code = 'authentication_failed';

  constructor(
    readonly reason: string,
    readonly key?: RefusedKey,
  ) {
    super('Invalid API key.');
  }
}

/** 401: several credentials at once, or a session that is over. */
export class AuthenticationFailed extends Unauthenticated {
  readonly code: string = 'authentication_failed';

  constructor(
    message: string,
    readonly reason: string,
  ) {
    super(message);
  }
}

/** 401: two session cookies that could both be ours. The answer takes ours away, so that the browser can start anew. */
export class AmbiguousSession extends AuthenticationFailed {
  override readonly code = 'ambiguous';
  override readonly headers: Record<string, string | string[]>;

  constructor(setCookie: readonly string[]) {
    super('Several session cookies were sent. Log in again.', 'ambiguous');
    this.headers = { 'WWW-Authenticate': CHALLENGE, 'Set-Cookie': [...setCookie] };
  }
}

/** 401 of a bearer token (RFC 6750 §3.1), in the words of Simple JWT. */
export class InvalidBearer extends Unauthenticated {
  readonly code: string;
  override readonly headers = { 'WWW-Authenticate': `${CHALLENGE}, error="invalid_token"` };

  private constructor(
    code: string,
    detail: string,
    readonly reason: string,
    private readonly messages?: readonly Record<string, string>[],
  ) {
    super(detail);
    this.code = code;
  }

  /** `message`: what Simple JWT has to say of it as an access token. */
  static notValid(reason: string, message = 'Token is invalid or expired'): InvalidBearer {
    return new InvalidBearer('token_not_valid', 'Given token not valid for any token type', reason, [
      { token_class: 'AccessToken', token_type: 'access', message },
    ]);
  }

  /** A good token of ours, but for refreshing. */
  static wrongType(): InvalidBearer {
    return InvalidBearer.notValid('claims', 'Token has wrong type');
  }

  static badHeader(): InvalidBearer {
    return new InvalidBearer(
      'bad_authorization_header',
      'Authorization header must contain two space-delimited values',
      'bad_authorization_header',
    );
  }

  static userInactive(): InvalidBearer {
    return new InvalidBearer('user_inactive', 'User is inactive', 'user_inactive');
  }

  override body(): Record<string, unknown> {
    return { ...super.body(), ...(this.messages && { messages: this.messages }) };
  }
}

/** 401 of `token/` and `login/`: unknown e-mail, wrong password, inactive user, no password yet: one answer for all. */
export class NoActiveAccount extends Unauthenticated {
  readonly code = 'no_active_account';

  constructor(readonly reason: string) {
    super('No active account found with the given credentials');
  }
}

/** 401 of `token/refresh/`, `token/verify/`: not ours, expired, ended, or (`Token is blacklisted`) used before. */
export class TokenNotValid extends Unauthenticated {
  readonly code = 'token_not_valid';

  constructor(
    readonly reason: string,
    message = 'Token is invalid or expired',
  ) {
    super(message);
  }
}

/** 403: the member's role lacks the permission. */
export class PermissionDenied extends ApiError {
  readonly status = 403;
  readonly code: string = 'permission_denied';

  constructor(message = 'You do not have permission to perform this action.') {
    super(message);
  }
}

/** 403: this endpoint answers another kind of credential, e.g. a person's session or token but no key. */
export class WrongCredentialKind extends ApiError {
  readonly status = 403;
  readonly code = 'wrong_credential_kind';
}

/** 403: a read-only key and a write. The level narrows; no role widens it. */
export class ReadOnlyKey extends ApiError {
  readonly status = 403;
  readonly code = 'read_only_key';

  constructor() {
    super('This API key is read-only. Use a full-access key for write requests.');
  }
}

/** 403 of cookie requests alone: the proof that our own page sent them is missing or wrong. */
export class CsrfFailed extends ApiError {
  readonly status = 403;
  readonly code = 'csrf_failed';

  constructor(why: string) {
    super(`CSRF Failed: ${why}`);
  }
}

/** 400: a gateway asks in a way that nobody can answer safely: it doesn't say what was asked, or says it ambiguously. */
export class BadCheck extends ApiError {
  readonly status = 400;
  readonly code = 'bad_check';
}

/** 403: only gateways may ask on behalf of others, and this peer is none. */
export class NotAGateway extends ApiError {
  readonly status = 403;
  readonly code = 'not_a_gateway';

  constructor() {
    super('Checks are answered for the gateways in TRUSTED_PROXIES alone.');
  }
}

/** 403: sent by a page of another site, or to a name that is not ours: for programs, not for other sites' pages. */
export class ForeignOrigin extends ApiError {
  readonly status = 403;
  readonly code = 'foreign_origin';

  constructor() {
    super('This endpoint answers neither other hosts nor pages of other sites.');
  }
}

/** 404: absent, or of another organization; the two are the same to the byte. */
export class NotFound extends ApiError {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('Not found.');
  }
}

/** 404: a page that the list doesn't have. */
export class InvalidPage extends ApiError {
  readonly status = 404;
  readonly code = 'invalid_page';

  constructor() {
    super('Invalid page.');
  }

  override body(): Record<string, unknown> {
    return { detail: this.message };
  }
}

/** 405, with the methods that the path does have. */
export class MethodNotAllowed extends ApiError {
  readonly status = 405;
  readonly code = 'method_not_allowed';
  override readonly headers: Record<string, string>;

  constructor(method: string, allowed: readonly string[]) {
    super(`Method "${method}" not allowed.`);
    this.headers = { Allow: allowed.join(', ') };
  }
}

/** 409: the request contradicts the current state. Each cause has its own code. */
export class Conflict extends ApiError {
  readonly status = 409;

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** A write with an `If-Match` of an older version (RFC 9110 §13.1.1; 409 by the contract §1). */
  static edited(): Conflict {
    return new Conflict(
      'edit_conflict',
      'This object was changed since you read it. Fetch it again and retry.',
    );
  }
}

/** 409: what was issued is shown once, and was; a repeat of the request learns its id and nothing else. */
export class AlreadyIssued extends ApiError {
  readonly status = 409;
  readonly code = 'already_issued';

  constructor(private readonly id: number) {
    super(
      'This request was fulfilled, and what it issued is shown only once. If it was lost, rotate the key or ask for another.',
    );
  }

  override body(): Record<string, unknown> {
    return { ...super.body(), id: this.id };
  }
}

/** 422: an `Idempotency-Key` that stands for another request. */
export class IdempotencyMismatch extends ApiError {
  readonly status = 422;
  readonly code = 'idempotency_mismatch';

  constructor() {
    super('This Idempotency-Key was used with another body. Send another key.');
  }
}

/** 408: the headers or the body took too long to arrive. */
export class RequestTimeout extends ApiError {
  readonly status = 408;
  readonly code = 'request_timeout';

  constructor() {
    super('The request took too long to arrive.');
  }
}

/** 431: more headers, or a longer URL, than any request of this API needs. */
export class HeadersTooLarge extends ApiError {
  readonly status = 431;
  readonly code = 'headers_too_large';

  constructor() {
    super('The URL and headers of the request are too large.');
  }
}

/** 413: the body is larger than any request of this API needs. */
export class PayloadTooLarge extends ApiError {
  readonly status = 413;
  readonly code = 'payload_too_large';

  constructor() {
    super('The request body is too large.');
  }
}

/** 415: only JSON and forms are spoken here, in UTF-8 and uncompressed. */
export class UnsupportedMediaType extends ApiError {
  readonly status = 415;
  readonly code = 'unsupported_media_type';

  constructor(mediaType: string) {
    super(`Unsupported media type "${mediaType}" in request.`);
  }
}

/** 415: the body is compressed; `Accept-Encoding` in an answer says what is taken (RFC 9110 §12.5.3). */
export class UnsupportedEncoding extends ApiError {
  readonly status = 415;
  readonly code = 'unsupported_media_type';
  override readonly headers = { 'Accept-Encoding': 'identity' };

  constructor(encoding: string) {
    super(`Unsupported content encoding "${encoding}" in request.`);
  }
}

/** 417: the request expects something of this server that it doesn't know (RFC 9110 §10.1.1). */
export class ExpectationFailed extends ApiError {
  readonly status = 417;
  readonly code = 'expectation_failed';

  constructor() {
    super('The only expectation that this server meets is "100-continue".');
  }
}

/** 429: come back in `seconds` (whole seconds, rounded up). */
export class Throttled extends ApiError {
  readonly status = 429;
  readonly code = 'throttled';
  override readonly headers: Record<string, string>;
  private text: string | undefined;

  constructor(readonly seconds: number) {
    const wait = Math.max(1, Math.ceil(seconds));
    super(`Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.`);
    this.headers = { 'Retry-After': String(wait) };
  }

  /** Put together once, for a flood hears the same again and again (rate-limits/over-limit.ts). */
  override json(): string {
    return (this.text ??= super.json());
  }
}

/** 503: something we need is out of reach or full; the request may be repeated. Never told as 401. */
export class ServiceUnavailable extends ApiError {
  readonly status = 503;
  readonly code = 'service_unavailable';
  override readonly headers = { 'Retry-After': '5' };

  constructor(cause?: unknown) {
    super('Service temporarily unavailable, try again later.');
    this.cause = cause;
  }
}

/** 500: ours. Nothing of the cause is told. */
export class ServerError extends ApiError {
  readonly status = 500;
  readonly code = 'error';

  constructor(cause: unknown) {
    super('A server error occurred.');
    this.cause = cause;
  }
}
