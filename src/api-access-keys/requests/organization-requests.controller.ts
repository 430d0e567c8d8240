import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../../access/decorators.js';
import type { Membership } from '../../access/principal.js';
import { ApiPage, type Page } from '../../common/list.js';
import { Creates } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { memberOf, ObjectFirst } from '../../http/object-first.js';
import { RequestListQuery } from './request-list.dto.js';
import { organizationRequests } from './request-scope.js';
import {
  ApproveRequestBody,
  DeclineRequestBody,
  narrowingOf,
  RequestAnswer,
  requestAnswer,
} from './requests.dto.js';
import { RequestsService } from './requests.service.js';

const Exists = ObjectFirst(RequestsService, {
  exists: (requests, scope, id) => requests.exists(organizationRequests(memberOf(scope)), id),
});

/** What members of an organization asked for, for its managers. */
@ApiTags('Access keys of an organization')
@Controller('api/orgs/:org_pk/access-key-requests')
export class OrganizationRequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @RequirePermission('access_key.manage')
  @ApiOperation({ summary: 'The access keys that members asked for' })
  @ApiPage(RequestAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Query() query: RequestListQuery,
  ): Promise<Page<RequestAnswer>> {
    return (await this.requests.list(organizationRequests(member), query)).map(requestAnswer);
  }

  @Get(':id')
  @RequirePermission('access_key.manage')
  @ApiOperation({ summary: 'One request of a member' })
  @ApiOkResponse({ type: RequestAnswer })
  async get(@CurrentMember() member: Membership, @Id() id: number): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.get(organizationRequests(member), id));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @RequirePermission('access_key.manage')
  @Creates(requestAnswer)
  @Exists
  @ApiOperation({
    summary: 'Approve a request, as it is or narrower: whoever asked is granted the access key',
  })
  @ApiOkResponse({ type: RequestAnswer })
  async approve(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @Body() body: ApproveRequestBody,
  ): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.approve(organizationRequests(member), id, narrowingOf(body)));
  }

  @Post(':id/decline')
  @HttpCode(200)
  @RequirePermission('access_key.manage')
  @Exists
  @ApiOperation({ summary: 'Decline a request' })
  @ApiOkResponse({ type: RequestAnswer })
  async decline(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @Body() body: DeclineRequestBody,
  ): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.decline(organizationRequests(member), id, body.reason));
  }
}
