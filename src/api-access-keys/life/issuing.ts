import { Injectable } from '@nestjs/common';
import { type NetworkList, newNetworks } from '../../access/allowed-networks.js';
import type { Act } from '../../acts/act.js';
import { type ApiError, type FieldErrors, InvalidInput } from '../../common/errors.js';
import { nowOf } from '../../database/now.js';
import { holdStanding, holdStandings } from '../../organizations/organization-rows.js';
import { type HeldUser, holdUser } from '../../users/user-rows.js';
import type { IssuedKey } from '../access-key.dto.js';
import type { ApiAccessKey } from '../access-key.entity.js';
import { type Life, lifeOf, type LifeOrder, mustLast } from './expiry.js';
import { type Imported, type ImportedKey, KeyMinting } from './minting.js';
import { holdServicePolicy } from '../policy/service-policy.entity.js';
import {
  asFieldErrors,
  type Facts,
  mustBeAllowed,
  mustNotBeStopped,
  problemsOf,
  refusalOf,
  type WantedKey,
} from './rules.js';
import { WAYS, type WayName } from './ways.js';

/** What a new key is to be. */
export interface KeyOrder extends WantedKey, NetworkList {
  readonly name: string;
  readonly accessLevel: ApiAccessKey['accessLevel'];
  /** `undefined`: the default of its way; `null`: it doesn't expire. */
  readonly expiresAt: Date | null | undefined;
}

/** What a key of another system is to be; its user is held as it is. */
export interface ImportOrder {
  readonly user: HeldUser;
  readonly organizationId: number | null;
  readonly accessLevel: ApiAccessKey['accessLevel'];
  readonly name: string;
  readonly expiresAt: Date | null;
}

/**
 * May this key be made? The one answer for every way in which a key comes into being or back, against rows that it holds
 * until the transaction ends, so that no demotion, removal or change of policy slips in between; and the only caller of
 * minting.
 */
@Injectable()
export class KeyIssuing {
  constructor(private readonly minting: KeyMinting) {}

  /**
   * Makes a key. `old`: the one that it succeeds; `action`, `details`: what the audit log is told. Errors: InvalidInput by
   * field, or Conflict where the order isn't the caller's own words; PermissionDenied; Conflict `issuing_stopped`;
   * ServiceUnavailable when no free prefix was drawn.
   */
  async issue(
    act: Act,
    way: WayName,
    order: KeyOrder,
    {
      old,
      action = 'access_key.issued',
      details,
    }: { old?: ApiAccessKey; action?: string; details?: Record<string, unknown> } = {},
  ): Promise<IssuedKey> {
    const life = await this.judge(act, way, order, old);
    const { userId, organizationId, admin, name, accessLevel, allowedNetworks, networksSetAs } = order;
    const networks = { allowedNetworks, networksSetAs };
    const plan = {
      ...{ userId, organizationId, admin, name, accessLevel, replacesId: old?.id ?? null },
      ...networks,
      ...life,
    };
    return this.minting.mint(act, plan, action, details);
  }

  /**
   * Takes over keys of another system, of which only hashes are known. Gives how many there were not here yet, and of the
   * others that it refused why, by their place. Errors: Conflict `issuing_stopped`.
   */
  async takeAll(
    act: Act,
    keys: readonly { readonly order: ImportOrder; readonly imported: Imported }[],
  ): Promise<{ taken: number; refused: Map<number, ApiError> }> {
    const { manager } = act;
    const confined = keys.flatMap(({ order: { organizationId, user } }) =>
      organizationId === null ? [] : [{ organizationId, userId: user.id }],
    );
    const standings = (await holdStandings(manager, confined)).values();
    const { issuingStopped } = await holdServicePolicy(manager);
    const refused = new Map<number, ApiError>();
    const good = keys.flatMap(({ order: { user, ...order }, imported }, index): ImportedKey[] => {
      const standing = order.organizationId === null ? null : (standings.next().value ?? null);
      const wanted = { ...order, userId: user.id, admin: false };
      const refusal = refusalOf('import', wanted, problemsOf(wanted, { user, standing, issuingStopped }));
      if (refusal) {
        refused.set(index, refusal);
        return [];
      }
      mustNotBeStopped({ user, standing, issuingStopped });
      // As it was, also when that is past.
      const life = { renewableUntil: order.expiresAt, renewalBound: false, ...newNetworks(null, 'staff') };
      return [{ plan: { ...wanted, ...life }, imported }];
    });
    return { taken: await this.minting.takeAll(act, good), refused };
  }

  /** What stands against a key that a grant would make, by field. */
  async problems(act: Act, wanted: WantedKey): Promise<FieldErrors> {
    return asFieldErrors(problemsOf(wanted, await factsOf(act, 'issue', wanted)));
  }

  /** Whether a suspended key may come back. Errors: Conflict, PermissionDenied. */
  async mustBeResumable(act: Act, key: ApiAccessKey): Promise<void> {
    const facts = await factsOf(act, 'resume', key);
    mustBeAllowed(WAYS.resume, key, facts, act.by.credential);
    const refused = refusalOf('resume', key, problemsOf({ ...key, admin: false }, facts));
    if (refused) throw refused;
    mustLast(key, await nowOf(act.manager));
  }

  /** The life that such a key would have; nothing is made. Errors: those of `issue` that an order can have. */
  async judge(act: Act, way: WayName, order: KeyOrder, old?: ApiAccessKey): Promise<Life> {
    const facts = await factsOf(act, way, order);
    const refused = refusalOf(way, order, problemsOf(order, facts));
    if (!refused) mustBeAllowed(WAYS[way], order, facts, act.by.credential);
    else if (!(refused instanceof InvalidInput)) throw refused;
    const { organizationId, expiresAt: wanted } = order;
    const longestDays = organizationId === null ? null : (facts.standing?.longestKeyLifetimeDays ?? null);
    const life = judgedLife({ way: WAYS[way], now: await nowOf(act.manager), wanted, longestDays, old });
    if (refused) throw life instanceof InvalidInput ? refused.with(life) : refused;
    if (life instanceof InvalidInput) throw life;
    mustNotBeStopped(facts);
    return life;
  }
}

/** The life of the key, or what is wrong with it: whoever sent more that is wrong is told all at once. */
function judgedLife(order: LifeOrder): Life | InvalidInput {
  try {
    return lifeOf(order);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}

async function factsOf(
  { manager, by }: Act,
  way: WayName,
  { userId, organizationId }: WantedKey,
): Promise<Facts> {
  const user = await holdUser(manager, userId);
  const from = WAYS[way].within ? by.origin.ip : undefined;
  const standing = organizationId === null ? null : await holdStanding(manager, organizationId, userId, from);
  const { issuingStopped } = await holdServicePolicy(manager);
  return { user, standing, issuingStopped };
}
