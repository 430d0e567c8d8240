import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import { RateLimited } from '../access/limits.js';
import type { Membership } from '../access/principal.js';
import { Id } from '../http/id.pipe.js';
import { ProviderCallError } from './outbound/provider-call-error.js';
import { ProviderCallsService } from './provider-calls.service.js';
import { ProviderCheckAnswer, providerCheckAnswer } from './provider-checks.dto.js';
import { refusalOfError } from './refusals.js';

/** Whether a stored key works at its provider. */
@ApiTags('Provider keys')
@Controller('api/orgs/:org_pk/api-keys/:api_key_pk/check')
export class ProviderChecksController {
  constructor(private readonly calls: ProviderCallsService) {}

  @Post()
  @HttpCode(200)
  @RequirePermission('provider_key.manage')
  @RateLimited('provider_check')
  @ApiOperation({
    summary: 'Ask the provider whether a key works',
    description: 'One harmless request, which uses the quota of the key and is counted.',
  })
  @ApiOkResponse({ type: ProviderCheckAnswer })
  async check(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') keyId: number,
  ): Promise<ProviderCheckAnswer> {
    try {
      return providerCheckAnswer(await this.calls.check(member, keyId));
    } catch (error) {
      throw error instanceof ProviderCallError ? refusalOfError(error) : error;
    }
  }
}
