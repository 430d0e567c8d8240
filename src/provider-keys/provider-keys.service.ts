import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor, Membership, Principal } from '../access/principal.js';
import type { Subject } from '../acts/act.js';
import { Acts } from '../acts/acts.js';
import { asMember } from '../acts/authority.js';
import { constraintOf } from '../common/database-errors.js';
import { type ExpectedVersions, writeAtVersion } from '../common/edit-version.js';
import { Conflict } from '../common/errors.js';
import type { ListQuery, Page } from '../common/list.js';
import { judgeKey } from './key-input.js';
import { ProviderKey } from './provider-key.entity.js';
import {
  drawId,
  getKey,
  hasCalls,
  keysOf,
  listKeys,
  listUnhealthy,
  stopPreferring,
  type UnhealthyKey,
} from './provider-key-rows.js';
import type {
  CreateProviderKeyBody,
  ChangeProviderKeyBody,
  ProviderKeyListQuery,
  UsedProviderKey,
} from './provider-keys.dto.js';
import { ProviderSecrets } from './provider-secrets.js';
import { UNUSED, usageOf } from './usage.js';

/**
 * What authenticates an organization to third parties. A secret goes in and never comes out here: provider-calls opens
 * it. Every write locks the organization, which keeps one key of a type preferred. Errors of all that name a key:
 * NotFound.
 */
@Injectable()
export class ProviderKeysService {
  constructor(
    @InjectRepository(ProviderKey) private readonly keys: Repository<ProviderKey>,
    private readonly secrets: ProviderSecrets,
    private readonly acts: Acts,
  ) {}

  list({ organizationId }: Membership, query: ProviderKeyListQuery): Promise<Page<UsedProviderKey>> {
    return this.page(organizationId, query);
  }

  private async page(organizationId: number, query: ProviderKeyListQuery): Promise<Page<UsedProviderKey>> {
    const page = await listKeys(this.keys.manager, organizationId, query);
    const ids = page.results.map(({ id }) => id);
    const usage = await usageOf(this.keys.manager, ids);
    return page.map((key) => ({ key, ...(usage.get(key.id) ?? UNUSED), version: key.version }));
  }

  /** The same of any organization, for the operator: masks, no secrets. */
  listAsOperator(
    _by: Actor,
    organizationId: number,
    query: ProviderKeyListQuery,
  ): Promise<Page<UsedProviderKey>> {
    return this.page(organizationId, query);
  }

  async get({ organizationId }: Membership, id: number): Promise<UsedProviderKey> {
    return this.used(this.keys.manager, organizationId, id);
  }

  /** The keys that calls fail with, of all organizations in which the caller manages them. */
  listUnhealthy(by: Principal, query: ListQuery): Promise<Page<UnhealthyKey>> {
    return listUnhealthy(this.keys.manager, by, query);
  }

  /** Whether the caller's organization has such a key. */
  exists({ organizationId }: Membership, id: number): Promise<boolean> {
    return keysOf(this.keys.manager, organizationId).andWhere('k.id = :id', { id }).getExists();
  }

  /** Stores a key. The first of its type becomes the preferred one. Errors: InvalidInput. */
  store(by: Membership, input: CreateProviderKeyBody): Promise<UsedProviderKey> {
    const { organizationId } = by;
    const { key_type: keyType, name = '', key: secret, enabled = true, preferred } = input;
    const { settings, fromSecret } = judgeKey(keyType, input);
    return this.acts.run(asMember(by, 'provider_key.manage'), async (act) => {
      const { manager } = act;
      const id = await drawId(manager);
      const others = { organizationId, keyType, preferred: true };
      const takesOver = preferred ?? !(await manager.existsBy(ProviderKey, others));
      if (takesOver) await stopPreferring(manager, { id, organizationId, keyType });
      const sealed = await this.secrets.seal({ id, organizationId, keyType }, secret);
      await manager.insert(ProviderKey, {
        id,
        organizationId,
        keyType,
        name,
        enabled,
        preferred: takesOver,
        settings,
        ...fromSecret,
        sealedSecret: sealed.text,
        sealingKid: sealed.kid,
      });
      const details = { key_type: keyType, name, enabled, preferred: takesOver, settings };
      await act.record('provider_key.stored', subjectOf(by, id), details);
      return this.used(manager, organizationId, id);
    });
  }

  /**
   * Changes a key; with `key` its secret too. With a new secret or new settings it has no health yet. Errors: InvalidInput
   * (the type never changes), Conflict `edit_conflict`.
   */
  change(
    by: Membership,
    id: number,
    changes: ChangeProviderKeyBody,
    versions?: ExpectedVersions,
  ): Promise<UsedProviderKey> {
    const { organizationId } = by;
    const { key_type, key: secret, settings: given, ...plain } = changes;
    return this.acts.run(asMember(by, 'provider_key.manage'), async (act) => {
      const { manager } = act;
      const before = await getKey(manager, organizationId, id);
      const { settings, fromSecret } = judgeKey(
        before.keyType,
        { key_type, key: secret, settings: given },
        before.settings,
      );
      const sealed = secret === undefined ? undefined : await this.secrets.seal(before, secret);
      if (plain.preferred) await stopPreferring(manager, before);
      const write = manager
        .createQueryBuilder()
        .update(ProviderKey)
        .set({
          ...plain,
          ...(given && { settings }),
          ...(sealed && { ...fromSecret, sealedSecret: sealed.text, sealingKid: sealed.kid }),
          ...((given || sealed) && { secretVersion: () => 'secret_version + 1', health: 'unknown' }),
          version: () => 'version + 1',
          updatedAt: () => 'app_now()',
        })
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      await writeAtVersion(write, versions);
      const details = { ...plain, ...(given && { settings }), secret_replaced: sealed !== undefined };
      await act.record('provider_key.changed', subjectOf(by, id), details);
      return this.used(manager, organizationId, id);
    });
  }

  /** Deletes a key that was never used. Errors: Conflict `key_has_calls`, `edit_conflict`. */
  delete(by: Membership, id: number, versions?: ExpectedVersions): Promise<void> {
    const { organizationId } = by;
    return this.acts.run(asMember(by, 'provider_key.manage'), async (act) => {
      const { manager } = act;
      const { keyType, name } = await getKey(manager, organizationId, id);
      if (await hasCalls(manager, id)) throw keyHasCalls();
      const write = manager
        .createQueryBuilder()
        .delete()
        .from(ProviderKey)
        .where('id = :id AND organization_id = :organizationId', { id, organizationId });
      try {
        await writeAtVersion(write, versions);
      } catch (error) {
        // the first call came in between: the ledger's row holds on to the key
        throw constraintOf(error)?.endsWith('_provider_key_id') ? keyHasCalls() : error;
      }
      await act.record('provider_key.deleted', subjectOf(by, id), { key_type: keyType, name });
    });
  }

  private async used(manager: EntityManager, organizationId: number, id: number): Promise<UsedProviderKey> {
    const key = await getKey(manager, organizationId, id);
    const usage = await usageOf(manager, [id]);
    return { key, ...(usage.get(id) ?? UNUSED), version: key.version };
  }
}

function subjectOf({ organizationId }: Membership, id: number): Subject {
  return { type: 'provider_key', id, organizationId };
}

const keyHasCalls = (): Conflict =>
  new Conflict('key_has_calls', 'This key was used, and its history stays. Disable it instead.');
