import { ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const text = { type: 'string' };

/** The bodies of refusals (contract §1), as components of the OpenAPI document. */
export const ERROR_SCHEMAS = {
  Error: {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: text,
      code: { type: 'string', description: 'A stable word: docs/errors.md. A bad page has none.' },
    },
  },
  Unauthenticated: {
    type: 'object',
    required: ['detail', 'code'],
    properties: {
      detail: text,
      code: { type: 'string', description: 'A stable word: docs/errors.md.' },
      messages: {
        type: 'array',
        description: 'Of a bad bearer token, in the form of Simple JWT.',
        items: {
          type: 'object',
          required: ['token_class', 'token_type', 'message'],
          properties: { token_class: text, token_type: text, message: text },
        },
      },
    },
  },
  Conflict: {
    type: 'object',
    required: ['detail', 'code'],
    properties: {
      detail: text,
      code: { type: 'string', description: 'A stable word: docs/errors.md.' },
      id: { type: 'integer', description: 'With `already_issued`: of what was issued.' },
    },
  },
  ProviderError: {
    type: 'object',
    required: ['detail', 'code'],
    properties: {
      detail: text,
      code: { type: 'string', description: 'A stable word: docs/errors.md.' },
      hint: { type: 'string', description: 'Says more where it helps a person to act.' },
    },
  },
  FieldErrors: {
    type: 'object',
    description: 'What is wrong, by field; what belongs to no single field under `non_field_errors`.',
    additionalProperties: { anyOf: [{ type: 'array', items: text }, ref('FieldErrors')] },
  },
  BadRequest: {
    description: 'Messages by field; of a body that is no JSON at all, `detail`.',
    anyOf: [ref('FieldErrors'), ref('Error')],
  },
};

type ErrorSchema = keyof typeof ERROR_SCHEMAS;

/** A refusal as an operation of the OpenAPI document declares it. */
export interface ErrorAnswer {
  readonly description: string;
  readonly headers?: object;
  readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: object }>>;
}

export const errorAnswer = (
  description: string,
  schema: ErrorSchema = 'Error',
  example?: object,
): ErrorAnswer => ({
  description,
  content: { 'application/json': { schema: ref(schema), ...(example && { example }) } },
});

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until it may work again.', schema: { type: 'integer', minimum: 1 } },
};

/** The refusals of many operations, by the names that they have as components of the document. */
export const REFUSALS = {
  BadRequest: errorAnswer('Invalid input, or a body that is no JSON.', 'BadRequest'),
  Unauthenticated: errorAnswer('Credentials are missing or invalid.', 'Unauthenticated'),
  NoActiveAccount: errorAnswer('E-mail and password open no account.', 'Error', {
    detail: 'No active account found with the given credentials',
    code: 'no_active_account',
  }),
  Forbidden: errorAnswer(
    'The role lacks the permission, the key is read-only, or the credential is of another kind.',
  ),
  NotFound: errorAnswer('Absent, or of another organization.'),
  NotFoundForOthers: errorAnswer('Absent, or the caller is not staff.'),
  BadCheck: errorAnswer('The original request is not told, or ambiguous.', 'Error', {
    detail: 'The method of the original request is not told.',
    code: 'bad_check',
  }),
  NotAGateway: errorAnswer('The peer is no gateway, or what elsewhere is 403.', 'Error', {
    detail: 'Checks are answered for the gateways in TRUSTED_PROXIES alone.',
    code: 'not_a_gateway',
  }),
  Conflict: errorAnswer('It contradicts the current state: `code` says how.'),
  AlreadyIssued: errorAnswer(
    'It contradicts the current state; or, by its `Idempotency-Key`, it was done before, and `id` names what was issued.',
    'Conflict',
    {
      detail:
        'This request was answered before, with a secret that is shown once. If it was lost, rotate the key.',
      code: 'already_issued',
      id: 1,
    },
  ),
  IdempotencyMismatch: errorAnswer('The `Idempotency-Key` was used with another body.', 'Error', {
    detail: 'The Idempotency-Key was used with another body.',
    code: 'idempotency_mismatch',
  }),
  TooLarge: errorAnswer('The body is too large.'),
  NotJson: errorAnswer('The body is not JSON.'),
  Throttled: { ...errorAnswer('Called too often.'), headers: RETRY_AFTER },
  ServerError: errorAnswer('Our fault.'),
  Unavailable: { ...errorAnswer('Temporarily unavailable.'), headers: RETRY_AFTER },
  ProviderThrottled: {
    ...errorAnswer('Called too often, here or at the provider.', 'ProviderError'),
    headers: RETRY_AFTER,
  },
  ProviderRefused: errorAnswer(
    'The provider refused the key, can not be reached, or answered badly.',
    'ProviderError',
  ),
  ProviderBusy: {
    ...errorAnswer('Temporarily unavailable, or too many calls are under way.', 'ProviderError'),
    headers: RETRY_AFTER,
  },
  ProviderTimeout: errorAnswer('The provider took too long.', 'ProviderError'),
} satisfies Record<string, ErrorAnswer>;

/** Declares a refusal of a handler that others don't have: what every operation can answer, openapi/ adds. */
export const Refuses = (
  status: number,
  refusal: string | ErrorAnswer,
  schema: ErrorSchema = 'Error',
): MethodDecorator =>
  ApiResponse({
    status,
    ...(typeof refusal === 'string' ? errorAnswer(refusal, schema) : refusal),
  } as ApiResponseOptions) as MethodDecorator;
