import { ApiError, type FieldMessages } from './errors.js';
import { ERRORS } from './error-classes.js';

/** The error of an answer that is no success, of the class of its code. Reads the body. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = bodyOf(await response.text());
  const detail = typeof body?.['detail'] === 'string' ? body['detail'] : '';
  const code = body ? codeOf(response.status, detail, body['code']) : String(response.status);
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
  return new (known ?? ApiError)({
    status: response.status,
    code,
    detail: detail || (body ? '' : response.statusText),
    fields: code === 'invalid' ? (body as FieldMessages) : {},
    retryAfterSeconds: retryAfterOf(response),
    requestId: response.headers.get('x-request-id') ?? undefined,
    body: body ?? {},
  });
}

/** Three refusals carry no code: what they are, their form says (docs/errors.md). */
function codeOf(status: number, detail: string, code: unknown): string {
  if (typeof code === 'string') return code;
  if (status === 400) return detail ? 'parse_error' : 'invalid';
  return status === 404 && detail ? 'invalid_page' : String(status);
}

function bodyOf(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // a proxy's page
  }
}

/** The service says whole seconds; what else a proxy may say is no help. */
function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
