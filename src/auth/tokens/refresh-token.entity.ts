import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { TokenFamily } from './token-family.entity.js';

/** One link of a family's chain. Its times are those in the token, so the same row always gives the same token. */
@Entity('refresh_tokens')
@Unique(['digest'])
@Index(['familyId'])
@Index(['expiresAt'])
export class RefreshToken {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column('integer')
  familyId!: number;

  @ManyToOne(() => TokenFamily, { onDelete: 'CASCADE' })
  @JoinColumn()
  family?: TokenFamily;

  /** SHA-256 of the token's `jti`. */
  @Column('bytea', { select: false })
  digest!: Buffer;

  @Column('timestamptz', { default: () => 'app_now()' })
  issuedAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  /** When its successor was made. */
  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;
}
