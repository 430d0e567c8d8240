import type { Actor, Membership, Principal } from '../../access/principal.js';
import { asMember, asOwner, asStaff, type Authority } from '../../acts/authority.js';

/**
 * Which requests somebody sees and decides, and as what. Every read and every act takes one, so there is no way to touch a
 * request outside the caller's reach.
 */
export interface RequestScope {
  readonly authority: Authority;
  readonly within: { readonly userId?: number; readonly organizationId?: number };
}

/** The scope of somebody who decides. */
export interface DecidingScope extends RequestScope {
  /** As what they grant a key. */
  readonly rank: 'manager' | 'staff';
}

/** What the caller asked for. */
export function ownRequests(by: Principal): RequestScope {
  return { authority: asOwner(by), within: { userId: by.userId } };
}

/** For a manager: what the members of the organization asked for there. */
export function organizationRequests(membership: Membership): DecidingScope {
  const { organizationId } = membership;
  return {
    authority: asMember(membership, 'access_key.manage'),
    rank: 'manager',
    within: { organizationId },
  };
}

/** All requests: for staff, and for the operator at the command line. */
export function everyRequest(by: Actor): DecidingScope {
  return { authority: asStaff(by), rank: 'staff', within: {} };
}
