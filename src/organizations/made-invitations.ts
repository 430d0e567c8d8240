import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from '../acts/act.js';
import { type Ended, type MadeKind, type MadeThing, MadeThings } from '../acts/made.js';

const LIST = `
  SELECT 'invitation' AS type, m.id, coalesce(u.email, m.invited_email) AS name,
    CASE WHEN m.status = 'active' THEN 'accepted' WHEN invitation_is_open(m) THEN 'open' ELSE 'lapsed' END AS status,
    m.organization_id AS "organizationId", m.user_id AS "userId"
  FROM members m LEFT JOIN user_names u ON u.id = m.user_id WHERE m.invited_via = ANY ($1) ORDER BY m.id`;

const END = `
  DELETE FROM members WHERE invited_via = $1 AND status = 'invited' RETURNING id, organization_id`;

/** The invitations that were made through a credential. Ended, they are withdrawn. */
@Injectable()
export class MadeInvitations implements MadeKind, OnModuleInit {
  constructor(private readonly made: MadeThings) {}

  onModuleInit(): void {
    this.made.register(this);
  }

  list(manager: EntityManager, vias: readonly string[]): Promise<MadeThing[]> {
    return manager.query<MadeThing[]>(LIST, [vias]);
  }

  async endOpen(act: Act, via: string): Promise<Ended[]> {
    const [ended] = await act.manager.query<[{ id: number; organization_id: number }[], number]>(END, [via]);
    for (const { id, organization_id: organizationId } of ended) {
      await act.record('member.removed', { type: 'member', id, organizationId }, { via });
    }
    return ended.map(({ id }) => ({ type: 'invitation', id }));
  }
}
