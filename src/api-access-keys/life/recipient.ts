import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import { type FieldErrors, InvalidInput, PermissionDenied } from '../../common/errors.js';
import { Member } from '../../organizations/member.entity.js';
import { Organization } from '../../organizations/organization.entity.js';
import { User } from '../../users/user.entity.js';
import { pastProblem } from './expiry.js';

interface Recipient {
  readonly userId: number;
  readonly organizationId: number | null;
  readonly admin?: boolean;
  readonly expiresAt?: Date | null;
}

/** Judges for whom a key may be made, against rows that it locks, so that no demotion or removal slips in between. */
@Injectable()
export class KeyRecipients {
  /**
   * Throws InvalidInput with every field that is wrong: no such user or an inactive one, an organization that isn't
   * there or that the user is no member of, an admin key for who isn't staff or in one organization, an expiry that isn't
   * in the future. Throws PermissionDenied for a key of staff that is issued through a key.
   */
  async check(manager: EntityManager, by: Actor, wanted: Recipient): Promise<void> {
    const errors = await this.problems(manager, wanted);
    if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
    await this.mustBeOpenTo(manager, by, wanted);
  }

  /** Keys of staff, and admin keys, are made by a person: not through a key. Errors: PermissionDenied. */
  async mustBeOpenTo(
    manager: EntityManager,
    by: Actor,
    { userId, admin }: Pick<Recipient, 'userId' | 'admin'>,
  ): Promise<void> {
    if (by.credential?.scheme !== 'access_key') return;
    const user = await userInForce(manager, userId);
    if (admin || user?.isStaff)
      throw new PermissionDenied('Keys of staff are issued and resumed by session or JWT.');
  }

  /** What stands against such a key, by the field of the wire; nothing: it may be made. */
  async problems(manager: EntityManager, wanted: Recipient): Promise<FieldErrors> {
    const user = await userInForce(manager, wanted.userId);
    return {
      ...userProblem(wanted.userId, user),
      ...(await this.organizationProblem(manager, wanted, user)),
      ...adminProblem(wanted, user),
      ...(await pastProblem(manager, wanted.expiresAt)),
    };
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

/** Admin paths act on every organization, so a key that opens them is confined to none (docs/adr/0028). */
function adminProblem({ admin, organizationId }: Recipient, user: User | null): FieldErrors {
  if (!admin) return {};
  const messages = [
    ...(user && !user.isStaff ? ['Only staff can hold an admin key.'] : []),
    ...(organizationId === null ? [] : ["An admin key can't be confined to an organization."]),
  ];
  return messages.length > 0 ? { admin: messages } : {};
}

/** DRF's words for a related object that isn't there. */
export function noSuchObject(id: number): string {
  return `Invalid pk "${id}" - object does not exist.`;
}
