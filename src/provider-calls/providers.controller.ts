import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import type { Membership } from '../access/principal.js';
import { ApiPage, ListQuery, Page } from '../common/list.js';
import { UsableKeys } from '../provider-keys/usable-keys.js';
import { ProviderAnswer, providerAnswers } from './providers.dto.js';

/** The providers, and what may be called there. */
@ApiTags('Provider calls')
@Controller('api/orgs/:org_pk/providers')
export class ProvidersController {
  constructor(private readonly keys: UsableKeys) {}

  @Get()
  @RequirePermission('provider_key.view')
  @ApiOperation({
    summary: 'The providers, and which calls may be made there',
    description: 'The calls are what stands behind `/api/orgs/{org_pk}/providers/{key_type}`.',
  })
  @ApiPage(ProviderAnswer)
  async list(@CurrentMember() member: Membership, @Query() query: ListQuery): Promise<Page<ProviderAnswer>> {
    return Page.of(providerAnswers(await this.keys.preferred(member)), query);
  }
}
