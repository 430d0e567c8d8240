import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One thing that somebody did, or tried to. Rows are only ever added. */
@Entity('audit_events')
@Index(['organizationId', 'id'])
@Index(['actorId', 'id'])
@Index(['action', 'id'])
@Index(['actorCredential', 'id'])
@Index(['subjectId', 'id'])
@Index(['userId', 'id'])
@Index(['subjectType', 'subjectId', 'id'])
@Index('ix_audit_events_at', { synchronize: false }) // by block range, which decorators can't say
export class AuditEvent {
  /** Text in TypeScript: it outgrows what a JavaScript number holds exactly. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('timestamptz', { default: () => 'app_now()' })
  at!: Date;

  /** What was done, `subject.verb`: `access_key.issued`, `login.failed`. */
  @Column('text')
  action!: string;

  /** The organization it concerns; `null`: none. */
  @Column('integer', { nullable: true })
  organizationId!: number | null;

  /** Who did it; `null`: the operator at the command line, or nobody proven. */
  @Column('integer', { nullable: true })
  actorId!: number | null;

  /** Through which credential, in one word: `session:5`, `access_key:12`, `cli`. */
  @Column('text', { nullable: true })
  actorCredential!: string | null;

  /** The kind and id of what it was done to. */
  @Column('text', { nullable: true })
  subjectType!: string | null;

  @Column('integer', { nullable: true })
  subjectId!: number | null;

  /** For whom: the user whose key, membership or account it is. */
  @Column('integer', { nullable: true })
  userId!: number | null;

  @Column('text', { nullable: true })
  ip!: string | null;

  @Column('text', { nullable: true })
  userAgent!: string | null;

  @Column('text', { nullable: true })
  requestId!: string | null;

  /** What else an auditor asks: names, levels, reasons. Never a secret, never a digest. */
  @Column('jsonb', { default: {} })
  details!: Record<string, unknown>;
}
