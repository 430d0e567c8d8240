import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
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
import { DefineRoleBody, RoleAnswer, roleAnswer, ChangeRoleBody, RoleListQuery } from './roles.dto.js';
import { RolesService } from './roles.service.js';

/** The roles of an organization. */
@ApiTags('Roles')
@Controller('api/orgs/:org_pk/roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @RequirePermission('role.view')
  @ApiOperation({ summary: 'The system roles and the custom ones' })
  @ApiPage(RoleAnswer)
  async list(@CurrentMember() member: Membership, @Query() query: RoleListQuery): Promise<Page<RoleAnswer>> {
    return (await this.roles.list(member, query)).map(roleAnswer);
  }

  @Post()
  @RequirePermission('role.manage')
  @Creates(Versioned.as(roleAnswer))
  @ApiOperation({ summary: 'Define a custom role' })
  @ApiCreatedResponse({ type: RoleAnswer })
  async define(
    @CurrentMember() member: Membership,
    @Body() input: DefineRoleBody,
  ): Promise<Versioned<RoleAnswer>> {
    return Versioned.of(await this.roles.define(member, input), roleAnswer);
  }

  @Get(':id')
  @RequirePermission('role.view')
  @ApiOperation({ summary: 'One role' })
  @ApiOkResponse({ type: RoleAnswer })
  async retrieve(@CurrentMember() member: Membership, @Id() id: number): Promise<Versioned<RoleAnswer>> {
    return Versioned.of(await this.roles.get(member, id), roleAnswer);
  }

  @Patch(':id')
  @RequirePermission('role.manage')
  @ObjectFirst(RolesService)
  @ApiOperation({ summary: 'Change a custom role' })
  @ApiOkResponse({ type: RoleAnswer })
  async update(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @Body() changes: ChangeRoleBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<RoleAnswer>> {
    return Versioned.of(await this.roles.change(member, id, changes, versions), roleAnswer);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('role.manage')
  @ApiOperation({ summary: 'Delete a custom role that nobody has' })
  @ApiNoContentResponse()
  remove(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<void> {
    return this.roles.delete(member, id, versions);
  }
}
