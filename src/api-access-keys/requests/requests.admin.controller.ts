import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { ApiPage, type Page } from '../../common/list.js';
import { Creates } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { callerOf, ObjectFirst } from '../../http/object-first.js';
import { RequestListQuery } from './request-list.dto.js';
import { everyRequest } from './request-scope.js';
import {
  ApproveRequestBody,
  DeclineRequestBody,
  narrowingOf,
  RequestAnswer,
  requestAnswer,
} from './requests.dto.js';
import { RequestsService } from './requests.service.js';

const Exists = ObjectFirst(RequestsService, {
  exists: (requests, scope, id) => requests.exists(everyRequest(callerOf(scope)), id),
});

/** Everybody's requests, for staff. */
@ApiTags('Staff: access key requests')
@Controller('api/admin/access-key-requests')
export class AccessKeyRequestsAdminController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All requests for access keys' })
  @ApiPage(RequestAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: RequestListQuery,
  ): Promise<Page<RequestAnswer>> {
    return (await this.requests.list(everyRequest(principal), query)).map(requestAnswer);
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One request for an access key' })
  @ApiOkResponse({ type: RequestAnswer })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.get(everyRequest(principal), id));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @StaffOnly()
  @Creates(requestAnswer)
  @Exists
  @ApiOperation({
    summary: 'Approve a request, as it is or narrower: whoever asked is granted the access key',
  })
  @ApiOkResponse({ type: RequestAnswer })
  async approve(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: ApproveRequestBody,
  ): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.approve(everyRequest(principal), id, narrowingOf(body)));
  }

  @Post(':id/decline')
  @HttpCode(200)
  @StaffOnly()
  @Exists
  @ApiOperation({ summary: 'Decline a request' })
  @ApiOkResponse({ type: RequestAnswer })
  async decline(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: DeclineRequestBody,
  ): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.decline(everyRequest(principal), id, body.reason));
  }
}
