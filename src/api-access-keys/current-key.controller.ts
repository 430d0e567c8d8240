import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Issues } from '../http/idempotent.js';
import { Authenticated, CurrentPrincipal } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import {
  AccessKeyAnswer,
  accessKeyAnswer,
  issuedId,
  IssuedKeyAnswer,
  issuedKeyAnswer,
} from './access-key.dto.js';
import { RevokeKeyBody, revocationOf, RotateKeyBody, rotationOf } from './access-key-bodies.dto.js';
import { AccessKeysService } from './access-keys.service.js';
import { currentKey, keyItself } from './key-scope.js';

/** The key that a request is made with, and the only one that can be acted on through it. */
@ApiTags('This access key')
@Controller('api/auth/access-keys/current')
export class CurrentKeyController {
  constructor(private readonly keys: AccessKeysService) {}

  @Get()
  @Authenticated({ via: ['access_key'] })
  @ApiOperation({ summary: 'The access key that this request is made with' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentPrincipal() principal: Principal): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.get(keyItself(principal), currentKey(principal)));
  }

  @Post('rotate')
  @Authenticated({ via: ['access_key'] })
  @Issues(issuedId, { ofKeyItself: true })
  @ApiOperation({ summary: 'Make the successor of the access key that this request is made with' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(
      await this.keys.rotate(keyItself(principal), currentKey(principal), rotationOf(body)),
    );
  }

  @Post('revoke')
  @HttpCode(200)
  @Authenticated({ via: ['access_key'] })
  @ApiOperation({ summary: 'Revoke the access key that this request is made with, for good' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyAnswer> {
    const { row } = await this.keys.revoke(keyItself(principal), currentKey(principal), revocationOf(body));
    return accessKeyAnswer(row);
  }
}
