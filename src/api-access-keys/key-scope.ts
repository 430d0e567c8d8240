import type { Actor, Membership, Principal } from '../access/principal.js';
import type { Rank } from '../access/rank.js';
import { asItself, asMember, asOwner, asStaff, type Authority } from '../acts/authority.js';

/**
 * Which keys somebody sees and acts on, and as what: `within` is an SQL condition on the row `k`, with its parameters.
 * Every read and every act takes one, so there is no way to touch a key outside the caller's reach.
 */
export interface KeyScope {
  readonly authority: Authority;
  readonly rank: Rank;
  readonly within: string;
  /** The same for lists, where `within` can't be had from an index: a statement that gives the rows. */
  readonly reach?: string;
  readonly parameters: Readonly<Record<string, number | string | null>>;
}

/** All keys: for staff, and for the operator at the command line. */
export function everyKey(by: Actor): KeyScope {
  return { authority: asStaff(by), rank: 'staff', within: 'true', parameters: {} };
}

/** A user's own keys; through a key only those of the organizations that it reaches, and the user-wide ones if it is one. */
export function ownKeys(by: Principal): KeyScope {
  const { userId, credential, origin } = by;
  const own = { authority: asOwner(by), rank: 'user' } as const;
  if (credential.scheme !== 'access_key') {
    return { ...own, within: 'k.user_id = :userId', parameters: { userId } };
  }
  if (credential.organizationId !== null) {
    return {
      ...own,
      within: 'k.user_id = :userId AND k.organization_id = :home',
      parameters: { userId, home: credential.organizationId },
    };
  }
  return {
    ...own,
    within: `k.user_id = :userId AND (k.organization_id IS NULL OR EXISTS (
      SELECT FROM memberships home WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id
        AND home.live AND home.allow_user_wide_keys AND address_allowed(:from, home.allowed_networks)))`,
    parameters: { userId, from: origin.ip },
  };
}

/** The key that the request was made with, acting on itself alone. */
export function keyItself(by: Principal): KeyScope {
  const { id: keyId } = currentKey(by);
  return { authority: asItself(by), rank: 'user', within: 'k.id = :keyId', parameters: { keyId } };
}

/** The key that a request was made with; no key there is for other credentials. */
export function currentKey({ credential }: Principal): { readonly id: number } {
  return { id: credential.scheme === 'access_key' ? credential.keyId : 0 };
}

/** For a manager: the keys confined to the organization, and the user-wide ones of its members that reach it. */
export function organizationKeys(membership: Membership): KeyScope {
  const { organizationId } = membership;
  return {
    authority: asMember(membership, 'access_key.manage'),
    rank: 'manager',
    within: `(k.organization_id = :organizationId OR k.organization_id IS NULL AND EXISTS (
      SELECT FROM memberships home WHERE home.organization_id = :organizationId AND home.user_id = k.user_id
        AND home.allow_user_wide_keys))`,
    // Of all members in one pass of an index, for which their ids stand in an array: joined, PostgreSQL reads the keys of everybody.
    reach: `SELECT own.* FROM access_keys own WHERE own.organization_id = :organizationId
      UNION ALL
      SELECT wide.* FROM access_keys wide WHERE wide.organization_id IS NULL AND wide.user_id = ANY (ARRAY(
        SELECT home.user_id FROM memberships home
        WHERE home.organization_id = :organizationId AND home.allow_user_wide_keys))`,
    parameters: { organizationId },
  };
}
