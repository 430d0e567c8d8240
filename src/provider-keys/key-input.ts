import type { KeyType } from '../access/key-types.js';
import { type FieldErrors, InvalidInput } from '../common/errors.js';
import { isMask, maskOf } from './mask.js';
import type { ProviderKey } from './provider-key.entity.js';
import { type ProviderSettings, readSettings } from './provider-settings.js';
import { secretProblem, secretWarnings } from './secret-form.js';

/** What a caller sent of a secret and its settings, and what is stored already. */
interface Given {
  readonly key?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** Fit to be stored: settings with their defaults, and what follows from a new secret, if there is one. */
interface Judged {
  readonly settings: ProviderSettings;
  readonly fromSecret?: Pick<ProviderKey, 'maskedKey' | 'warnings'>;
}

/**
 * Judges secret and settings by the rules of their type, both at once. `before`: the settings that stay if none are
 * given. Errors: InvalidInput, never with a part of the secret in it.
 */
export function judgeKey(
  keyType: KeyType,
  { key, settings: given }: Given,
  before?: ProviderSettings,
): Judged {
  const errors: FieldErrors = {};
  const read = given === undefined && before ? { settings: before } : readSettings(keyType, given);
  if ('errors' in read) errors.settings = { ...read.errors };
  const problem = key === undefined ? undefined : problemOf(keyType, key);
  if (problem !== undefined) errors.key = [problem];
  if ('errors' in read || problem !== undefined) throw new InvalidInput(errors);
  const { settings } = read;
  if (key === undefined) return { settings };
  return {
    settings,
    fromSecret: { maskedKey: maskOf(keyType, key), warnings: secretWarnings(keyType, key, settings) },
  };
}

function problemOf(keyType: KeyType, key: string): string | undefined {
  return isMask(key)
    ? 'This is the mask of a key, not the key. Leave the field out to keep the stored key.'
    : secretProblem(keyType, key);
}
