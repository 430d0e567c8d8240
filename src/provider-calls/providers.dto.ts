import { ApiProperty } from '@nestjs/swagger';
import { KEY_TYPE_LABELS, KEY_TYPES, type KeyType } from '../access/key-types.js';
import type { ProviderSettings } from '../provider-keys/provider-settings.js';
import type { AllowedCall } from './adapters/allowed-calls.js';
import { adapterFor } from './adapters/adapters.js';

/** One call that may be made. */
class ProviderCallAnswer {
  @ApiProperty({ enum: ['GET', 'POST', 'PUT'] satisfies AllowedCall['method'][] }) method!: string;
  @ApiProperty({ example: '/v1/models/{model}', description: 'A name in braces stands for one segment.' })
  path!: string;
}

/** A provider, and what may be called there. */
export class ProviderAnswer {
  @ApiProperty({ enum: KEY_TYPES }) key_type!: KeyType;
  @ApiProperty() label!: string;
  @ApiProperty({ description: 'Calls go out: the preferred key of this type is enabled.' }) enabled!: boolean;
  @ApiProperty({ type: [ProviderCallAnswer], description: 'With the product that the preferred key opens.' })
  calls!: ProviderCallAnswer[];
}

/** Every provider. `opened`: what the enabled preferred keys open, by type; the usual product where there is none. */
export function providerAnswers(opened: ReadonlyMap<KeyType, ProviderSettings>): ProviderAnswer[] {
  return KEY_TYPES.map((key_type) => ({
    key_type,
    label: KEY_TYPE_LABELS[key_type],
    enabled: opened.has(key_type),
    calls: adapterFor(key_type, opened.get(key_type) ?? {}).allowed.map(({ method, path }) => ({
      method,
      path,
    })),
  }));
}
