import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A tenant. */
@Entity('organizations')
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

  /** Disabled by staff: 404 for everyone. */
  @Column('timestamptz', { nullable: true })
  disabledAt!: Date | null;

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;
}
