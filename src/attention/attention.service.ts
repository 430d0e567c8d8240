import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';
import { accessKeyAnswer } from '../api-access-keys/access-key.dto.js';
import type { Excerpt } from '../api-access-keys/key-needs.js';
import { AccessKeysService } from '../api-access-keys/access-keys.service.js';
import { grantAnswer } from '../api-access-keys/grants/grants.dto.js';
import { GrantsService } from '../api-access-keys/grants/grants.service.js';
import { requestAnswer } from '../api-access-keys/requests/requests.dto.js';
import { RequestsService } from '../api-access-keys/requests/requests.service.js';
import { invitationAnswer } from '../organizations/invitations.dto.js';
import { InvitationsService } from '../organizations/invitations.service.js';
import { ProviderKeysService } from '../provider-keys/provider-keys.service.js';
import { type AttentionAnswer, unhealthyKeyAnswer } from './attention.dto.js';

/** The oldest ten. */
const OLDEST = { page_size: '10', ordering: 'id' };

/** What waits for somebody, asked of those who know: each owner tells of what is its own. */
@Injectable()
export class AttentionService {
  constructor(
    private readonly keys: AccessKeysService,
    private readonly invitations: InvitationsService,
    private readonly grants: GrantsService,
    private readonly requests: RequestsService,
    private readonly providerKeys: ProviderKeysService,
  ) {}

  /** Everything that waits for the caller. */
  async of(principal: Principal): Promise<AttentionAnswer> {
    const [keys, invitations, grants, requests, providerKeys] = await Promise.all([
      this.keys.listNeeds(principal),
      this.invitations.list(principal, OLDEST),
      this.grants.listOwn(principal, { ...OLDEST, ordering: 'expires_at', status: 'open' }),
      this.requests.listToDecide(principal, OLDEST),
      this.providerKeys.listUnhealthy(principal, OLDEST),
    ]);
    return {
      expiring: excerpt(keys.expiring, accessKeyAnswer),
      never_used: excerpt(keys.never_used, accessKeyAnswer),
      unused: excerpt(keys.unused, accessKeyAnswer),
      superseded_in_use: excerpt(keys.superseded_in_use, accessKeyAnswer),
      blocked: excerpt(keys.blocked, accessKeyAnswer),
      invitations: excerpt(invitations, invitationAnswer),
      grants: excerpt(grants, grantAnswer),
      requests: excerpt(requests, requestAnswer),
      provider_keys: excerpt(providerKeys, unhealthyKeyAnswer),
    };
  }
}

function excerpt<Row, T>({ count, results }: Excerpt<Row>, toDto: (row: Row) => T): Excerpt<T> {
  return { count, results: results.map(toDto) };
}
