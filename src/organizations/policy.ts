import type { Rank } from '../access/rank.js';
import { changedNetworks } from '../access/allowed-networks.js';
import type { Act } from '../acts/act.js';
import { Conflict } from '../common/errors.js';
import { readNetworks } from '../common/list-fields.js';
import { Organization } from './organization.entity.js';
import type { PolicyChanges } from './organizations.dto.js';

/** What the parts of a policy are called on the wire → in the row; its list of networks is more than a column. */
const COLUMNS = {
  self_serve_keys: 'selfServeKeys',
  longest_key_lifetime_days: 'longestKeyLifetimeDays',
  allow_user_wide_keys: 'allowUserWideKeys',
  enforce_on_use: 'enforceOnUse',
  longest_unused_days: 'longestUnusedDays',
  issuing_stopped: 'issuingStopped',
} as const satisfies Partial<Record<keyof PolicyChanges, keyof Organization>>;

/** What of the row changes with a policy. Errors: PermissionDenied for a wider list of networks than a higher rank set. */
export async function changedPolicy(
  { manager }: Act,
  organization: Organization,
  policy: PolicyChanges,
  rank: Rank,
): Promise<Partial<Organization>> {
  const columns = Object.entries(COLUMNS).flatMap(([name, column]) => {
    const value = policy[name as keyof typeof COLUMNS];
    return value === undefined ? [] : [[column, value] as const];
  });
  const { allowed_networks: networks } = policy;
  return {
    ...(Object.fromEntries(columns) as Partial<Organization>),
    ...(networks && (await changedNetworks(manager, organization, readNetworks(networks), rank))),
  };
}

/**
 * A manager who shuts out the address that the change comes from could not take it back. Judged as requests are, once it is
 * written. Errors: Conflict `would_lock_out`.
 */
export async function mustNotLockOut({ manager, by }: Act, id: number): Promise<void> {
  const [row] = await manager.query<{ allowed: boolean }[]>(
    'SELECT address_allowed($2, allowed_networks) AS allowed FROM organizations WHERE id = $1',
    [id, by.origin.ip],
  );
  if (row?.allowed !== true) {
    throw new Conflict('would_lock_out', 'These networks do not hold the address that you come from.');
  }
}
