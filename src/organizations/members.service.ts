import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { refusingDuplicates } from '../common/database-errors.js';
import { InvalidInput } from '../common/errors.js';
import { User } from '../users/user.entity.js';
import { Member } from './member.entity.js';
import { lockOrganization } from './organization-lock.js';
import { getRole, type RoleReference } from './role-reference.js';

/** Who belongs to an organization, and as what. */
@Injectable()
export class MembersService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes a user a member without an invitation: for staff and the command line. An open invitation of the same person
   * is used up. Errors: NotFound for the organization, InvalidInput for a user or role that isn't there and for a user
   * who is a member already.
   */
  add(by: Actor, organizationId: number, input: { userId: number; role: RoleReference }): Promise<Member> {
    const { userId } = input;
    return this.members.manager.transaction(async (manager) => {
      await lockOrganization(manager, organizationId);
      const user = await manager.findOneBy(User, { id: userId });
      if (!user) throw InvalidInput.field('user', `Invalid pk "${userId}" - object does not exist.`);
      const role = await getRole(manager, organizationId, input.role);
      await manager.delete(Member, { organizationId, invitedEmail: user.email });
      const member = manager.create(Member, {
        organizationId,
        userId,
        roleId: role.id,
        status: 'active',
      });
      await refusingDuplicates(manager.insert(Member, member));
      await this.record(manager, by, 'member.added', member, { role: role.name });
      return Object.assign(member, { user, role });
    });
  }

  private record(
    manager: EntityManager,
    by: Actor,
    action: string,
    { id, organizationId, userId }: Member,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record(manager, {
      by,
      action,
      organizationId,
      subject: { type: 'member', id },
      userId,
      details,
    });
  }
}
