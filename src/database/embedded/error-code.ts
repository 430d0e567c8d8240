/**
 * The `code` of a system or PostgreSQL error (`ENOENT`, `57P03`), else ''. Not by `instanceof Error`, which is false for the errors of
 * Node's own modules where code runs in a context of its own, as under Jest.
 */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** The message of anything thrown. */
export function errorMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
