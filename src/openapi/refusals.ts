import { type ErrorAnswer, REFUSALS } from '../common/error-schemas.js';
import type { Operation } from './document.js';

/**
 * The refusals that no handler declares for itself. A body is read for every method but GET, also where none is
 * expected, so it can be refused there as well.
 */
export function commonRefusals(
  path: string,
  method: string,
  operation: Operation,
): Record<string, ErrorAnswer> {
  const writes = method !== 'get';
  const queried = operation.parameters?.some((parameter) => parameter.in === 'query') ?? false;
  const isPublic = operation['x-access'].kind === 'public';
  return {
    ...((writes || queried) && { 400: REFUSALS.BadRequest }),
    ...((path.includes('{') || queried) && { 404: REFUSALS.NotFound }),
    ...(writes && !isPublic && { 409: REFUSALS.Conflict }),
    ...(writes && { 413: REFUSALS.TooLarge, 415: REFUSALS.NotJson }),
    429: REFUSALS.Throttled,
    500: REFUSALS.ServerError,
    503: REFUSALS.Unavailable,
  };
}
