import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { AccountsService } from '../../users/accounts.service.js';
import { credentialAnswer, type MeAnswer } from './me.dto.js';

/** What a caller may know of itself. */
@Injectable()
export class MeService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly organizations: OrganizationsService,
  ) {}

  /** The user, the credential without its secret, and the organizations that this credential reaches. */
  async describe(principal: Principal): Promise<MeAnswer> {
    const { id, email, name, isStaff } = await this.accounts.get(principal);
    return {
      user: { id, email, name, is_staff: isStaff },
      credential: credentialAnswer(principal.credential),
      organizations: await this.organizations.listMemberships(principal),
    };
  }
}
