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
import { AccessKeyGrant } from '../grants/access-key-grant.entity.js';
import { type RequestStatus, requestEndOf, requestStatusOf } from './request-status.js';

/** A member's wish for an access key, and what became of it. Approval makes a grant; the key is made by its user alone. */
@Entity('access_key_requests')
@Index(['userId'])
@Index(['organizationId'])
@Check('ck_access_key_requests_access_level', `access_level IN ('read_only', 'full_access')`)
@Check('ck_access_key_requests_key_expires_at', 'isfinite(key_expires_at)')
@Check('ck_access_key_requests_allowed_networks', 'cardinality(allowed_networks) BETWEEN 1 AND 50')
@Check('ck_access_key_requests_decision', `decision IN ('approved', 'declined', 'cancelled')`)
@Check(
  'ck_access_key_requests_decided',
  `(decision IS NULL) = (decided_at IS NULL)
    AND (decision IS NOT DISTINCT FROM 'approved') = (grant_id IS NOT NULL)
    AND (decision IS NOT DISTINCT FROM 'declined') = (decline_reason IS NOT NULL)`,
)
export class AccessKeyRequest {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** Who asks, and whose rights the key acts with. */
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

  /** Why the member needs the key. */
  @Column('text')
  reason!: string;

  /** When the key is to expire. */
  @Column('timestamptz')
  keyExpiresAt!: Date;

  /** Where alone the key is to work from; `null`: from everywhere. */
  @Column('cidr', { array: true, nullable: true })
  allowedNetworks!: string[] | null;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;

  /** The credential through which it was made. */
  @Column('text')
  createdVia!: string;

  @Column('text', { nullable: true })
  decision!: 'approved' | 'declined' | 'cancelled' | null;

  @Column('timestamptz', { nullable: true })
  decidedAt!: Date | null;

  /** Of a decision of the operator at the command line: none. */
  @Column('integer', { nullable: true })
  decidedById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  decidedBy?: User | null;

  /** Whoever asked reads it. */
  @Column('text', { nullable: true })
  declineReason!: string | null;

  /** What approval made. */
  @Column('integer', { nullable: true })
  grantId!: number | null;

  @ManyToOne(() => AccessKeyGrant, { nullable: true })
  @JoinColumn()
  grant?: AccessKeyGrant | null;

  /** When it lapses unless it is decided. */
  @VirtualColumn({ type: 'timestamptz', query: requestEndOf })
  readonly lapsesAt!: Date;

  /** Judged by the database's clock in the statement that reads the row. */
  @VirtualColumn({ type: 'text', query: requestStatusOf })
  readonly status!: RequestStatus;
}
