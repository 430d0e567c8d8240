import { ApiResponse } from '@nestjs/swagger';

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
export const errorAnswer = (description: string, schema: ErrorSchema = 'Error'): object => ({
  description,
  content: { 'application/json': { schema: ref(schema) } },
});

/** Declares a refusal of a handler that others don't have: what every operation can answer, openapi.ts adds. */
export const Refuses = (
  status: number,
  description: string,
  schema: ErrorSchema = 'Error',
): MethodDecorator => ApiResponse({ status, ...errorAnswer(description, schema) }) as MethodDecorator;
