const SENTENCES = {
  bad_path: 'The path holds a dot segment or characters that do not belong into a path.',
  not_allowed: 'This provider has no such call.',
  unsupported_media_type: 'Only JSON bodies are sent to providers.',
  body_too_large: 'The request body is too large.',
  busy: 'Too many calls to this provider are under way.',
  aborted: 'The caller left.',
  timeout: 'The provider took too long.',
  cut_off: 'The answer broke off.',
  answer_too_large: 'The answer is too large.',
  secret_echoed: 'The answer repeats the stored secret.',
  not_utf8: 'The answer is not UTF-8.',
  bad_header: 'A header value can not be sent.',
} as const;

export type ProviderCallErrorCode = keyof typeof SENTENCES;

/**
 * A call that ends without an answer of the provider, or an answer that ends too early. Its text is fixed per code and
 * it has no `cause`: errors of HTTP clients can quote headers, and with them the secret (security J9).
 */
export class ProviderCallError extends Error {
  constructor(readonly code: ProviderCallErrorCode) {
    super(SENTENCES[code]);
    this.name = 'ProviderCallError';
  }
}
