import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  VirtualColumn,
} from 'typeorm';
import type { AccessLevel } from '../../access/access-level.js';
import { Organization } from '../../organizations/organization.entity.js';
import { User } from '../../users/user.entity.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { type GrantStatus, grantStatusOf } from './grant-status.js';

/**
 * The permission, for one user, to make one access key. The key exists only when its user redeems the grant, so nobody
 * of the staff ever holds its secret.
 */
@Entity('access_key_grants')
@Index(['userId'])
@Index(['organizationId'])
@Index(['issuedVia'])
@Check('ck_access_key_grants_access_level', `access_level IN ('read_only', 'full_access')`)
@Check('ck_access_key_grants_granted_as', `granted_as IN ('user', 'manager', 'staff')`)
@Check(
  'ck_access_key_grants_rotates_id',
  `rotates_id IS NULL OR granted_as = 'user' AND grace_seconds IS NOT NULL`,
)
@Check('ck_access_key_grants_allowed_networks', 'cardinality(allowed_networks) BETWEEN 1 AND 50')
@Check('ck_access_key_grants_expires_at', 'isfinite(expires_at)')
@Check('ck_access_key_grants_key_expires_at', 'isfinite(key_expires_at)')
export class AccessKeyGrant {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** Who may redeem it, and whose rights the key acts with. */
  @Column('integer')
  userId!: number;

  @ManyToOne(() => User)
  @JoinColumn()
  user?: User;

  @Column('integer')
  organizationId!: number;

  @ManyToOne(() => Organization)
  @JoinColumn()
  organization?: Organization;

  @Column('text')
  accessLevel!: AccessLevel;

  /** Becomes the key's. */
  @Column('text')
  name!: string;

  /** Why it was granted. */
  @Column('text')
  reason!: string;

  /** When it lapses if it wasn't redeemed. */
  @Column('timestamptz')
  expiresAt!: Date;

  /** When the key will expire. */
  @Column('timestamptz', { nullable: true })
  keyExpiresAt!: Date | null;

  /** Where alone the key is to work from; `null`: from everywhere. */
  @Column('cidr', { array: true, nullable: true })
  allowedNetworks!: string[] | null;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** None: the operator at the command line. */
  @Column('integer', { nullable: true })
  createdById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  createdBy?: User | null;

  /** As what it was granted: what its maker must still be when it is redeemed. */
  @Column('text', { default: 'staff' })
  grantedAs!: 'user' | 'manager' | 'staff';

  /** Of a grant that a user made for themselves: the key whose successor it becomes. */
  @Column('integer', { nullable: true })
  rotatesId!: number | null;

  @ManyToOne(() => ApiAccessKey, { nullable: true })
  @JoinColumn()
  rotates?: ApiAccessKey | null;

  /** How long that key outlives the first use of its successor. */
  @Column('integer', { nullable: true })
  graceSeconds!: number | null;

  /** The credential through which it was granted. */
  @Column('text')
  issuedVia!: string;

  @Column('timestamptz', { nullable: true })
  redeemedAt!: Date | null;

  /** The key that it became. */
  @Column('integer', { nullable: true })
  keyId!: number | null;

  @ManyToOne(() => ApiAccessKey, { nullable: true })
  @JoinColumn()
  key?: ApiAccessKey | null;

  /** When somebody tried to redeem it once more: an alarm, for one of the two may not have been its user. */
  @Column('timestamptz', { nullable: true })
  redeemedAgainAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  cancelledAt!: Date | null;

  @Column('integer', { nullable: true })
  cancelledById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  cancelledBy?: User | null;

  /** Judged by the database's clock in the statement that reads the row. */
  @VirtualColumn({ type: 'text', query: grantStatusOf })
  readonly status!: GrantStatus;
}
