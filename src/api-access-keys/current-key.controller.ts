import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { AccessKeyAnswer, IssuedKeyAnswer, accessKeyAnswer, issuedKeyAnswer } from './access-key.dto.js';
import { RevokeKeyBody, revocationOf, RotateKeyBody, rotationOf } from './access-key-bodies.dto.js';
import { asItself, currentKey } from './key-authority.js';
import { KeyRevocation } from './life/revocation.js';
import { KeyRotation } from './life/rotation.js';
import { SelfServeKeysService } from './self-serve-keys.service.js';

/** The key that a request is made with, and the only one that can be acted on through it. */
@ApiTags('This access key')
@Controller('api/auth/access-keys/current')
export class CurrentKeyController {
  constructor(
    private readonly keys: SelfServeKeysService,
    private readonly revocation: KeyRevocation,
    private readonly rotation: KeyRotation,
  ) {}

  @Get()
  @Authenticated({ via: ['access_key'] })
  @ApiOperation({ summary: 'The access key that this request is made with' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentPrincipal() principal: Principal): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.keys.getCurrent(principal));
  }

  @Post('rotate')
  @Authenticated({ via: ['access_key'] })
  @ApiOperation({ summary: 'Make the successor of the access key that this request is made with' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(
      await this.rotation.rotate(asItself(principal), currentKey(principal), rotationOf(body)),
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
    return accessKeyAnswer(
      await this.revocation.revoke(asItself(principal), currentKey(principal), revocationOf(body)),
    );
  }
}
