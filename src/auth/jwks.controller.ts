import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/decorators.js';
import { SigningKeys } from './signing-keys.js';

@ApiTags('Tokens')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'The public keys that access tokens are verified with (RFC 7517)' })
  @ApiOkResponse({ schema: { type: 'object', properties: { keys: { type: 'array', items: {} } } } })
  show(): SigningKeys['jwks'] {
    return this.keys.jwks;
  }
}
