import { Check, Column, Entity, type EntityManager, PrimaryColumn } from 'typeorm';

/** What holds for the keys of all organizations: one row. */
@Entity('service_policy')
@Check('ck_service_policy_id', 'id')
export class ServicePolicy {
  @PrimaryColumn('boolean', { default: true })
  id!: boolean;

  /** Nobody makes or rotates keys. */
  @Column('boolean', { default: false })
  issuingStopped!: boolean;
}

/** The policy, held as it is until the transaction ends. */
export function holdServicePolicy(manager: EntityManager): Promise<ServicePolicy> {
  return manager.findOneOrFail(ServicePolicy, { where: { id: true }, lock: { mode: 'pessimistic_read' } });
}
