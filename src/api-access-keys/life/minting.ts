import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm';
import { madeVia } from '../../access/principal.js';
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

/** A key of another system, and what it is to be here. */
export interface ImportedKey {
  readonly plan: KeyPlan;
  readonly imported: Imported;
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

  /**
   * Writes keys of which only hashes are known, each with its audit event, and gives how many: one whose prefix is taken was
   * brought by another run of the same import.
   */
  async takeAll(act: Act, keys: readonly ImportedKey[]): Promise<number> {
    const written = await insertImported(act, keys);
    const taken = keys.filter(({ imported: { prefix } }) => written.has(prefix));
    await act.recordAll(
      'access_key.imported',
      taken.map(({ plan, imported: { prefix, revoked, details } }) => {
        const { id = 0, created_at } = written.get(prefix) ?? {};
        const { name, accessLevel: access_level, expiresAt: expires_at } = plan;
        const told = { prefix, name, access_level, expires_at, created_at, revoked, ...details };
        return { subject: subjectOf({ ...plan, id }), details: told };
      }),
    );
    return taken.length;
  }

  private async draw({ manager, by }: Act, plan: KeyPlan): Promise<{ key: string; id: number }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { prefix, text } = this.generate();
      const id = await insert(manager, {
        ...plan,
        prefix,
        digest: digestOf(text),
        createdById: by.userId,
        issuedVia: madeVia(by),
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

/** The ids of the new rows by their prefixes, of which one that is there already is left as it is. */
async function insertImported(
  { manager, by }: Act,
  keys: readonly ImportedKey[],
): Promise<Map<string, { id: number; created_at: Date }>> {
  const rows = keys.map(({ plan, imported }) => ({
    prefix: imported.prefix,
    imported_hash: imported.hash,
    user_id: plan.userId,
    organization_id: plan.organizationId,
    access_level: plan.accessLevel,
    name: plan.name,
    expires_at: plan.expiresAt,
    renewable_until: plan.renewableUntil,
    created_at: imported.createdAt ?? null,
    revoked: imported.revoked,
  }));
  const written = await manager.query<{ id: number; prefix: string; created_at: Date }[]>(
    `INSERT INTO access_keys (prefix, imported_hash, user_id, organization_id, access_level, name, expires_at, renewable_until,
       created_at, created_by_id, issued_via, revoked_at, revoked_by_id, revoke_reason)
     SELECT prefix, imported_hash, user_id, organization_id, access_level, name, expires_at, renewable_until,
       coalesce(created_at, app_now()), $2::integer, $3, CASE WHEN revoked THEN app_now() END, CASE WHEN revoked THEN $2::integer END,
       CASE WHEN revoked THEN 'Revoked before the import.' END
     FROM jsonb_to_recordset($1) AS k (prefix text, imported_hash text, user_id integer, organization_id integer,
       access_level text, name text, expires_at timestamptz, renewable_until timestamptz, created_at timestamptz, revoked boolean)
     ON CONFLICT (prefix) DO NOTHING RETURNING id, prefix, created_at`,
    [JSON.stringify(rows), by.userId, VIA_IMPORT],
  );
  return new Map(written.map(({ prefix, ...row }) => [prefix, row]));
}
