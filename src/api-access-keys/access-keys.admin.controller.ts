import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { ObjectFirst } from '../access/object-first.js';
import type { Principal } from '../access/principal.js';
import { Versioned } from '../common/answers.js';
import { Id } from '../common/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { AccessKeyDto, IssuedKeyDto, toAccessKeyDto, toIssuedKeyDto, versioned } from './access-key.dto.js';
import { IssueKeyBody, orderOf, RevokeKeyBody, revocationOf } from './access-key-input.dto.js';
import { KeyListQuery } from './access-key-list.dto.js';
import { ApiAccessKeysService } from './api-access-keys.service.js';
import { asStaff } from './key-authority.js';
import { KeyRevocation } from './key-revocation.js';

@ApiTags('Staff: access keys')
@Controller('api/admin/access-keys')
export class AccessKeysAdminController {
  constructor(
    private readonly keys: ApiAccessKeysService,
    private readonly revocation: KeyRevocation,
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
}
