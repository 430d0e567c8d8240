import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, type Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  AccessKeyAnswer,
  IssuedKeyAnswer,
  accessKeyAnswer,
  issuedKeyAnswer,
  versioned,
} from './access-key.dto.js';
import {
  changesOf,
  ChangeKeyBody,
  instantOf,
  IssueKeyBody,
  orderOf,
  RevokeKeyBody,
  revocationOf,
  RotateKeyBody,
  rotationOf,
  SuspendKeyBody,
} from './access-key-bodies.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeysService } from './access-keys.service.js';
import { asStaff } from './key-authority.js';
import { KeyEditing } from './life/editing.js';
import { KeyRevocation } from './life/revocation.js';
import { KeyRotation } from './life/rotation.js';
import { KeySuspension } from './life/suspension.js';

@ApiTags('Staff: access keys')
@Controller('api/admin/access-keys')
export class AccessKeysAdminController {
  constructor(
    private readonly keys: AccessKeysService,
    private readonly editing: KeyEditing,
    private readonly revocation: KeyRevocation,
    private readonly suspension: KeySuspension,
    private readonly rotation: KeyRotation,
  ) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All access keys' })
  @ApiPage(AccessKeyAnswer)
  async list(@Query() query: KeyListQuery): Promise<Page<AccessKeyAnswer>> {
    return (await this.keys.listAll(query)).map(accessKeyAnswer);
  }

  @Post()
  @StaffOnly()
  @ApiOperation({ summary: 'Issue an access key for a user' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async issue(
    @CurrentPrincipal() principal: Principal,
    @Body() body: IssueKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.keys.issue(principal, orderOf(body)));
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One access key' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async get(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<Versioned<AccessKeyAnswer>> {
    return versioned(await this.keys.get(principal, id));
  }

  @Patch(':id')
  @StaffOnly()
  @ObjectFirst(AccessKeysService)
  @ApiOperation({ summary: 'Rename an access key, or narrow what it may do' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: ChangeKeyBody,
    @IfMatch() version: number | undefined,
  ): Promise<Versioned<AccessKeyAnswer>> {
    return versioned(await this.editing.change(asStaff(principal), id, changesOf(body), version));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @StaffOnly()
  @ObjectFirst(AccessKeysService)
  @ApiOperation({ summary: 'Revoke an access key for good' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RevokeKeyBody,
  ): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.revocation.revoke(asStaff(principal), { id }, revocationOf(body)));
  }

  @Post(':id/suspend')
  @HttpCode(200)
  @StaffOnly()
  @ObjectFirst(AccessKeysService)
  @ApiOperation({ summary: 'Suspend an access key, for a time or until it is resumed' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async suspend(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: SuspendKeyBody,
  ): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.suspension.suspend(asStaff(principal), { id }, instantOf(body.until)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({ summary: 'Let a suspended access key work again' })
  @ApiOkResponse({ type: AccessKeyAnswer })
  async resume(@CurrentPrincipal() principal: Principal, @Id() id: number): Promise<AccessKeyAnswer> {
    return accessKeyAnswer(await this.suspension.resume(asStaff(principal), { id }));
  }

  @Post(':id/rotate')
  @StaffOnly()
  @ObjectFirst(AccessKeysService)
  @ApiOperation({ summary: 'Make the successor of an access key' })
  @ApiCreatedResponse({ type: IssuedKeyAnswer })
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Id() id: number,
    @Body() body: RotateKeyBody,
  ): Promise<IssuedKeyAnswer> {
    return issuedKeyAnswer(await this.rotation.rotate(asStaff(principal), { id }, rotationOf(body)));
  }
}
