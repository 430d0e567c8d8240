import { type EntityManager, In } from 'typeorm';
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
  const [standing] = await holdStandings(manager, [{ organizationId, userId }], from);
  return standing ?? null;
}

/** The same of several, in their order. */
export async function holdStandings(
  manager: EntityManager,
  asked: readonly { readonly organizationId: number; readonly userId: number }[],
  from?: string | null,
): Promise<(Standing | null)[]> {
  const organizations = await manager.find(Organization, {
    where: { id: In([...new Set(asked.map(({ organizationId }) => organizationId))]) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_read' }, // keeps their members and roles as well: their writes lock them
  });
  const live = new Map<number, Organization>();
  for (const organization of organizations) {
    if (organization.disabledAt !== null) continue;
    if (from !== undefined && !(await isReachable(manager, organization, from))) continue;
    live.set(organization.id, organization);
  }
  if (live.size === 0) return asked.map(() => null);
  const members = await manager.query<{ n: number; permissions: Permission[] }[]>(
    `SELECT asked.n::integer, m.permissions
     FROM unnest($1::integer[], $2::integer[]) WITH ORDINALITY AS asked(organization_id, user_id, n)
     JOIN memberships m ON m.organization_id = asked.organization_id AND m.user_id = asked.user_id`,
    [asked.map(({ organizationId }) => organizationId), asked.map(({ userId }) => userId)],
  );
  const permissions = new Map(members.map((member) => [member.n, member.permissions]));
  return asked.map(({ organizationId }, index) => {
    const organization = live.get(organizationId);
    if (!organization) return null;
    const { selfServeKeys, longestKeyLifetimeDays, issuingStopped } = organization;
    const held = permissions.get(index + 1) ?? null;
    return { selfServeKeys, longestKeyLifetimeDays, issuingStopped, permissions: held };
  });
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
