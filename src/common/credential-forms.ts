/** An access key, a JSON Web Token, a session id, a provider's key: forms that people paste, or send, where a name belongs. */
const FORMS =
  /\b[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}\b|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:sk|pplx)-[\w-]{16,}|\b[A-Za-z0-9]{43}\b/g;

/** A text that is kept or told, with `[redacted]` where something has the form of a credential. */
export function withoutCredentials(text: string): string {
  return text.replace(FORMS, '[redacted]');
}
