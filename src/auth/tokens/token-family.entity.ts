import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** All tokens that descend from one `POST /api/auth/token/`. It ends as a whole. */
@Entity('token_families')
@Index(['userId'])
@Index(['expiresAt'])
export class TokenFamily {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column('integer')
  userId!: number;

  @ManyToOne(() => User)
  @JoinColumn()
  user?: User;

  /** The user's when the family began: a password change or a deactivation ends it. */
  @Column('integer')
  authEpoch!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** No token of the family outlives this, however often it is refreshed. */
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  endedAt!: Date | null;

  /** `revoked` or `replayed`. */
  @Column('text', { nullable: true })
  endReason!: string | null;

  @Column('text', { nullable: true })
  ip!: string | null;

  @Column('text', { nullable: true })
  userAgent!: string | null;
}
