import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { Issues } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { ApiPage, type Page } from '../../common/list.js';
import { issuedId, IssuedKeyAnswer, issuedKeyAnswer } from '../access-key.dto.js';
import { OwnGrantListQuery } from './grant-list.dto.js';
import { GrantAnswer, grantAnswer } from './grants.dto.js';
import { GrantsService } from './grants.service.js';

/** A user's own grants, and their redemption. */
@ApiTags('My access keys')
@Controller('api/auth/access-key-grants')
export class AccessKeyGrantsController {
  constructor(private readonly grants: GrantsService) {}

  @Get()
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'The access keys that the caller was granted' })
  @ApiPage(GrantAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: OwnGrantListQuery,
  ): Promise<Page<GrantAnswer>> {
    return (await this.grants.listOwn(principal, query)).map(grantAnswer);
  }

  @Post(':id/redeem')
  @Authenticated({ via: PERSONAL })
  @Issues(issuedId)
  @ApiOperation({ summary: 'Make the access key that the caller was granted; once' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async redeem(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.grants.redeem(principal, id));
  }
}
