import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Permission } from '../access/permissions.js';
import { Organization } from './organization.entity.js';

/** A bundle of permissions: a system role (no organization), or one that an organization defined. */
@Entity('roles')
@Index(['organizationId'])
@Index('uq_roles_organization_id_name', { synchronize: false }) // over lower(name), which decorators can't say
export class Role {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' })
  id!: number;

  /** `null`: a system role. */
  @Column('integer', { nullable: true })
  organizationId!: number | null;

  @ManyToOne(() => Organization, { nullable: true })
  @JoinColumn()
  organization?: Organization | null;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  permissions!: Permission[];

  /** The edit version behind the `ETag`. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('timestamptz', { default: () => 'app_now()' })
  createdAt!: Date;
}
