/** Messages by field, at any depth; under `non_field_errors` what belongs to no single one. */
export type FieldMessages = { [field: string]: string[] | FieldMessages | (FieldMessages | string[])[] };

/** What the service told of a refusal. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: FieldMessages;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The service refused a request, or failed. Each `code` of the catalogue has a class of its own below this one; a code that
 * this version of the client does not know is this class itself.
 */
export class ApiError extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The stable machine word, `read_only_key`; the HTTP status as text where a proxy answered instead of the service. */
  readonly code: string;
  /** The sentence that goes with it; empty where the messages are by field. */
  readonly detail: string;
  /** What is wrong with the input, by field; empty for everything but 400 `invalid`. */
  readonly fields: FieldMessages;
  /** After how long it may work, as the service said. */
  readonly retryAfterSeconds: number | undefined;
  /** Names the request in the service's log: quote it when you ask for help. */
  readonly requestId: string | undefined;
  /** The whole body: some codes say more, as `already_issued` says the `id` of what was issued. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor({ status, code, detail, fields, retryAfterSeconds, requestId, body }: Refusal) {
    super(`${status} ${code}: ${detail || JSON.stringify(fields)}`);
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
    this.requestId = requestId;
    this.body = body;
  }
}

/** No whole answer came: the service can't be reached, the connection broke, or it took too long. `cause` says more. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}
