import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asStaff } from '../../acts/authority.js';
import { IssuingStaysStopped } from '../../organizations/policy.js';
import { ServicePolicy } from './service-policy.entity.js';

/** What of the policy changes. */
export type ServicePolicyChanges = Partial<Pick<ServicePolicy, 'issuingStopped'>>;

/** What staff decide for the keys of all organizations at once. */
@Injectable()
export class ServicePolicies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
  ) {}

  get(): Promise<ServicePolicy> {
    return this.dataSource.manager.findOneByOrFail(ServicePolicy, { id: true });
  }

  /**
   * Holds for every key that is made after it returned: those that are being made are waited for, and the others wait for
   * it. Errors: PermissionDenied for the end of a stop through a key, which could make keys again.
   */
  change(by: Actor, { issuingStopped }: ServicePolicyChanges): Promise<ServicePolicy> {
    return this.acts.run(asStaff(by), async (act) => {
      await act.judge(); // users are locked before the policy, as whoever issues does
      if (issuingStopped !== undefined) {
        if (!issuingStopped) await mustNotEndStopByKey(act);
        await act.manager.update(ServicePolicy, { id: true }, { issuingStopped });
        await act.record('service_policy.changed', null, { issuing_stopped: issuingStopped });
      }
      return act.manager.findOneByOrFail(ServicePolicy, { id: true });
    });
  }
}

async function mustNotEndStopByKey({ by, manager }: Act): Promise<void> {
  if (by.credential?.scheme !== 'access_key') return;
  const { issuingStopped } = await manager.findOneOrFail(ServicePolicy, {
    where: { id: true },
    lock: { mode: 'for_no_key_update' },
  });
  if (issuingStopped) throw new IssuingStaysStopped();
}
