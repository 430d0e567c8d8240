import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Principal } from '../access/principal.js';
import { Member } from './member.entity.js';
import type { ReachableOrganization } from './organizations.dto.js';

/** Organizations: what a caller reaches, names and policies. */
@Injectable()
export class OrganizationsService {
  constructor(@InjectRepository(Member) private readonly members: Repository<Member>) {}

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
