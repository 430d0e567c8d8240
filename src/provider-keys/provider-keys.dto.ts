import { ApiProperty } from '@nestjs/swagger';
import { KEY_TYPES, type KeyType } from '../access/key-types.js';
import { BooleanField, ChoiceField, Field, TextField } from '../common/fields.js';
import { DictField } from '../common/object-fields.js';
import { asText } from '../common/scalars.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { BooleanFilter, ChoiceFilter } from '../common/list-filters.js';
import { KEY_HEALTH, type KeyHealth } from './key-health.js';
import { SecretOfType, SettingsOfType } from './key-input.js';
import type { ProviderKey } from './provider-key.entity.js';
import type { ProviderSettings } from './provider-settings.js';

/** A secret, taken as it is; what else is wrong with it depends on the key type (key-input.ts). */
const SecretField = ({ optional = false } = {}): PropertyDecorator =>
  Field(
    (value) => {
      if (typeof value !== 'string') return 'Not a valid string.';
      return value === '' ? 'This field may not be blank.' : undefined;
    },
    { type: String, minLength: 8, maxLength: 512, writeOnly: true },
    {
      optional,
      lookup: SecretOfType,
      description: 'The secret. `W` takes `keyId:secret`. It is never shown again, to nobody.',
    },
    { take: asText },
  );

const SettingsField = (): PropertyDecorator =>
  DictField(
    { additionalProperties: { type: 'string' } },
    {
      optional: true,
      lookup: SettingsOfType,
      description:
        'By type. H: `product` (`sanctions`, `address_screening`, `kyt`). W: `product` (`one`, `on_demand`), `group_id`. ' +
        'A: `organization`, `project`. Replaced as a whole; what is left out gets its default.',
    },
  );

const NameField = (): PropertyDecorator =>
  TextField({ max: 100, visible: true, blank: true, optional: true });
const EnabledField = (): PropertyDecorator =>
  BooleanField({ optional: true, description: 'Off: no call goes out with this key, from now on.' });
const PreferredField = (): PropertyDecorator =>
  BooleanField({
    optional: true,
    description:
      'The key of its type that calls take; any other stops being it. A first one is, unless told not to.',
  });

/** What every way to write a key takes. */
class ProviderKeyDetails {
  @NameField()
  name?: string;

  @SettingsField()
  settings?: Record<string, unknown>;

  @EnabledField()
  enabled?: boolean;

  @PreferredField()
  preferred?: boolean;
}

/** A provider key to store. */
export class CreateProviderKeyBody extends ProviderKeyDetails {
  @ChoiceField(KEY_TYPES)
  key_type!: KeyType;

  @SecretField()
  key!: string;
}

/** What of a provider key can be edited. Without `key` the secret stays. */
export class ChangeProviderKeyBody extends ProviderKeyDetails {
  @ChoiceField(KEY_TYPES, { optional: true, description: 'Never changes.' })
  key_type?: KeyType;

  @SecretField({ optional: true })
  key?: string;
}

/** A provider key with a new secret. What else is left out stays as it is. */
export class ReplaceProviderKeyBody extends ProviderKeyDetails {
  @ChoiceField(KEY_TYPES, { optional: true, description: 'Never changes.' })
  key_type?: KeyType;

  @SecretField()
  key!: string;
}

/** What the list of provider keys takes. */
@OrderedBy(['id', 'name', 'key_type', 'created_at', 'updated_at'], ['name'])
export class ProviderKeyListQuery extends ListQuery {
  @ChoiceFilter(KEY_TYPES)
  key_type?: KeyType;

  @BooleanFilter()
  enabled?: boolean;

  @BooleanFilter()
  preferred?: boolean;

  @ChoiceFilter(KEY_HEALTH)
  health?: KeyHealth;
}

/** A key together with what the ledger tells of it. */
export interface UsedProviderKey {
  readonly key: ProviderKey;
  readonly usageCount: number;
  readonly lastUsedAt: Date | null;
  readonly version: number;
}

/** A provider key, without its secret. */
export class ProviderKeyAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ enum: KEY_TYPES }) key_type!: KeyType;
  @ApiProperty() name!: string;
  @ApiProperty({ example: '************4f2a' }) masked_key!: string;
  @ApiProperty() enabled!: boolean;
  @ApiProperty() preferred!: boolean;
  @ApiProperty({ type: 'integer', description: 'Requests sent with it: the sum of its daily summaries.' })
  usage_count!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_used_at!: Date | null;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) settings!: ProviderSettings;
  @ApiProperty({ enum: KEY_HEALTH, description: 'What calls last showed.' }) health!: KeyHealth;
  @ApiProperty({ type: [String], description: 'What looks unusual about the secret.' }) warnings!: string[];
  @ApiProperty({ format: 'date-time' }) created_at!: Date;
  @ApiProperty({ format: 'date-time' }) updated_at!: Date;
}

/** A provider key with its mask and its use. */
export function providerKeyAnswer({ key, usageCount, lastUsedAt }: UsedProviderKey): ProviderKeyAnswer {
  return {
    id: key.id,
    key_type: key.keyType,
    name: key.name,
    masked_key: key.maskedKey,
    enabled: key.enabled,
    preferred: key.preferred,
    usage_count: usageCount,
    last_used_at: lastUsedAt,
    settings: key.settings,
    health: key.health,
    warnings: key.warnings,
    created_at: key.createdAt,
    updated_at: key.updatedAt,
  };
}
