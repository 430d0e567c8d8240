import { Injectable } from '@nestjs/common';
import { type EncryptionContext, type Sealed, SecretBox } from '../common/crypto/secret-box.js';
import { OpenedSecret } from './opened-secret.js';
import type { ProviderKey } from './provider-key.entity.js';

/** Of a key's row, what its sealed secret is bound to. */
export type SealedIn = Pick<ProviderKey, 'id' | 'organizationId' | 'keyType'>;

/** Seals and opens the secrets of provider keys. A secret opens in its own row alone, of its own type and organization. */
@Injectable()
export class ProviderSecrets {
  constructor(private readonly box: SecretBox) {}

  seal(row: SealedIn, secret: string): Promise<Sealed> {
    return this.box.seal(secret, contextOf(row));
  }

  /** Errors: UnknownSealingKey, TamperedSeal. */
  open(row: SealedIn & Pick<ProviderKey, 'sealedSecret' | 'sealingKid'>): OpenedSecret {
    const { sealedSecret: text, sealingKid: kid } = row;
    return new OpenedSecret(this.box.open({ kid, text }, contextOf(row)));
  }
}

function contextOf({ id, organizationId, keyType }: SealedIn): EncryptionContext {
  return {
    table: 'provider_keys',
    field: 'sealed_secret',
    org: organizationId,
    row: id,
    kind: keyType,
  };
}
