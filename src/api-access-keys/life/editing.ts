import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { changedNetworks, isWithin, mustBeWithin, type NetworkList } from '../../access/allowed-networks.js';
import type { AccessLevel } from '../../access/access-level.js';
import { type Actor, credentialName } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { type ExpectedVersions, writeAtVersion } from '../../common/edit-version.js';
import { Conflict, type FieldErrors, InvalidInput } from '../../common/errors.js';
import { nowOf } from '../../database/now.js';
import { holdUser } from '../../users/user-rows.js';
import { AccessKeyRows } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import type { KeyScope } from '../key-scope.js';
import { NOT_IN_FUTURE } from './future.js';
import { subjectOf } from './key-subject.js';

export interface KeyChanges {
  readonly name?: string | undefined;
  readonly accessLevel?: AccessLevel | undefined;
  readonly expiresAt?: Date | null | undefined;
  /** Where alone it works from; `null`: from everywhere. */
  readonly allowedNetworks?: string[] | null | undefined;
}

/**
 * Renames keys and narrows what they may do. Nothing about a key is ever widened, that takes a new key; but for where it works
 * from, which its user may have to move.
 */
@Injectable()
export class KeyEditing {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
  ) {}

  /**
   * Narrowing or shortening binds the lineage, and reaches the successor while that is unused. Errors: NotFound,
   * InvalidInput for a wider level or a later or past expiry, PermissionDenied for a wider list of networks than a higher
   * rank set, and for one of a key of staff through a key; Conflict `key_revoked` or `edit_conflict`.
   */
  change(
    scope: KeyScope,
    id: number,
    changes: KeyChanges,
    versions: ExpectedVersions | undefined,
  ): Promise<ApiAccessKey> {
    return this.acts.run(scope.authority, async (act) => {
      const { manager } = act;
      const row = await this.rows.hold(scope, { id }, manager);
      await act.judge(); // before the change, which may narrow the very key that the caller came with
      const problems = problemsOf(row, changes, await nowOf(manager));
      if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
      if (row.revokedAt !== null) throw new Conflict('key_revoked', 'Revocation is final.');
      const { name = row.name } = changes;
      const narrowing = narrowingOf(act.by, row, changes);
      const write = manager
        .createQueryBuilder()
        .update(ApiAccessKey)
        .set({
          name,
          ...narrowed(row, narrowing),
          ...(await networksOf(act, row, changes, scope)),
          version: () => 'version + 1',
        })
        .where('id = :id AND revoked_at IS NULL', { id });
      await writeAtVersion(write, versions);
      const changed = await this.rows.get(scope, { id }, manager);
      await act.record('access_key.changed', subjectOf(row), {
        prefix: row.prefix,
        name,
        access_level: changed.accessLevel,
        expires_at: changed.expiresAt,
        ...(changes.allowedNetworks !== undefined && { allowed_networks: changed.allowedNetworks ?? [] }),
      });
      const successor = await this.rows.holdUnusedSuccessor(row, manager);
      if (successor) {
        await manager.update(
          ApiAccessKey,
          { id: successor.id },
          {
            ...narrowed(successor, narrowing),
            ...(changes.allowedNetworks !== undefined &&
              (await followedNetworks(act, row, successor, changed))),
            version: () => 'version + 1',
          },
        );
        await act.record('access_key.changed', subjectOf(successor), {
          prefix: successor.prefix,
          followed: id,
        });
      }
      return changed;
    });
  }
}

function problemsOf(row: ApiAccessKey, { accessLevel, expiresAt }: KeyChanges, now: Date): FieldErrors {
  const wider = row.accessLevel === 'read_only' && accessLevel === 'full_access';
  const past = expiresAt && expiresAt <= now;
  const later =
    expiresAt !== undefined && row.expiresAt !== null && (expiresAt === null || expiresAt > row.expiresAt);
  return {
    ...(wider && { access_level: ['The level of a key can only be narrowed.'] }),
    ...(later && { expires_at: ['The expiry of a key can only be brought forward.'] }),
    ...(past && { expires_at: [NOT_IN_FUTURE] }),
  };
}

async function networksOf(
  { by, manager }: Act,
  row: ApiAccessKey,
  { allowedNetworks }: KeyChanges,
  { rank }: KeyScope,
): Promise<NetworkList> {
  if (allowedNetworks === undefined) return listOf(row);
  if (by.credential?.scheme === 'access_key' && (await opensWhatStaffMay(manager, row)))
    await mustBeWithin(manager, allowedNetworks, row, NOT_BY_KEY);
  return changedNetworks(manager, row, allowedNetworks, rank);
}

/** An admin key, or another of somebody who is staff: through a key no such key comes to work from anywhere else. */
async function opensWhatStaffMay(manager: EntityManager, { admin, userId }: ApiAccessKey): Promise<boolean> {
  return admin || (await holdUser(manager, userId))?.isStaff === true;
}

const NOT_BY_KEY = 'Through a key, the networks of a key of staff can only be narrowed.';

/** A successor has its predecessor's list, also when that changes; one that was given less of its own is given no more. */
async function followedNetworks(
  { manager }: Act,
  before: NetworkList,
  successor: NetworkList,
  after: NetworkList,
): Promise<NetworkList> {
  const had = String(successor.allowedNetworks) === String(before.allowedNetworks);
  const less = await isWithin(manager, after.allowedNetworks, successor.allowedNetworks);
  return listOf(had || less ? after : successor);
}

function listOf({ allowedNetworks, networksSetAs }: NetworkList): NetworkList {
  return { allowedNetworks, networksSetAs };
}

type Narrowable = Pick<
  ApiAccessKey,
  'accessLevel' | 'expiresAt' | 'endedVia' | 'renewableUntil' | 'renewalBound'
>;

/** What a change takes away from a key, and through which credential: its level, its later end. */
interface Narrowing {
  readonly via: string | null;
  readonly level?: 'read_only';
  readonly end?: Date;
}

function narrowingOf(
  { credential }: Actor,
  row: Narrowable,
  { accessLevel, expiresAt }: KeyChanges,
): Narrowing {
  const lower = accessLevel === 'read_only' && row.accessLevel !== 'read_only';
  return {
    via: credential && credentialName(credential),
    ...(lower && { level: accessLevel }),
    ...(expiresAt && isSooner(expiresAt, row.expiresAt) && { end: expiresAt }),
  };
}

/**
 * A key after it, or after it was done to its predecessor: neither it nor its lineage outlives the new end, also where the
 * key itself was to end before.
 */
function narrowed(row: Narrowable, { via, level, end }: Narrowing): Narrowable {
  return {
    accessLevel: level ?? row.accessLevel,
    ...(end && isSooner(end, row.expiresAt)
      ? { expiresAt: end, endedVia: via }
      : { expiresAt: row.expiresAt, endedVia: row.endedVia }),
    renewableUntil: end && isSooner(end, row.renewableUntil) ? end : row.renewableUntil,
    renewalBound: row.renewalBound || level !== undefined || end !== undefined,
  };
}

function isSooner(end: Date, than: Date | null): boolean {
  return than === null || end < than;
}
