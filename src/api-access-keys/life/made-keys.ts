import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Ended, type MadeKind, type MadeThing, MadeThings } from '../../acts/made.js';
import { statusOf } from '../key-status.js';

/** The keys that were made through a credential. They outlive it, until somebody asks to have them along (revocation.ts). */
@Injectable()
export class MadeKeys implements MadeKind, OnModuleInit {
  constructor(private readonly made: MadeThings) {}

  onModuleInit(): void {
    this.made.register(this);
  }

  list(manager: EntityManager, via: string): Promise<MadeThing[]> {
    return manager.query<MadeThing[]>(
      `SELECT 'access_key' AS type, k.id, k.name, ${statusOf('k')} AS status, k.organization_id AS "organizationId"
       FROM access_keys k WHERE k.issued_via = $1 ORDER BY k.id`,
      [via],
    );
  }

  endOpen(): Promise<Ended[]> {
    return Promise.resolve([]);
  }
}
