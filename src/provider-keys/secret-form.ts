import type { KeyType } from '../access/key-types.js';
import type { ProviderSettings } from './provider-settings.js';

/** Limits of every provider secret, in bytes; the secret is ASCII, so also in characters. */
const SECRET_MIN_BYTES = 8;
const SECRET_MAX_BYTES = 512;

const VISIBLE_ASCII = /^[\x21-\x7e]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const OPENAI_LEGACY = /^sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}$/;
const OPENAI_SCOPED = /^sk-(?:proj|svcacct|service)-[\w-]+$/;
const PERPLEXITY = /^pplx-[A-Za-z0-9]{48}$/;

/**
 * Why this secret can't be stored, or nothing. Only rules that can never refuse a good key: a line break in a header
 * value ends up, secret and all, in the exception text of an HTTP client; an OpenAI admin key manages the whole
 * organization and is never needed for a call. The value itself is never part of the text. Without a type: by the rules of all.
 */
export function secretProblem(keyType: KeyType | undefined, secret: string): string | undefined {
  if (!VISIBLE_ASCII.test(secret))
    return 'Spaces, control characters and non-ASCII characters are not allowed.';
  if (secret.length < SECRET_MIN_BYTES)
    return `Ensure this field has at least ${SECRET_MIN_BYTES} characters.`;
  if (secret.length > SECRET_MAX_BYTES)
    return `Ensure this field has no more than ${SECRET_MAX_BYTES} characters.`;
  if (keyType === 'A' && secret.toLowerCase().startsWith('sk-admin-')) return 'Admin keys are not accepted.';
  if (keyType === 'W' && splitPair(secret) === undefined) {
    return 'World-Check takes two parts: keyId:secret, or clientId:clientSecret.';
  }
  return undefined;
}

/** What looks unusual about this secret. Never a reason to refuse it: providers change shapes without notice. */
export function secretWarnings(keyType: KeyType, secret: string, settings: ProviderSettings): string[] {
  return looksRight(keyType, secret, settings) ? [] : [`This does not look like ${SHAPE_NAMES[keyType]}.`];
}

const SHAPE_NAMES: Record<KeyType, string> = {
  H: 'a Chainalysis key',
  T: 'a TRM key',
  O: 'an Open Sanctions key',
  W: 'a World-Check API key id',
  C: 'a Castellum key',
  A: 'an OpenAI key',
  P: 'a Perplexity key',
};

function looksRight(keyType: KeyType, secret: string, settings: ProviderSettings): boolean {
  switch (keyType) {
    case 'H':
      return secret.length >= 16 && secret.length <= 256;
    case 'T':
      return UUID.test(secret);
    case 'W':
      return settings.product === 'on_demand' || UUID.test(splitPair(secret)?.id ?? '');
    case 'A':
      return OPENAI_LEGACY.test(secret) || OPENAI_SCOPED.test(secret);
    case 'P':
      return PERPLEXITY.test(secret);
    case 'O':
    case 'C':
      return true; // no vendor page tells a shape
  }
}

/**
 * The two halves of a World-Check secret, `id:secret`, split at the first colon. Nothing if a half is empty or the id
 * could break out of the quotes that it is sent in.
 */
export function splitPair(secret: string): { id: string; secret: string } | undefined {
  const colon = secret.indexOf(':');
  const id = secret.slice(0, Math.max(colon, 0));
  const rest = secret.slice(colon + 1);
  return id === '' || rest === '' || /["\\]/.test(id) ? undefined : { id, secret: rest };
}
