import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { Id } from '../common/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { IssuedKeyDto, toIssuedKeyDto } from './access-key.dto.js';
import { OwnGrantListQuery } from './access-key-grant-list.dto.js';
import { GrantAnswer, grantAnswer } from './access-key-grants.dto.js';
import { KeyGrants } from './key-grants.service.js';

@ApiTags('My access keys')
@Controller('api/auth/access-key-grants')
export class AccessKeyGrantsController {
  constructor(private readonly grants: KeyGrants) {}

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
  @ApiOperation({ summary: 'Make the access key that the caller was granted; once' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async redeem(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<IssuedKeyDto> {
    return toIssuedKeyDto(await this.grants.redeem(principal, id));
  }
}
