import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Membership } from '../access/principal.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { ProviderKeysService } from '../provider-keys/provider-keys.service.js';
import { CallSummaryAnswer, callSummaryAnswer, CallSummaryQuery } from './call-summaries.dto.js';
import { CallSummariesService } from './call-summaries.service.js';

/** How often one provider key was used, by day. */
@ApiTags('Provider keys')
@Controller('api/orgs/:org_pk/api-keys/:api_key_pk/call-summaries')
export class CallSummariesController {
  constructor(private readonly summaries: CallSummariesService) {}

  @Get()
  @RequirePermission('call_summary.view')
  @ObjectFirst(ProviderKeysService, { param: 'api_key_pk' })
  @ApiOperation({ summary: 'How often a provider key was used, by UTC day, newest first' })
  @ApiPage(CallSummaryAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') keyId: number,
    @Query() query: CallSummaryQuery,
  ): Promise<Page<CallSummaryAnswer>> {
    return (await this.summaries.list(member, keyId, query)).map(callSummaryAnswer);
  }
}
