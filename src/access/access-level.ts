/** What a key may do on top of its user's role: it narrows, it never widens (contract §4). */
export const ACCESS_LEVELS = ['read_only', 'full_access'] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** The methods that change nothing (RFC 9110 §9.2.1). Everything else is a write; there is no method override. */
const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method changes nothing. */
export function isRead(method: string): boolean {
  return READ_METHODS.has(method);
}
