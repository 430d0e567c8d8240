import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, OPERATOR } from '../access/principal.js';
import { type FieldErrors, InvalidInput, PermissionDenied } from '../common/errors.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import { User } from '../users/user.entity.js';

interface Recipient {
  readonly userId: number;
  readonly organizationId: number | null;
  readonly admin?: boolean;
  readonly expiresAt?: Date | null;
}

/** Judges for whom a key may be made, against rows that it locks, so that no demotion or removal slips in between. */
@Injectable()
export class KeyRecipients {
  /** Staff who lost that since the request was judged issue nothing: PermissionDenied. */
  async checkIssuer(manager: EntityManager, by: Actor): Promise<void> {
    if (by === OPERATOR) return;
    const issuer = by.userId === null ? null : await userInForce(manager, by.userId);
    if (!issuer?.isActive || !issuer.isStaff) throw new PermissionDenied();
  }

  /**
   * Throws InvalidInput with every field that is wrong: no such user or an inactive one, an organization that isn't
   * there or that the user is no member of, an admin key for who isn't staff, an expiry that isn't in the future. Throws
   * PermissionDenied for a key of staff that is issued through a key.
   */
  async check(manager: EntityManager, by: Actor, wanted: Recipient): Promise<void> {
    const user = await userInForce(manager, wanted.userId);
    const errors: FieldErrors = {
      ...userProblem(wanted.userId, user),
      ...(await this.organizationProblem(manager, wanted, user)),
      ...(wanted.admin && user && !user.isStaff && { admin: ['Only staff can hold an admin key.'] }),
      ...(await expiryProblem(manager, wanted.expiresAt)),
    };
    if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
    if (by.credential?.scheme === 'access_key' && (wanted.admin || user?.isStaff)) {
      throw new PermissionDenied('Keys of staff are issued by session or JWT.');
    }
  }

  private async organizationProblem(
    manager: EntityManager,
    { organizationId, userId }: Recipient,
    user: User | null,
  ): Promise<FieldErrors> {
    if (organizationId === null) return {};
    const organization = await manager.findOne(Organization, {
      where: { id: organizationId },
      lock: { mode: 'pessimistic_read' },
    });
    if (!organization || organization.disabledAt !== null) {
      return { organization: [noSuchObject(organizationId)] };
    }
    const member = await manager.findOne(Member, {
      where: { organizationId, userId, status: 'active' },
      lock: { mode: 'pessimistic_read' },
    });
    return member || !user ? {} : { organization: ['The user is not a member of this organization.'] };
  }
}

/** The user as committed, held as it is until the transaction ends. */
function userInForce(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'pessimistic_read' } });
}

function userProblem(id: number, user: User | null): FieldErrors {
  if (!user) return { user: [noSuchObject(id)] };
  return user.isActive ? {} : { user: ['The user is not active.'] };
}

/** DRF's words for a related object that isn't there. */
function noSuchObject(id: number): string {
  return `Invalid pk "${id}" - object does not exist.`;
}

/** Whether an instant lies in the future is the database's to say. */
export async function expiryProblem(
  manager: EntityManager,
  expiresAt: Date | null | undefined,
  field = 'expires_at',
): Promise<FieldErrors> {
  if (!expiresAt) return {};
  const [row] = await manager.query<{ future: boolean }[]>('SELECT $1::timestamptz > app_now() AS future', [
    expiresAt,
  ]);
  return row?.future ? {} : { [field]: ['This must be in the future.'] };
}
