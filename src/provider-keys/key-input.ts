import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KEY_TYPES, type KeyType } from '../access/key-types.js';
import { type FieldErrors, InvalidInput } from '../common/errors.js';
import type { Asker, Lookup } from '../common/field-rules.js';
import { parseId } from '../common/ids.js';
import { isMask, maskOf } from './mask.js';
import { ProviderKey } from './provider-key.entity.js';
import { type ProviderSettings, readSettings } from './provider-settings.js';
import { secretProblem, secretWarnings } from './secret-form.js';

/** What a caller sent of a secret and its settings. */
interface Given {
  readonly key_type?: KeyType | undefined;
  readonly key?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** Fit to be stored: settings with their defaults, and what follows from a new secret, if there is one. */
interface Judged {
  readonly settings: ProviderSettings;
  readonly fromSecret?: Pick<ProviderKey, 'maskedKey' | 'warnings'>;
}

/**
 * Judges secret and settings by the rules of their type, which nobody changes, all at once. `before`: the settings that
 * stay if none are given. Errors: InvalidInput, never with a part of the secret in it.
 */
export function judgeKey(
  keyType: KeyType,
  { key_type: named = keyType, key, settings: given }: Given,
  before?: ProviderSettings,
): Judged {
  const errors: FieldErrors = {};
  if (named !== keyType) errors.key_type = ['The type of a key can not be changed.'];
  const read = given === undefined && before ? { settings: before } : readSettings(keyType, given);
  if ('errors' in read) errors.settings = { ...read.errors };
  const problem = key === undefined ? undefined : keyProblem(keyType, key);
  if (problem !== undefined) errors.key = [problem];
  if ('errors' in read || Object.keys(errors).length > 0) throw new InvalidInput(errors);
  const { settings } = read;
  if (key === undefined) return { settings };
  return {
    settings,
    fromSecret: { maskedKey: maskOf(keyType, key), warnings: secretWarnings(keyType, key, settings) },
  };
}

/** Why `key` can't be stored as a secret of this type, or nothing. Without a type: by the rules of all. */
function keyProblem(keyType: KeyType | undefined, key: string): string | undefined {
  return isMask(key)
    ? 'This is the mask of a key, not the key. Leave the field out to keep the stored key.'
    : secretProblem(keyType, key);
}

/**
 * The type by whose rules a field is judged whose input lacks its form otherwise: that of the stored key which the path names,
 * or the one that is named beside it.
 */
async function typeIn(
  { manager }: DataSource,
  { params }: Asker,
  input: object,
): Promise<KeyType | undefined> {
  const id = parseId(params.api_key_pk);
  const organizationId = parseId(params.org_pk);
  if (id !== undefined && organizationId !== undefined) {
    return (await manager.findOneBy(ProviderKey, { id, organizationId }))?.keyType;
  }
  const { key_type: named } = input as { key_type?: unknown };
  return KEY_TYPES.find((type) => type === named);
}

/** A secret is one that its type takes. */
@Injectable()
export class SecretOfType implements Lookup<string> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(key: string, asker: Asker, input: object): Promise<string | undefined> {
    return keyProblem(await typeIn(this.dataSource, asker, input), key);
  }
}

/** Settings are those of their type. */
@Injectable()
export class SettingsOfType implements Lookup<Readonly<Record<string, unknown>>> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(
    given: Readonly<Record<string, unknown>>,
    asker: Asker,
    input: object,
  ): Promise<FieldErrors | undefined> {
    const type = await typeIn(this.dataSource, asker, input);
    const read = type && readSettings(type, given);
    return read && 'errors' in read ? { ...read.errors } : undefined;
  }
}
