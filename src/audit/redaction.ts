/** Names that only a secret goes by. A details object with one of them is a mistake of ours. */
const SECRET_NAMES =
  /^(?:key|api_?key|secret|secret_?key|(?:new_?|current_?)?password|password_?hash|token|access|refresh|bearer|authorization|cookie|session_?id|digest|private_?key)$/i;

/** An access key, a JSON Web Token, a session id, a provider's key: forms that a person may paste where a name belongs. */
const SECRET_FORMS =
  /\b[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}\b|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:sk|pplx)-[\w-]{16,}|\b[A-Za-z0-9]{43}\b/g;

const REDACTED = '[redacted]';

/**
 * The details of an event, fit to be kept for ever (L5): what has the form of a credential of ours is struck out of
 * every text, for people do paste keys into names and reasons. Throws when a field is named like a secret: that is a
 * caller of ours putting one there, which its tests shall see. `undefined` members are left out.
 */
export function redacted(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(SECRET_FORMS, REDACTED);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (SECRET_NAMES.test(name) && typeof inner === 'string') {
        throw new Error(`An audit event must not carry a field named "${name}".`);
      }
      return [name, redacted(inner)];
    }),
  );
}
