import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { User } from '../../users/user.entity.js';

/** A one-time link with which its user, and nobody else, chooses a password. */
@Entity('password_links')
@Unique(['digest'])
@Index(['userId'])
@Index(['createdVia'])
export class PasswordLink {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** SHA-256 of the token. */
  @Column('bytea', { select: false })
  digest!: Buffer;

  @Column('integer')
  userId!: number;

  @ManyToOne(() => User)
  @JoinColumn()
  user?: User;

  /** The user's when the link was made: a later password change or deactivation ends the link. */
  @Column('integer')
  authEpoch!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** Who made it; `null`: the operator at the command line. */
  @Column('integer', { nullable: true })
  createdById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  createdBy?: User | null;

  /** Through which credential: `session:5`, `access_key:12`, `cli`; unknown of links from before it was noted. */
  @Column('text', { nullable: true })
  createdVia!: string | null;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;
}
