import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { KeyType } from '../access/key-types.js';
import { Organization } from '../organizations/organization.entity.js';
import type { KeyHealth } from './key-health.js';
import type { ProviderSettings } from './provider-settings.js';

/** What authenticates an organization to a third party. Its secret is here in sealed form alone. */
@Entity('provider_keys')
@Index(['organizationId'])
@Index(['sealingKid'])
@Check('ck_provider_keys_key_type', `key_type IN ('H', 'T', 'O', 'W', 'C', 'A', 'P')`)
@Check(
  'ck_provider_keys_health',
  `health IN ('unknown', 'ok', 'bad_key', 'restricted', 'quota', 'rate_limited', 'provider_down')`,
)
@Index('uq_provider_keys_preferred', { synchronize: false }) // partial, which decorators say in other words than SQL
export class ProviderKey {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('integer')
  organizationId!: number;

  @ManyToOne(() => Organization, { nullable: false })
  @JoinColumn()
  organization?: Organization;

  /** Never changes: the sealed secret is bound to it. */
  @Column('text')
  keyType!: KeyType;

  @Column('text')
  name!: string;

  /** Compact JWE (common/crypto/secret-box.ts), bound to this row. */
  @Column('text')
  sealedSecret!: string;

  /** The key of the ring that seals it. */
  @Column('text')
  sealingKid!: string;

  /** Raised with every new secret and with new settings: what calls with the old ones showed does not count for the new ones. */
  @Column('integer', { default: 1 })
  secretVersion!: number;

  /** Made from the secret when it was stored. */
  @Column('text')
  maskedKey!: string;

  @Column('boolean', { default: true })
  enabled!: boolean;

  /** The one of its type that calls take; at most one per organization and type. */
  @Column('boolean', { default: false })
  preferred!: boolean;

  @Column('jsonb', { default: {} })
  settings!: ProviderSettings;

  /** What calls last showed; written by them, beside the edit version. */
  @Column('text', { default: 'unknown' })
  health!: KeyHealth;

  /** What looked unusual about the secret when it was stored. */
  @Column('text', { array: true, default: [] })
  warnings!: string[];

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'app_now()' })
  updatedAt!: Date;
}
