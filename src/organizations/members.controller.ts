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
import {
  MemberAnswer,
  memberAnswer,
  ChangeMemberBody,
  MemberListQuery,
  InviteMemberBody,
} from './members.dto.js';
import { MembersService } from './members.service.js';

/** The members of an organization. */
@ApiTags('Members')
@Controller('api/orgs/:org_pk/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @RequirePermission('member.view')
  @ApiOperation({ summary: 'The members, and who is invited' })
  @ApiPage(MemberAnswer)
  async list(
    @CurrentMember() member: Membership,
    @Query() query: MemberListQuery,
  ): Promise<Page<MemberAnswer>> {
    return (await this.members.list(member, query)).map(memberAnswer);
  }

  @Post()
  @RequirePermission('member.manage')
  @Creates(Versioned.as(memberAnswer))
  @ApiOperation({
    summary: 'Invite somebody',
    description: 'The answer is the same whether or not a user has this e-mail address; its owner accepts.',
  })
  @ApiCreatedResponse({ type: MemberAnswer })
  async invite(
    @CurrentMember() member: Membership,
    @Body() input: InviteMemberBody,
  ): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.invite(member, input), memberAnswer);
  }

  @Get(':id')
  @RequirePermission('member.view')
  @ApiOperation({ summary: 'One member' })
  @ApiOkResponse({ type: MemberAnswer })
  async retrieve(@CurrentMember() member: Membership, @Id() id: number): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.get(member, id), memberAnswer);
  }

  @Patch(':id')
  @RequirePermission('member.manage')
  @ObjectFirst(MembersService)
  @ApiOperation({
    summary: 'Give a member, or an invited one, another role',
    description: 'An invitation is from then on of whoever gave the role.',
  })
  @ApiOkResponse({ type: MemberAnswer })
  async update(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @Body() changes: ChangeMemberBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.change(member, id, changes, versions), memberAnswer);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('member.manage')
  @ApiOperation({ summary: 'End a membership, or withdraw an invitation' })
  @ApiNoContentResponse()
  remove(
    @CurrentMember() member: Membership,
    @Id() id: number,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<void> {
    return this.members.remove(member, id, versions);
  }
}
