import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import { Creates } from '../http/idempotent.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Membership } from '../access/principal.js';
import { IfMatch, Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  CreateProviderKeyBody,
  ProviderKeyAnswer,
  providerKeyAnswer,
  ChangeProviderKeyBody,
  ProviderKeyListQuery,
  ReplaceProviderKeyBody,
} from './provider-keys.dto.js';
import { ProviderKeysService } from './provider-keys.service.js';

/** The provider keys of an organization: secrets go in, masks come out. */
@ApiTags('Provider keys')
@Controller('api/orgs/:org_pk/api-keys')
export class ProviderKeysController {
  constructor(private readonly keys: ProviderKeysService) {}

  @Get()
  @RequirePermission('provider_key.view')
  @ApiOperation({ summary: 'The provider keys, masked' })
  @ApiPage(ProviderKeyAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Query() query: ProviderKeyListQuery,
  ): Promise<Page<ProviderKeyAnswer>> {
    return (await this.keys.list(member, query)).map(providerKeyAnswer);
  }

  @Post()
  @RequirePermission('provider_key.manage')
  @Creates(Versioned.as(providerKeyAnswer))
  @ApiOperation({
    summary: 'Store a provider key',
    description: 'The secret is sealed and never shown again.',
  })
  @ApiCreatedResponse({ type: ProviderKeyAnswer })
  async store(
    @CurrentMember() member: Membership,
    @Body() input: CreateProviderKeyBody,
  ): Promise<Versioned<ProviderKeyAnswer>> {
    return Versioned.of(await this.keys.store(member, input), providerKeyAnswer);
  }

  @Get(':api_key_pk')
  @RequirePermission('provider_key.view')
  @ApiOperation({ summary: 'One provider key, masked' })
  @ApiOkResponse({ type: ProviderKeyAnswer })
  async retrieve(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') id: number,
  ): Promise<Versioned<ProviderKeyAnswer>> {
    return Versioned.of(await this.keys.get(member, id), providerKeyAnswer);
  }

  @Patch(':api_key_pk')
  @RequirePermission('provider_key.manage')
  @ObjectFirst(ProviderKeysService, { param: 'api_key_pk' })
  @ApiOperation({ summary: 'Change a provider key', description: 'Without `key` the secret stays.' })
  @ApiOkResponse({ type: ProviderKeyAnswer })
  async update(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') id: number,
    @Body() changes: ChangeProviderKeyBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<ProviderKeyAnswer>> {
    return Versioned.of(await this.keys.change(member, id, changes, versions), providerKeyAnswer);
  }

  @Put(':api_key_pk')
  @RequirePermission('provider_key.manage')
  @ObjectFirst(ProviderKeysService, { param: 'api_key_pk' })
  @ApiOperation({ summary: 'Give a provider key a new secret' })
  @ApiOkResponse({ type: ProviderKeyAnswer })
  async replace(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') id: number,
    @Body() replacement: ReplaceProviderKeyBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<ProviderKeyAnswer>> {
    return Versioned.of(await this.keys.change(member, id, replacement, versions), providerKeyAnswer);
  }

  @Delete(':api_key_pk')
  @HttpCode(204)
  @RequirePermission('provider_key.manage')
  @ApiOperation({
    summary: 'Delete a provider key that was never used',
    description: '409 `key_has_calls` otherwise: disable it instead.',
  })
  @ApiNoContentResponse()
  remove(
    @CurrentMember() member: Membership,
    @Id('api_key_pk') id: number,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<void> {
    return this.keys.delete(member, id, versions);
  }
}
