import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { AccessLevel } from '../access/access-level.js';
import { Organization } from '../organizations/organization.entity.js';
import { User } from '../users/user.entity.js';

/** What authenticates a caller to us. Rows are never deleted; revocation is final. */
@Entity('access_keys')
@Unique(['prefix'])
@Index(['userId'])
@Index(['organizationId'])
export class ApiAccessKey {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** The public half, by which the key is found. */
  @Column('text')
  prefix!: string;

  /** SHA-256 of the whole key; the only trace of its secret. Never selected by accident. */
  @Column('bytea', { select: false })
  digest!: Buffer;

  /** Whose rights it acts with. */
  @Column('integer')
  userId!: number;

  @ManyToOne(() => User)
  @JoinColumn()
  user?: User;

  /** The organization it is confined to; `null`: user-wide. */
  @Column('integer', { nullable: true })
  organizationId!: number | null;

  @ManyToOne(() => Organization, { nullable: true })
  @JoinColumn()
  organization?: Organization | null;

  @Column('text')
  accessLevel!: AccessLevel;

  /** Opens admin paths, while its user is staff. */
  @Column('boolean', { default: false })
  admin!: boolean;

  @Column('text')
  name!: string;

  @Column('timestamptz', { nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** Who issued it; `null`: the operator at the command line. */
  @Column('integer', { nullable: true })
  createdById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  createdBy?: User | null;

  /** The credential that issued it, in one word: `cli`, `session:5`, `jwt:9`, `access_key:12`. */
  @Column('text')
  issuedVia!: string;

  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @Column('text', { nullable: true })
  lastUsedIp!: string | null;

  @Column('text', { nullable: true })
  lastUsedUserAgent!: string | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;

  /** Who revoked it; `null` on a revoked key: the operator, or whoever reported it as leaked. */
  @Column('integer', { nullable: true })
  revokedById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  revokedBy?: User | null;

  @Column('text', { nullable: true })
  revokeReason!: string | null;

  /** The edit version behind the `ETag`; last use doesn't raise it. */
  @Column('integer', { default: 1 })
  version!: number;
}
