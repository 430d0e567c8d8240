import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import type { Membership } from '../access/principal.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  OrganizationCallsQuery,
  ProviderKeyCallsAnswer,
  providerKeyCallsAnswer,
} from './call-summaries.dto.js';
import { CallSummariesService } from './call-summaries.service.js';

/** How often all provider keys of an organization were used, by day. */
@ApiTags('Provider keys')
@Controller('api/orgs/:org_pk/call-summaries')
export class OrganizationCallsController {
  constructor(private readonly summaries: CallSummariesService) {}

  @Get()
  @RequirePermission('call_summary.view')
  @ApiOperation({ summary: 'How often each provider key of the organization was used, by UTC day' })
  @ApiPage(ProviderKeyCallsAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Query() query: OrganizationCallsQuery,
  ): Promise<Page<ProviderKeyCallsAnswer>> {
    return (await this.summaries.listByKey(member, query)).map(providerKeyCallsAnswer);
  }
}
