import { madeVia } from '../access/principal.js';
import type { Act } from '../acts/act.js';
import type { Member } from './member.entity.js';

/** Whose an invitation is: of whoever last said what its role is. It is judged by them when it is accepted, and ends with their key. */
export type Inviter = Pick<Member, 'invitedById' | 'invitedVia' | 'invitedAs'>;

/** Whoever acts, as the inviter. */
export function inviterOf({ by }: Act, invitedAs: Inviter['invitedAs']): Inviter {
  return {
    invitedById: by.userId,
    invitedVia: madeVia(by),
    invitedAs,
  };
}
