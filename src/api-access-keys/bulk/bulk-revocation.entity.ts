import type { Ended } from '../../acts/made.js';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Organization } from '../../organizations/organization.entity.js';
import { User } from '../../users/user.entity.js';
import type { KeyFilter } from './key-filter.js';

/** A set of keys that somebody counted, and may revoke for a while: these and no others. */
@Entity('bulk_revocations')
@Unique(['digest'])
@Index(['expiresAt'])
export class BulkRevocation {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** SHA-256 of the confirm token. */
  @Column('bytea')
  digest!: Buffer;

  /** Who counted them, and alone may revoke them; `null`: the operator. */
  @Column('integer', { nullable: true })
  createdById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  createdBy?: User | null;

  /** As whose manager; `null`: as staff. */
  @Column('integer', { nullable: true })
  organizationId!: number | null;

  @ManyToOne(() => Organization, { nullable: true })
  @JoinColumn()
  organization?: Organization | null;

  @Column('jsonb')
  filter!: KeyFilter;

  /** What is still to be revoked, in this order. */
  @Column('integer', { array: true })
  keyIds!: number[];

  /** How many of the set were revoked so far. */
  @Column('integer', { default: 0 })
  revoked!: number;

  /** Those that no longer fitted when their turn came. */
  @Column('integer', { array: true, default: [] })
  vanishedIds!: number[];

  /** What else ended with them. */
  @Column('jsonb', { default: [] })
  ended!: Ended[];

  /** Renewed by each batch that is revoked. */
  @Column('timestamptz')
  expiresAt!: Date;
}
