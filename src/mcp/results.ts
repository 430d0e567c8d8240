import type { CallToolResult } from '@modelcontextprotocol/server';
import { type ApiError, InvalidInput, ServiceUnavailable, Throttled } from '../common/errors.js';
import type { Page, Slice } from '../common/list.js';
import { BadArguments, named } from './tools/arguments.js';

/** A result as the protocol has it: once as an object, once as text, for who reads text alone. */
export function result(answer: object): CallToolResult {
  const text = JSON.stringify(answer);
  return {
    structuredContent: JSON.parse(text) as Record<string, unknown>,
    content: [{ type: 'text', text }],
  };
}

/** A refusal: our code and sentence, of bad arguments what is wrong with each (contract §7). */
export function refusal(error: ApiError): CallToolResult {
  const wait = error instanceof Throttled || error instanceof ServiceUnavailable;
  const answer = {
    status: 'error',
    code: error.code,
    detail: error.message,
    ...(error instanceof InvalidInput && {
      errors: error instanceof BadArguments ? error.fields : named(error.fields),
    }),
    ...(wait && { retry_after: Number(error.headers['Retry-After']) }),
  };
  return { isError: true, ...result(answer) };
}

/** A list, as the product's other tools answer it. */
export function listed<T>({ count, results }: Page<T>, { slice }: { slice?: Slice }): object {
  return { count, ...slice, results };
}
