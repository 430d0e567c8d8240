import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from '../../acts/act.js';
import { type Ended, type MadeKind, type MadeThing, MadeThings } from '../../acts/made.js';

const LIST = `
  SELECT 'password_link' AS type, l.id, u.email AS name,
    CASE WHEN l.used_at IS NOT NULL THEN 'used' WHEN l.expires_at <= app_now() THEN 'lapsed' ELSE 'open' END AS status,
    NULL AS "organizationId", l.user_id AS "userId"
  FROM password_links l JOIN user_names u ON u.id = l.user_id WHERE l.created_via = ANY ($1) ORDER BY l.id`;

const END = `
  UPDATE password_links SET expires_at = app_now()
  WHERE created_via = $1 AND used_at IS NULL AND expires_at > app_now() RETURNING id, user_id`;

/** The password links that were made through a credential. */
@Injectable()
export class MadePasswordLinks implements MadeKind, OnModuleInit {
  constructor(private readonly made: MadeThings) {}

  onModuleInit(): void {
    this.made.register(this);
  }

  list(manager: EntityManager, vias: readonly string[]): Promise<MadeThing[]> {
    return manager.query<MadeThing[]>(LIST, [vias]);
  }

  async endOpen(act: Act, via: string): Promise<Ended[]> {
    const [ended] = await act.manager.query<[{ id: number; user_id: number }[], number]>(END, [via]);
    for (const { id, user_id: userId } of ended) {
      await act.record('password_link.ended', { type: 'password_link', id, userId }, { via });
    }
    return ended.map(({ id }) => ({ type: 'password_link', id }));
  }
}
