import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from '../../acts/act.js';
import { type Ended, type MadeKind, type MadeThing, MadeThings } from '../../acts/made.js';
import { AccessKeyGrant } from './access-key-grant.entity.js';
import { grantStatusOf } from './grant-status.js';
import { subjectOf } from './granting.js';
import { cancelGrant } from './grants.service.js';

/** The grants that were made through a credential. */
@Injectable()
export class MadeGrants implements MadeKind, OnModuleInit {
  constructor(private readonly made: MadeThings) {}

  onModuleInit(): void {
    this.made.register(this);
  }

  list(manager: EntityManager, vias: readonly string[]): Promise<MadeThing[]> {
    return manager.query<MadeThing[]>(
      `SELECT 'access_key_grant' AS type, g.id, g.name, ${grantStatusOf('g')} AS status, g.organization_id AS "organizationId",
         g.user_id AS "userId"
       FROM access_key_grants g WHERE g.issued_via = ANY ($1) ORDER BY g.id`,
      [vias],
    );
  }

  async endOpen(act: Act, via: string): Promise<Ended[]> {
    const { manager, by } = act;
    const open = await manager
      .createQueryBuilder(AccessKeyGrant, 'g')
      .where(`g.issuedVia = :via AND ${grantStatusOf('g')} = 'open'`, { via })
      .orderBy('g.id')
      .setLock('for_no_key_update')
      .getMany();
    for (const grant of open) {
      await cancelGrant(manager, grant.id, by.userId);
      await act.record('access_key_grant.cancelled', subjectOf(grant), { via });
    }
    return open.map(({ id }) => ({ type: 'access_key_grant', id }));
  }
}
