import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, credentialName } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { digestOf } from '../../common/crypto/digest.js';
import { ServiceUnavailable } from '../../common/errors.js';
import type { IssuedKey } from '../access-key.dto.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { keyEvent } from './key-event.js';
import type { ClearKey } from '../key-format.js';

/** Injection token of the key generator: `() => ClearKey`. */
export const KEY_GENERATOR = Symbol('KEY_GENERATOR');

/** Prefixes tried before giving up. Of 62^8 prefixes one is taken so seldom that five in a row mean a broken generator. */
const ATTEMPTS = 5;

/** What a new key is to be; everything about it was decided before. */
export type KeyPlan = Pick<
  ApiAccessKey,
  'userId' | 'organizationId' | 'accessLevel' | 'name' | 'expiresAt' | 'admin'
> & { readonly replacesId?: number };

/** Makes keys: draws the text, stores its digest, tells the audit log. Decides nothing about who may. */
@Injectable()
export class KeyMinting {
  constructor(
    @Inject(KEY_GENERATOR) private readonly generate: () => ClearKey,
    private readonly audit: AuditService,
  ) {}

  /**
   * Writes a new key through the act's own transaction and gives its text, which nobody can ask for again. `action` is
   * what the audit log calls it. Errors: ServiceUnavailable when every drawn prefix was taken.
   */
  async mint(
    manager: EntityManager,
    by: Actor,
    plan: KeyPlan,
    action: string,
    details: Record<string, unknown> = {},
  ): Promise<IssuedKey> {
    const { key, id } = await this.insert(manager, by, plan);
    const row = await manager.findOneByOrFail(ApiAccessKey, { id });
    const { name, accessLevel: access_level, admin, expiresAt: expires_at } = row;
    const told = { name, access_level, admin, expires_at, ...details };
    await this.audit.record(manager, keyEvent(by, action, row, told));
    return { key, row };
  }

  private async insert(
    manager: EntityManager,
    by: Actor,
    plan: KeyPlan,
  ): Promise<{ key: string; id: number }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { prefix, text } = this.generate();
      const { raw } = await manager
        .createQueryBuilder()
        .insert()
        .into(ApiAccessKey)
        .values({
          ...plan,
          prefix,
          digest: digestOf(text),
          createdById: by.userId,
          issuedVia: by.credential ? credentialName(by.credential) : 'cli',
        })
        .orIgnore() // a taken prefix, the only thing here that must be unique
        .returning('id')
        .execute();
      const [made] = raw as { id: number }[];
      if (made) return { key: text, id: made.id };
    }
    throw new ServiceUnavailable(new Error(`${ATTEMPTS} drawn prefixes in a row were taken.`));
  }
}
