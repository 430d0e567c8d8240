import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm';
import { credentialName } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { digestOf } from '../../common/crypto/digest.js';
import { ServiceUnavailable } from '../../common/errors.js';
import type { IssuedKey } from '../access-key.dto.js';
import { ApiAccessKey } from '../access-key.entity.js';
import type { ClearKey } from '../key-format.js';
import { subjectOf } from './key-subject.js';

/** Injection token of the key generator: `() => ClearKey`. */
export const KEY_GENERATOR = Symbol('KEY_GENERATOR');

/** Prefixes tried before giving up. Of 62^8 prefixes one is taken so seldom that five in a row mean a broken generator. */
const ATTEMPTS = 5;

/** What stands in `issued_via` of a key that another system issued. */
export const VIA_IMPORT = 'import';

/** What a new key is to be; everything about it was decided before. */
export type KeyPlan = Pick<
  ApiAccessKey,
  | 'userId'
  | 'organizationId'
  | 'accessLevel'
  | 'name'
  | 'expiresAt'
  | 'admin'
  | 'renewableUntil'
  | 'renewalBound'
  | 'allowedNetworks'
  | 'networksSetAs'
> & { readonly replacesId?: number | null };

/** What is known of a key that another system issued. */
export interface Imported {
  readonly prefix: string;
  readonly hash: string;
  readonly createdAt: Date | undefined;
  /** It was dead when it came. */
  readonly revoked: boolean;
  readonly details: Record<string, unknown>;
}

/** Makes keys: draws the text, stores its digest, tells the audit log. Decides nothing: life/issuing.ts does. */
@Injectable()
export class KeyMinting {
  constructor(@Inject(KEY_GENERATOR) private readonly generate: () => ClearKey) {}

  /**
   * Writes a new key and gives its text, which nobody can ask for again. `action` is what the audit log calls it. Errors:
   * ServiceUnavailable when every drawn prefix was taken.
   */
  async mint(
    act: Act,
    plan: KeyPlan,
    action: string,
    details: Record<string, unknown> = {},
  ): Promise<IssuedKey> {
    const { key, id } = await this.draw(act, plan);
    const row = await act.manager.findOneByOrFail(ApiAccessKey, { id });
    const { name, prefix, accessLevel: access_level, admin, expiresAt: expires_at, allowedNetworks } = row;
    const networks = allowedNetworks && { allowed_networks: allowedNetworks };
    const told = { prefix, name, access_level, admin, expires_at, ...networks };
    await act.record(action, subjectOf(row), { ...told, ...details });
    return { key, row };
  }

  /** Writes a key of which only a hash is known; `null`: another run of the same import was faster. */
  async take(act: Act, plan: KeyPlan, imported: Imported): Promise<ApiAccessKey | null> {
    const { prefix, hash, createdAt, revoked, details } = imported;
    const id = await insert(act.manager, {
      ...plan,
      prefix,
      digest: null,
      importedHash: hash,
      ...(createdAt && { createdAt }),
      createdById: act.by.userId,
      issuedVia: VIA_IMPORT,
      ...(revoked && {
        revokedAt: () => 'app_now()',
        revokedById: act.by.userId,
        revokeReason: 'Revoked before the import.',
      }),
    });
    if (id === undefined) return null;
    const row = await act.manager.findOneByOrFail(ApiAccessKey, { id });
    const { name, accessLevel: access_level, expiresAt: expires_at, createdAt: created_at } = row;
    const told = { prefix, name, access_level, expires_at, created_at, revoked, ...details };
    await act.record('access_key.imported', subjectOf(row), told);
    return row;
  }

  private async draw({ manager, by }: Act, plan: KeyPlan): Promise<{ key: string; id: number }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { prefix, text } = this.generate();
      const id = await insert(manager, {
        ...plan,
        prefix,
        digest: digestOf(text),
        createdById: by.userId,
        issuedVia: by.credential ? credentialName(by.credential) : 'cli',
      });
      if (id !== undefined) return { key: text, id };
    }
    throw new ServiceUnavailable(new Error(`${ATTEMPTS} drawn prefixes in a row were taken.`));
  }
}

/** The id of the new row; `undefined`: its prefix, the only thing that must be unique, is taken. */
async function insert(
  manager: EntityManager,
  values: QueryDeepPartialEntity<ApiAccessKey>,
): Promise<number | undefined> {
  const { raw } = await manager
    .createQueryBuilder()
    .insert()
    .into(ApiAccessKey)
    .values(values)
    .orIgnore()
    .returning('id')
    .execute();
  return (raw as { id: number }[])[0]?.id;
}
