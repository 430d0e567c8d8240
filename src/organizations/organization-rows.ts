import type { EntityManager } from 'typeorm';
import type { Permission } from '../access/permissions.js';
import { NotFound } from '../common/errors.js';
import { Organization } from './organization.entity.js';

/**
 * Takes the lock that all writes to an organization's members, roles and policy go through, until the transaction ends:
 * what is read after it stays true until then. A member's act holds it already (acts/caller.ts). Errors: NotFound.
 */
export async function holdOrganization(manager: EntityManager, id: number): Promise<void> {
  const [row] = await manager.query<{ held: boolean }[]>('SELECT hold_organization($1) AS held', [id]);
  if (!row?.held) throw new NotFound();
}

/** What an organization lets its members do with keys, and what one of them is there. */
export interface Standing {
  readonly selfServeKeys: boolean;
  readonly longestKeyLifetimeDays: number;
  readonly issuingStopped: boolean;
  /** What the user's role permits; `null`: the user is no member. */
  readonly permissions: readonly Permission[] | null;
}

/**
 * A user's standing in a live organization, held as it is until the transaction ends; `null`: there is no such
 * organization, or staff disabled it, or it is not reachable from the address `from`, if that is asked.
 */
export async function holdStanding(
  manager: EntityManager,
  organizationId: number,
  userId: number,
  from?: string | null,
): Promise<Standing | null> {
  const organization = await manager.findOne(Organization, {
    where: { id: organizationId },
    lock: { mode: 'pessimistic_read' }, // keeps its members and roles as well: their writes lock it
  });
  if (!organization || organization.disabledAt !== null) return null;
  if (from !== undefined && !(await isReachable(manager, organization, from))) return null;
  const [member] = await manager.query<{ permissions: Permission[] }[]>(
    'SELECT permissions FROM memberships WHERE organization_id = $1 AND user_id = $2',
    [organizationId, userId],
  );
  const { selfServeKeys, longestKeyLifetimeDays, issuingStopped } = organization;
  return {
    selfServeKeys,
    longestKeyLifetimeDays,
    issuingStopped,
    permissions: member?.permissions ?? null,
  };
}

async function isReachable(
  manager: EntityManager,
  { allowedNetworks }: Organization,
  from: string | null,
): Promise<boolean> {
  const [row] = await manager.query<{ allowed: boolean }[]>('SELECT address_allowed($1, $2) AS allowed', [
    from,
    allowedNetworks,
  ]);
  return row?.allowed === true;
}
