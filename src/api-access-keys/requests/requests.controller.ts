import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { ApiPage, type Page } from '../../common/list.js';
import { Creates } from '../../http/idempotent.js';
import { Id } from '../../http/id.pipe.js';
import { RequestListQuery } from './request-list.dto.js';
import { ownRequests } from './request-scope.js';
import { MakeRequestBody, RequestAnswer, requestAnswer, requestOrderOf } from './requests.dto.js';
import { RequestsService } from './requests.service.js';

/** A user's own requests. */
@ApiTags('My access keys')
@Controller('api/auth/access-key-requests')
export class AccessKeyRequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'The access keys that the caller asked for' })
  @ApiPage(RequestAnswer)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: RequestListQuery,
  ): Promise<Page<RequestAnswer>> {
    return (await this.requests.list(ownRequests(principal), query)).map(requestAnswer);
  }

  @Post()
  @Authenticated({ via: PERSONAL })
  @Creates(requestAnswer)
  @ApiOperation({ summary: 'Ask for an access key in an organization; a manager or our staff decide' })
  @ApiCreatedResponse({ type: RequestAnswer })
  async make(
    @CurrentPrincipal() principal: Principal,
    @Body() body: MakeRequestBody,
  ): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.make(principal, requestOrderOf(body)));
  }

  @Get(':id')
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: "One of the caller's own requests" })
  @ApiOkResponse({ type: RequestAnswer })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.get(ownRequests(principal), id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'Take back a request that nobody decided yet' })
  @ApiOkResponse({ type: RequestAnswer })
  async cancel(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<RequestAnswer> {
    return requestAnswer(await this.requests.cancel(ownRequests(principal), id));
  }
}
