import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Actor, Principal } from '../access/principal.js';
import { AuditService } from '../audit/audit.service.js';
import { validated } from '../common/validation.pipe.js';
import { Member } from './member.entity.js';
import { Organization } from './organization.entity.js';
import { NewOrganization, type ReachableOrganization } from './organizations.dto.js';

/** Organizations: what a caller reaches, names and policies. */
@Injectable()
export class OrganizationsService {
  constructor(
    @InjectRepository(Member) private readonly members: Repository<Member>,
    private readonly audit: AuditService,
  ) {}

  /** Makes an organization without members. Errors: InvalidInput for a bad name. */
  async create(by: Actor, input: NewOrganization): Promise<Organization> {
    const { name } = await validated(NewOrganization, input);
    return this.members.manager.transaction(async (manager) => {
      const organization = manager.create(Organization, { name });
      await manager.insert(Organization, organization);
      const { id } = organization;
      await this.audit.record(manager, {
        by,
        action: 'organization.created',
        organizationId: id,
        subject: { type: 'organization', id },
        details: { name },
      });
      return organization;
    });
  }

  /**
   * The organizations that the caller's credential reaches, oldest first: of a confined key its own, of a user-wide key
   * those that allow such keys, otherwise all in which the user is a member.
   */
  async listReachable({ userId, credential }: Principal): Promise<ReachableOrganization[]> {
    const builder = this.members
      .createQueryBuilder('m')
      .innerJoinAndSelect('m.organization', 'o')
      .innerJoinAndSelect('m.role', 'r')
      .where(`m.userId = :userId AND m.status = 'active' AND o.disabledAt IS NULL`, { userId });
    if (credential.scheme === 'access_key') {
      if (credential.organizationId === null) builder.andWhere('o.allowUserWideKeys');
      else builder.andWhere('o.id = :organizationId', { organizationId: credential.organizationId });
    }
    const members = await builder.orderBy('o.id').getMany();
    return members.map(({ organizationId, organization, role }) => ({
      id: organizationId,
      name: organization?.name ?? '',
      role: role?.name ?? '',
    }));
  }
}
