import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { MemberAnswer, memberAnswer, MemberListQuery, AddMemberBody } from './members.dto.js';
import { MembersService } from './members.service.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Staff: organizations')
@Controller('api/admin/orgs/:id/members')
export class MembersAdminController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'The members of an organization, and who is invited' })
  @ApiPage(MemberAnswer)
  async list(@Id() id: number, @Query() query: MemberListQuery): Promise<Page<MemberAnswer>> {
    return (await this.members.listAsStaff(id, query)).map(memberAnswer);
  }

  @Post()
  @StaffOnly()
  @ObjectFirst(OrganizationsService)
  @ApiOperation({ summary: 'Make a user a member, without an invitation' })
  @ApiCreatedResponse({ type: MemberAnswer })
  async add(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Body() { user: userId, role }: AddMemberBody,
  ): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.add(by, id, { userId, role }), memberAnswer);
  }
}
