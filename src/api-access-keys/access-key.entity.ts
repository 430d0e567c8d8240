import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
  VirtualColumn,
} from 'typeorm';
import type { AccessLevel } from '../access/access-level.js';
import type { Rank } from '../access/rank.js';
import { Organization } from '../organizations/organization.entity.js';
import { User } from '../users/user.entity.js';
import { type KeyStatus, statusOf, suspendedOf } from './key-status.js';

/** What authenticates a caller to us. Rows are never deleted; revocation is final. */
@Entity('access_keys')
@Unique(['prefix'])
@Index(['userId'])
@Index(['organizationId', 'id'])
@Index(['name', 'id'])
@Index(['createdAt', 'id'])
@Index(['expiresAt', 'id'])
@Index('ix_access_keys_expires_at_desc', { synchronize: false }) // these by what decorators can't say
@Index('ix_access_keys_search', { synchronize: false })
@Index('ix_access_keys_user_wide', { synchronize: false })
@Index('ix_access_keys_end', { synchronize: false })
@Index('ix_access_keys_revoked', { synchronize: false })
@Index('ix_access_keys_suspended', { synchronize: false })
@Index('ix_access_keys_no_grace', { synchronize: false })
@Index(['replacedById'])
@Index(['issuedVia'])
@Check('ck_access_keys_access_level', `access_level IN ('read_only', 'full_access')`)
@Check('ck_access_keys_allowed_networks', 'cardinality(allowed_networks) BETWEEN 1 AND 50')
@Check('ck_access_keys_networks_set_as', `networks_set_as IN ('user', 'manager', 'staff')`)
@Check('ck_access_keys_digest', '(digest IS NULL) <> (imported_hash IS NULL)')
@Check('ck_access_keys_expires_at', 'isfinite(expires_at)')
@Check('ck_access_keys_renewable_until', 'isfinite(renewable_until)')
@Check('ck_access_keys_suspended_as', `suspended_as IN ('user', 'manager', 'staff')`)
export class ApiAccessKey {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** The public half, by which the key is found. */
  @Column('text')
  prefix!: string;

  /** SHA-256 of the whole key; the only trace of its secret. Never selected by accident. */
  @Column('bytea', { nullable: true, select: false })
  digest!: Buffer | null;

  /** Instead of the digest, until the first use of a key that another system issued: imported-hash.ts. */
  @Column('text', { nullable: true, select: false })
  importedHash!: string | null;

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

  /** Opens admin paths, while its user is staff and it is confined to no organization. */
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

  /** The credential that issued it, in one word: `cli`, `import`, `session:5`, `jwt:9`, `access_key:12`. */
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

  /**
   * The credential that ended it or brought its end forward, in one word as above; `null`: it ends by itself, or the operator
   * or whoever reported it as leaked ended it.
   */
  @Column('text', { nullable: true })
  endedVia!: string | null;

  /** When somebody who held the whole key first reported it as leaked. */
  @Column('timestamptz', { nullable: true })
  reportedLeakedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  suspendedAt!: Date | null;

  /** When the suspension ends by itself; `null`: not before somebody resumes the key. */
  @Column('timestamptz', { nullable: true })
  suspendedUntil!: Date | null;

  /** As what the key was suspended: resuming needs the same rank or a higher one. */
  @Column('text', { nullable: true })
  suspendedAs!: Rank | null;

  /** The key that this one was made to succeed. */
  @Column('integer', { nullable: true })
  replacesId!: number | null;

  @ManyToOne(() => ApiAccessKey, { nullable: true })
  @JoinColumn()
  replaces?: ApiAccessKey | null;

  /** The key that succeeds this one. */
  @Column('integer', { nullable: true })
  replacedById!: number | null;

  @ManyToOne(() => ApiAccessKey, { nullable: true })
  @JoinColumn()
  replacedBy?: ApiAccessKey | null;

  /** How long this key outlives the first use of its successor. */
  @Column('integer', { nullable: true })
  graceSeconds!: number | null;

  /** First use of the successor plus the grace; the key ends then or at `expiresAt`, whichever is first. */
  @Column('timestamptz', { nullable: true })
  retiresAt!: Date | null;

  /** The end of its lineage: no rotation through the key itself lives longer; `null`: no end. */
  @Column('timestamptz', { nullable: true })
  renewableUntil!: Date | null;

  /** Staff narrowed or shortened the lineage: a rotation by the user doesn't begin another one. */
  @Column('boolean', { default: false })
  renewalBound!: boolean;

  /** Where alone it works from; `null`: from everywhere. */
  @Column('cidr', { array: true, nullable: true })
  allowedNetworks!: string[] | null;

  /** As what that was said: making the list wider needs the same rank or a higher one. */
  @Column('text', { nullable: true })
  networksSetAs!: Rank | null;

  /** Judged by the database's clock in the statement that reads the row. */
  @VirtualColumn({ type: 'text', query: statusOf })
  readonly status!: KeyStatus;

  /** At this moment; what a policy blocks may be suspended, too, and its status tells of one alone. */
  @VirtualColumn({ type: 'boolean', query: suspendedOf })
  readonly isSuspended!: boolean;

  /** The edit version behind the `ETag`; last use doesn't raise it. */
  @Column('integer', { default: 1 })
  version!: number;
}
