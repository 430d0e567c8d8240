import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal, PERSONAL } from '../access/decorators.js';
import { ObjectFirst } from '../access/object-first.js';
import type { Principal } from '../access/principal.js';
import { Versioned } from '../common/answers.js';
import { Id } from '../common/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { AccessKeyDto, IssuedKeyDto, toAccessKeyDto, toIssuedKeyDto, versioned } from './access-key.dto.js';
import {
  instantOf,
  IssueOwnKeyBody,
  ownOrderOf,
  RevokeKeyBody,
  revocationOf,
  RotateKeyBody,
  rotationOf,
  SuspendKeyBody,
} from './access-key-input.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { asOwner } from './key-authority.js';
import { KeyRevocation } from './key-revocation.js';
import { KeyRotation } from './key-rotation.js';
import { KeySuspension } from './key-suspension.js';
import { SelfServeKeys } from './self-serve-keys.service.js';

/** A user's own keys. A key may look, but a person must act: by session or JWT. */
@ApiTags('My access keys')
@Controller('api/auth/access-keys')
export class AccessKeysController {
  constructor(
    private readonly keys: SelfServeKeys,
    private readonly revocation: KeyRevocation,
    private readonly suspension: KeySuspension,
    private readonly rotation: KeyRotation,
  ) {}

  @Get()
  @Authenticated()
  @ApiOperation({
    summary: "The caller's own access keys; through a confined key, those of its organization",
  })
  @ApiPage(AccessKeyDto)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: KeyListQuery,
  ): Promise<Page<AccessKeyDto>> {
    return (await this.keys.list(principal, query)).map(toAccessKeyDto);
  }

  @Post()
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: "Issue an access key of one's own, under the organization's policy" })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async issue(
    @CurrentPrincipal() principal: Principal,
    @Body() body: IssueOwnKeyBody,
  ): Promise<IssuedKeyDto> {
    return toIssuedKeyDto(await this.keys.issue(principal, ownOrderOf(body)));
  }

  @Get(':id')
  @Authenticated()
  @ApiOperation({ summary: "One of the caller's own access keys" })
  @ApiOkResponse({ type: AccessKeyDto })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<AccessKeyDto>> {
    return versioned(await this.keys.get(principal, id));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ObjectFirst(SelfServeKeys)
  @ApiOperation({ summary: "Revoke one of the caller's own access keys for good" })
  @ApiOkResponse({ type: AccessKeyDto })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.revocation.revoke(asOwner(principal), { id }, revocationOf(body)));
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ObjectFirst(SelfServeKeys)
  @ApiOperation({ summary: "Suspend one of the caller's own access keys, for a time or until it is resumed" })
  @ApiOkResponse({ type: AccessKeyDto })
  async suspend(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: SuspendKeyBody,
  ): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.suspension.suspend(asOwner(principal), { id }, instantOf(body.until)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Authenticated({ via: PERSONAL })
  @ApiOperation({ summary: 'Let a key that its user suspended work again' })
  @ApiOkResponse({ type: AccessKeyDto })
  async resume(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.suspension.resume(asOwner(principal), { id }));
  }

  @Post(':id/rotate')
  @Authenticated({ via: PERSONAL })
  @ObjectFirst(SelfServeKeys)
  @ApiOperation({ summary: "Make the successor of one of the caller's own access keys" })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyDto> {
    return toIssuedKeyDto(await this.rotation.rotate(asOwner(principal), { id }, rotationOf(body)));
  }
}
