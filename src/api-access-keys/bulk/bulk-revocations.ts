import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import type { Ended } from '../../acts/made.js';
import { digestOf } from '../../common/crypto/digest.js';
import { randomText } from '../../common/crypto/random-text.js';
import { InvalidInput } from '../../common/errors.js';
import { AccessKeyRows } from '../access-key-rows.js';
import type { ApiAccessKey } from '../access-key.entity.js';
import type { KeyScope } from '../key-scope.js';
import { KeyRevocation } from '../life/revocation.js';
import { BulkRevocation } from './bulk-revocation.entity.js';
import { countKeys, type KeyCounts } from './counting.js';
import type { KeyFilter } from './key-filter.js';

const TOKEN_LENGTH = 43;
const TOKEN_SECONDS = 600;
/** Keys that one set holds: what is more is not looked through by anybody who confirms it. */
const MOST_KEYS = 10_000;
/** Keys that one transaction revokes, so that nobody waits long for its locks; and one request, so that it is answered. */
const BATCH = 50;
const BATCHES_A_REQUEST = 20;

/** What somebody asks for: the keys that fit, to be counted or, with the token for exactly these, revoked. */
export interface BulkOrder {
  readonly filter: KeyFilter;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly confirmToken: string | undefined;
}

/** The keys that would be revoked. */
export interface CountedKeys extends KeyCounts {
  readonly dryRun: true;
  /** User-wide ones that fit as well and that a manager can't revoke. */
  readonly userWide: number;
  readonly confirmToken: string;
  /** Of the token, in seconds. */
  readonly expiresIn: number;
}

/** What was revoked of a set since it was counted, by whichever request, and what is left. */
export interface RevokedKeys {
  readonly dryRun: false;
  readonly revoked: number;
  /** Counted, but they no longer fit: they were left as they are. */
  readonly vanished: readonly ApiAccessKey[];
  /** What else ended with the keys. */
  readonly ended: readonly Ended[];
  readonly remaining: number;
}

/** Revokes many keys at once: first the numbers, then exactly the keys that were counted, each with its own audit event. */
@Injectable()
export class BulkRevocations {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly revocation: KeyRevocation,
  ) {}

  /**
   * Counts, or revokes. Errors: InvalidInput for a filter that too many keys fit, and for a token that is missing, unknown,
   * over, somebody else's, or of another filter; those of the authority.
   */
  run(scope: KeyScope, order: BulkOrder): Promise<CountedKeys | RevokedKeys> {
    return order.dryRun ? this.count(scope, order.filter) : this.revoke(scope, order);
  }

  private count(scope: KeyScope, filter: KeyFilter): Promise<CountedKeys> {
    const confirmToken = randomText(TOKEN_LENGTH);
    return this.acts.run(scope.authority, async (act) => {
      const { manager, by } = act;
      const fitting = await this.rows.listFitting(scope, filter, manager);
      const own = fitting.filter(({ organizationId }) => scope.rank !== 'manager' || organizationId !== null);
      if (own.length > MOST_KEYS) {
        throw InvalidInput.field('filter', `${own.length} keys fit: narrow it to ${MOST_KEYS} at most.`);
      }
      const ids = callersLast(
        act,
        own.map(({ id }) => id),
      );
      const organizationId = organizationOf(scope);
      const { identifiers } = await manager
        .createQueryBuilder()
        .insert()
        .into(BulkRevocation)
        .values({
          ...{ digest: digestOf(confirmToken), createdById: by.userId, organizationId, filter, keyIds: ids },
          expiresAt: lifeFromNow,
        })
        .execute();
      const counts = await countKeys(manager, ids);
      await act.record(
        'bulk_revocation.prepared',
        { type: 'bulk_revocation', id: identifiers[0]?.id as number, organizationId },
        { filter, count: counts.count },
      );
      return {
        ...counts,
        dryRun: true,
        userWide: fitting.length - own.length,
        confirmToken,
        expiresIn: TOKEN_SECONDS,
      };
    });
  }

  /**
   * In batches, each an act of its own that remembers with the set what it did: what broke off, or was answered to nobody, is
   * gone on with by the same request, whose answer tells of all. Each batch renews the token: what has begun can be ended.
   */
  private async revoke(scope: KeyScope, order: BulkOrder): Promise<RevokedKeys> {
    let bulk: BulkRevocation;
    let batches = 0;
    do {
      bulk = await this.revokeBatch(scope, order);
      batches += 1;
    } while (bulk.keyIds.length > 0 && batches < BATCHES_A_REQUEST);
    const { revoked, vanishedIds, ended, keyIds } = bulk;
    const vanished = await this.rows.listByIds(vanishedIds);
    return { dryRun: false, revoked, vanished, ended, remaining: keyIds.length };
  }

  /** Gives the set as it stands afterwards. */
  private revokeBatch(scope: KeyScope, { filter, reason, confirmToken }: BulkOrder): Promise<BulkRevocation> {
    return this.acts.run(scope.authority, async (act) => {
      const { manager } = act;
      const bulk = await holdSet(act, scope, filter, confirmToken);
      await act.judge(); // now: the caller's own key may be among them
      const batch = bulk.keyIds.slice(0, BATCH);
      const fitting = await this.rows.listFitting(scope, filter, manager, batch);
      const isFitting = new Set(fitting.map(({ id }) => id));
      const gone = new Set<number>();
      const ended: Ended[] = [];
      for (const id of batch.filter((one) => isFitting.has(one))) {
        for (const one of await this.revocation.revokeAlong(act, id, {
          reason,
          details: { bulk_revocation: bulk.id },
        })) {
          if (one.type === 'access_key') gone.add(one.id);
          if (one.type !== 'access_key' || !bulk.keyIds.includes(one.id)) ended.push(one);
        }
      }
      const done = {
        keyIds: bulk.keyIds.slice(BATCH).filter((id) => !gone.has(id)),
        revoked: bulk.revoked + bulk.keyIds.filter((id) => gone.has(id)).length,
        vanishedIds: [...bulk.vanishedIds, ...batch.filter((id) => !gone.has(id))],
        ended: [...bulk.ended, ...ended],
      };
      await manager.update(BulkRevocation, { id: bulk.id }, { ...done, expiresAt: lifeFromNow });
      return { ...bulk, ...done };
    });
  }
}

const lifeFromNow = (): string => `app_now() + make_interval(secs => ${TOKEN_SECONDS})`;

/** A key that acts is the last of its set: whatever comes after it would be done by nobody. */
function callersLast({ by }: Act, ids: readonly number[]): number[] {
  const own = by.credential?.scheme === 'access_key' ? by.credential.keyId : undefined;
  return [...ids.filter((id) => id !== own), ...ids.filter((id) => id === own)];
}

function organizationOf({ authority }: KeyScope): number | null {
  return authority.as === 'member' ? authority.membership.organizationId : null;
}

/** The set that a token is for, held until the transaction ends: of two who confirm it, one waits. Errors: InvalidInput. */
async function holdSet(
  { manager, by }: Act,
  scope: KeyScope,
  filter: KeyFilter,
  token: string | undefined,
): Promise<BulkRevocation> {
  if (token === undefined) throw InvalidInput.field('confirm_token', 'This field is required.');
  const found = await find(manager, token, filter);
  if (!found || found.createdById !== by.userId || found.organizationId !== organizationOf(scope)) {
    throw InvalidInput.field('confirm_token', 'This token does not fit: count the keys again.');
  }
  return found;
}

function find(manager: EntityManager, token: string, filter: KeyFilter): Promise<BulkRevocation | null> {
  return manager
    .createQueryBuilder(BulkRevocation, 'b')
    .where('b.digest = :digest AND b.expiresAt > app_now() AND b.filter = :filter::jsonb', {
      digest: digestOf(token),
      filter: JSON.stringify(filter),
    })
    .setLock('for_no_key_update')
    .getOne();
}
