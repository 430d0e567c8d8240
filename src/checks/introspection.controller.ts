import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Introspection } from '../access/decorators.js';
import { addressOf } from '../common/addresses.js';
import type { Principal } from '../access/principal.js';
import { IntrospectBody, IntrospectionAnswer } from './introspection.dto.js';
import { IntrospectionService } from './introspection.service.js';

/** What a credential opens, for services that guard something themselves (RFC 7662). */
@ApiTags('Checks')
@Controller('api/auth/introspect')
export class IntrospectionController {
  constructor(private readonly introspection: IntrospectionService) {}

  @Post()
  @HttpCode(200)
  @Introspection()
  @ApiOperation({
    summary: 'What an access key, an access token or a session opens now (RFC 7662)',
    description:
      'As OAuth clients ask: the body may be a form, and the key that asks may come as `Basic prefix:secret`.',
  })
  @ApiOkResponse({ type: IntrospectionAnswer })
  introspect(
    @CurrentPrincipal() { origin }: Principal,
    @Body() { token, address }: IntrospectBody,
  ): Promise<IntrospectionAnswer> {
    return this.introspection.introspect(token, { ...origin, ip: addressOf(address) });
  }
}
