import { withoutCredentials } from '../common/credential-forms.js';

/** Names that only a secret goes by. A details object with one of them is a mistake of ours. */
const SECRET_NAMES =
  /^(?:key|api_?key|secret|secret_?key|(?:new_?|current_?)?password|password_?hash|token|access|refresh|bearer|authorization|cookie|session_?id|digest|private_?key)$/i;

/**
 * The details of an event, fit to be kept for ever (L5): what has the form of a credential of ours is struck out of
 * every text, for people do paste keys into names and reasons. Throws when a field is named like a secret: that is a
 * caller of ours putting one there, which its tests shall see. `undefined` members are left out.
 */
export function redacted(value: unknown): unknown {
  if (typeof value === 'string') return withoutCredentials(value);
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
