import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { MeAnswer } from './me.dto.js';
import { MeService } from './me.service.js';

/** Who the caller is. */
@ApiTags('Accounts')
@Controller('api/auth/me')
export class MeController {
  constructor(private readonly me: MeService) {}

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'Who the caller is, through what credential, and where' })
  @ApiOkResponse({ type: MeAnswer })
  show(@CurrentPrincipal() principal: Principal): Promise<MeAnswer> {
    return this.me.describe(principal);
  }
}
