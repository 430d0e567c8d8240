import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/decorators.js';
import { SigningKeys } from './signing-keys.js';

const PUBLIC_KEY = ['kty', 'n', 'e', 'kid', 'use', 'alg'];
const KEY_SET = {
  type: 'object',
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: PUBLIC_KEY,
        properties: Object.fromEntries(PUBLIC_KEY.map((name) => [name, { type: 'string' }])),
      },
    },
  },
};

/** The public keys of access tokens, for whoever verifies them elsewhere. */
@ApiTags('Tokens')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'The public keys that access tokens are verified with (RFC 7517)' })
  @ApiOkResponse({ schema: KEY_SET })
  show(): SigningKeys['jwks'] {
    return this.keys.jwks;
  }
}
