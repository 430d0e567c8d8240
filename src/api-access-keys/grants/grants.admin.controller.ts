import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { Creates } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { ApiPage, type Page } from '../../common/list.js';
import { GrantListQuery } from './grant-list.dto.js';
import { GrantAnswer, grantAnswer, grantOrderOf, IssueGrantBody } from './grants.dto.js';
import { GrantsService } from './grants.service.js';

/** Everybody's grants, for staff. */
@ApiTags('Staff: access key grants')
@Controller('api/admin/access-key-grants')
export class AccessKeyGrantsAdminController {
  constructor(private readonly grants: GrantsService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All grants of access keys' })
  @ApiPage(GrantAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: GrantListQuery,
  ): Promise<Page<GrantAnswer>> {
    return (await this.grants.listAll(principal, query)).map(grantAnswer);
  }

  @Post()
  @StaffOnly()
  @Creates(grantAnswer)
  @ApiOperation({ summary: 'Let a user make an access key: its secret is shown to that user alone' })
  @ApiCreatedResponse({ type: GrantAnswer })
  async issue(@CurrentPrincipal() principal: Principal, @Body() body: IssueGrantBody): Promise<GrantAnswer> {
    return grantAnswer(await this.grants.issue(principal, grantOrderOf(body)));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({ summary: 'Take back a grant that was not redeemed yet' })
  @ApiOkResponse({ type: GrantAnswer })
  async cancel(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<GrantAnswer> {
    return grantAnswer(await this.grants.cancel(principal, id));
  }
}
