import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Rank } from '../access/rank.js';
import { User } from '../users/user.entity.js';
import type { MemberStatus } from './member-status.js';
import { Organization } from './organization.entity.js';
import { Role } from './role.entity.js';

/**
 * One user in one organization with one role. While invited there is only an e-mail address: whether it belongs to a
 * user of ours shows when that user accepts.
 */
@Entity('members')
@Unique(['organizationId', 'userId'])
@Unique(['organizationId', 'invitedEmail'])
@Index(['userId', 'organizationId'])
@Index(['roleId'])
@Index(['invitedVia'])
@Check(
  'ck_members_status',
  `(status = 'active' AND user_id IS NOT NULL AND invited_email IS NULL)
  OR (status = 'invited' AND user_id IS NULL AND invited_email IS NOT NULL)`,
)
@Check('ck_members_invited_as', `invited_as IN ('manager', 'staff')`)
export class Member {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column('integer')
  organizationId!: number;

  @ManyToOne(() => Organization)
  @JoinColumn()
  organization?: Organization;

  @Column('text')
  status!: MemberStatus;

  /** Set when the member is active. */
  @Column('integer', { nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  user?: User | null;

  /** Set while the member is invited, in canonical form. */
  @Column('text', { nullable: true })
  invitedEmail!: string | null;

  /**
   * Who invited them, or gave the invitation another role since; `null`: the operator, and unknown of invitations from before
   * it was noted.
   */
  @Column('integer', { nullable: true })
  invitedById!: number | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn()
  invitedBy?: User | null;

  /** Through which credential: `session:5`, `access_key:12`, `cli`. */
  @Column('text', { nullable: true })
  invitedVia!: string | null;

  /** As what. */
  @Column('text', { default: 'manager' })
  invitedAs!: Exclude<Rank, 'user'>;

  @Column('integer')
  roleId!: number;

  @ManyToOne(() => Role)
  @JoinColumn()
  role?: Role;

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;
}
