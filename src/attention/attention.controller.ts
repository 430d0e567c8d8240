import { Controller, Get } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { AccessKeyAnswer } from '../api-access-keys/access-key.dto.js';
import { GrantAnswer } from '../api-access-keys/grants/grants.dto.js';
import { RequestAnswer } from '../api-access-keys/requests/requests.dto.js';
import { InvitationAnswer } from '../organizations/invitations.dto.js';
import { AttentionAnswer, UnhealthyKeyAnswer } from './attention.dto.js';
import { AttentionService } from './attention.service.js';

/** What waits for the caller. */
@ApiTags('Accounts')
@ApiExtraModels(AccessKeyAnswer, GrantAnswer, RequestAnswer, InvitationAnswer, UnhealthyKeyAnswer)
@Controller('api/auth/attention')
export class AttentionController {
  constructor(private readonly attention: AttentionService) {}

  @Get()
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'What waits for the caller' })
  @ApiOkResponse({ type: AttentionAnswer })
  show(@CurrentPrincipal() principal: Principal): Promise<AttentionAnswer> {
    return this.attention.of(principal);
  }
}
