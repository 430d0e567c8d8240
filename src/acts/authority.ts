import type { Permission } from '../access/permissions.js';
import { type Actor, type Membership, OPERATOR, type Principal } from '../access/principal.js';

/**
 * As what somebody changes something: what `Acts.run` judges once more, inside the transaction of the change. The guards
 * judged the same before; what ended in between must not win (ASVS 15.4.2, contract §2).
 */
export type Authority =
  | { readonly as: 'staff'; readonly by: Principal }
  | {
      readonly as: 'member';
      readonly by: Principal;
      readonly membership: Membership;
      readonly permission: Permission;
    }
  | { readonly as: 'owner'; readonly by: Principal }
  | { readonly as: 'itself'; readonly by: Principal; readonly keyId: number }
  | { readonly as: 'unjudged'; readonly by: Actor; readonly reason: string };

/** Our staff, through a credential that still works; or the operator at the command line. */
export function asStaff(by: Actor): Authority {
  if (by === OPERATOR) return asOperator();
  return { as: 'staff', by: proven(by) };
}

/** A member whose role still holds the permission. The organization is locked: its members, roles and policy stay as they are. */
export function asMember(membership: Membership, permission: Permission): Authority {
  return { as: 'member', by: membership.principal, membership, permission };
}

/** A user, on what is their own, through a credential that still works. */
export function asOwner(by: Principal): Authority {
  return { as: 'owner', by };
}

/** A key, on itself alone: its row is locked before anything else. Throws for any other credential. */
export function asItself(by: Principal): Authority {
  if (by.credential.scheme !== 'access_key') throw new Error('Only a key acts on itself.');
  return { as: 'itself', by, keyId: by.credential.keyId };
}

/** The operator at the command line, who holds the database itself: there is nothing left to judge. */
export function asOperator(): Authority {
  return unjudged(OPERATOR, 'the operator at the command line');
}

/**
 * An act that needs nobody's authority: what the request itself proves (a password, a one-time link, a whole key) is
 * judged by the act. The reason says what that is.
 */
export function unjudged(by: Actor, reason: string): Authority {
  return { as: 'unjudged', by, reason };
}

/** An actor who proved nothing never passes for staff: calling it so is our own mistake. */
function proven(by: Actor): Principal {
  if (by.userId === null || by.credential === null) throw new Error('This act needs a proven caller.');
  return by as Principal;
}
