import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { Rank } from '../access/rank.js';

/** A tenant. */
@Entity('organizations')
@Check('ck_organizations_allowed_networks', 'cardinality(allowed_networks) BETWEEN 1 AND 50')
@Check('ck_organizations_networks_set_as', `networks_set_as IN ('manager', 'staff')`)
@Check('ck_organizations_longest_unused_days', 'longest_unused_days > 0')
@Index('ix_organizations_demanding', { synchronize: false }) // by what a decorator can't say
export class Organization {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column('text')
  name!: string;

  /** Policy: may members issue access keys for themselves? */
  @Column('boolean', { default: true })
  selfServeKeys!: boolean;

  /** Policy: the longest life of a key that a member issues, in days. */
  @Column('integer', { default: 365 })
  longestKeyLifetimeDays!: number;

  /** Policy: do keys that name no organization reach this one? */
  @Column('boolean', { default: true })
  allowUserWideKeys!: boolean;

  /** Policy: does it hold for keys that exist already? Those confined to it that it would not allow are blocked. */
  @Column('boolean', { default: false })
  enforceOnUse!: boolean;

  /** Policy: after so many days without use a key is not allowed any more; `null`: however long. */
  @Column('integer', { nullable: true })
  longestUnusedDays!: number | null;

  /** Policy: nobody makes or rotates keys that are confined to it. */
  @Column('boolean', { default: false })
  issuingStopped!: boolean;

  /** Policy: where alone it is reachable from; `null`: from everywhere. */
  @Column('cidr', { array: true, nullable: true })
  allowedNetworks!: string[] | null;

  /** As what that was said: making the list wider needs the same rank or a higher one. */
  @Column('text', { nullable: true })
  networksSetAs!: Rank | null;

  /** Disabled by staff: 404 for everyone. */
  @Column('timestamptz', { nullable: true })
  disabledAt!: Date | null;

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;
}
