import type { EntityManager } from 'typeorm';
import type { Rank } from '../access/rank.js';
import { changedNetworks, isWithin } from '../access/allowed-networks.js';
import type { Act } from '../acts/act.js';
import { Conflict, PermissionDenied } from '../common/errors.js';
import { readNetworks } from '../common/list-fields.js';
import { Member } from './member.entity.js';
import { Organization } from './organization.entity.js';
import type { ChangeOrganizationAsStaffBody, PolicyChanges } from './organizations.dto.js';

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
 * Through a key nobody lets keys be made again, nor opens an organization further to its own user: it would widen what it can
 * do itself (docs/adr/0064). Errors: PermissionDenied.
 */
export async function mustNotOpenByKey(
  { manager, by }: Act,
  organization: Organization,
  changes: ChangeOrganizationAsStaffBody,
): Promise<void> {
  const { userId, credential } = by;
  if (userId === null || credential?.scheme !== 'access_key') return;
  if (organization.issuingStopped && changes.policy?.issuing_stopped === false)
    throw new IssuingStaysStopped();
  if (!(await opensFurther(manager, organization, changes))) return;
  if (await manager.existsBy(Member, { organizationId: organization.id, userId })) {
    throw new PermissionDenied(
      'Where its user is a member, an organization is opened further by session or JWT alone.',
    );
  }
}

/** 403: a key would end a stop of the issuing of keys. */
export class IssuingStaysStopped extends PermissionDenied {
  constructor() {
    super('The issuing of access keys is allowed again by session or JWT alone.');
  }
}

async function opensFurther(
  manager: EntityManager,
  { allowUserWideKeys, allowedNetworks, disabledAt }: Organization,
  { policy = {}, disabled }: ChangeOrganizationAsStaffBody,
): Promise<boolean> {
  if (policy.allow_user_wide_keys && !allowUserWideKeys) return true;
  if (disabled === false && disabledAt !== null) return true;
  const networks = policy.allowed_networks;
  return networks !== undefined && !(await isWithin(manager, readNetworks(networks), allowedNetworks));
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
