import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { ObjectFirst } from '../access/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, type Versioned } from '../common/answers.js';
import { Id } from '../common/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { AccessKeyDto, IssuedKeyDto, toAccessKeyDto, toIssuedKeyDto, versioned } from './access-key.dto.js';
import {
  changesOf,
  EditKeyBody,
  instantOf,
  IssueKeyBody,
  orderOf,
  RevokeKeyBody,
  revocationOf,
  RotateKeyBody,
  rotationOf,
  SuspendKeyBody,
} from './access-key-input.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { ApiAccessKeysService } from './api-access-keys.service.js';
import { asStaff } from './key-authority.js';
import { KeyEditing } from './key-editing.js';
import { KeyRevocation } from './key-revocation.js';
import { KeyRotation } from './key-rotation.js';
import { KeySuspension } from './key-suspension.js';

@ApiTags('Staff: access keys')
@Controller('api/admin/access-keys')
export class AccessKeysAdminController {
  constructor(
    private readonly keys: ApiAccessKeysService,
    private readonly editing: KeyEditing,
    private readonly revocation: KeyRevocation,
    private readonly suspension: KeySuspension,
    private readonly rotation: KeyRotation,
  ) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All access keys' })
  @ApiPage(AccessKeyDto)
  async list(@Query() query: KeyListQuery): Promise<Page<AccessKeyDto>> {
    return (await this.keys.listAll(query)).map(toAccessKeyDto);
  }

  @Post()
  @StaffOnly()
  @ApiOperation({ summary: 'Issue an access key for a user' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async issue(@CurrentPrincipal() principal: Principal, @Body() body: IssueKeyBody): Promise<IssuedKeyDto> {
    return toIssuedKeyDto(await this.keys.issue(principal, orderOf(body)));
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One access key' })
  @ApiOkResponse({ type: AccessKeyDto })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<AccessKeyDto>> {
    return versioned(await this.keys.get(principal, id));
  }

  @Patch(':id')
  @StaffOnly()
  @ObjectFirst(ApiAccessKeysService)
  @ApiOperation({ summary: 'Rename an access key, or narrow what it may do' })
  @ApiOkResponse({ type: AccessKeyDto })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: EditKeyBody,
    @IfMatch() version: number | undefined,
  ): Promise<Versioned<AccessKeyDto>> {
    return versioned(await this.editing.change(asStaff(principal), id, changesOf(body), version));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @StaffOnly()
  @ObjectFirst(ApiAccessKeysService)
  @ApiOperation({ summary: 'Revoke an access key for good' })
  @ApiOkResponse({ type: AccessKeyDto })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.revocation.revoke(asStaff(principal), { id }, revocationOf(body)));
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @StaffOnly()
  @ObjectFirst(ApiAccessKeysService)
  @ApiOperation({ summary: 'Suspend an access key, for a time or until it is resumed' })
  @ApiOkResponse({ type: AccessKeyDto })
  async suspend(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: SuspendKeyBody,
  ): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.suspension.suspend(asStaff(principal), { id }, instantOf(body.until)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({ summary: 'Let a suspended access key work again' })
  @ApiOkResponse({ type: AccessKeyDto })
  async resume(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<AccessKeyDto> {
    return toAccessKeyDto(await this.suspension.resume(asStaff(principal), { id }));
  }

  @Post(':id/rotate')
  @StaffOnly()
  @ObjectFirst(ApiAccessKeysService)
  @ApiOperation({ summary: 'Make the successor of an access key' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyDto> {
    return toIssuedKeyDto(await this.rotation.rotate(asStaff(principal), { id }, rotationOf(body)));
  }
}
