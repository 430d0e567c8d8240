import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** A browser in which somebody logged in. */
@Entity('sessions')
@Unique(['digest'])
@Index(['userId'])
@Index(['expiresAt'])
export class Session {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** SHA-256 of the id in the cookie. */
  @Column('bytea', { select: false })
  digest!: Buffer;

  @Column('integer')
  userId!: number;

  @ManyToOne(() => User)
  @JoinColumn()
  user?: User;

  /** The user's at login: a password change or a deactivation ends the session. */
  @Column('integer')
  authEpoch!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** To the minute. */
  @Column('timestamptz', { default: () => 'app_now()' })
  lastSeenAt!: Date;

  /** Moves on with every use. */
  @Column('timestamptz')
  idleExpiresAt!: Date;

  /** Stays, however busy the session is. */
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  endedAt!: Date | null;

  @Column('text', { nullable: true })
  ip!: string | null;

  @Column('text', { nullable: true })
  userAgent!: string | null;
}
