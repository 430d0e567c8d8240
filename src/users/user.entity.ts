import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A person. Deactivated, never deleted: keys, audit events and history keep pointing at somebody. */
@Entity('users')
@Unique(['email'])
@Index(['name', 'id'])
@Index(['createdAt', 'id'])
@Index('ix_users_search', { synchronize: false }) // these by what decorators can't say
@Index('ix_users_staff', { synchronize: false })
export class User {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** In canonical form: common/canonical-email.ts. */
  @Column('text')
  email!: string;

  @Column('text')
  name!: string;

  /** bcrypt over the peppered HMAC; `null` until the first one-time link was used. Never selected by accident. */
  @Column('text', { nullable: true, select: false })
  passwordHash!: string | null;

  /** Our own staff. Set by the CLI alone. */
  @Column('boolean', { default: false })
  isStaff!: boolean;

  @Column('boolean', { default: true })
  isActive!: boolean;

  /** Copied into sessions and token families; raised by a password change and a deactivation, so nothing older revives. */
  @Column('integer', { default: 1 })
  authEpoch!: number;

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;
}
