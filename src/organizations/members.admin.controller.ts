import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { Creates } from '../http/idempotent.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { parseId } from '../common/ids.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  MemberAnswer,
  memberAnswer,
  MemberListQuery,
  AddMemberBody,
  ChangeMemberBody,
} from './members.dto.js';
import { MembersService } from './members.service.js';
import { OrganizationsService } from './organizations.service.js';

const ExistsForStaff = ObjectFirst(MembersService, {
  param: 'member_id',
  exists: (members, _scope, id, params) => members.existsIn(parseId(params.id), id),
});

/** The members of any organization, for staff. */
@ApiTags('Staff: organizations')
@Controller('api/admin/orgs/:id/members')
export class MembersAdminController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @StaffOnly()
  @ObjectFirst(OrganizationsService)
  @ApiOperation({ summary: 'The members of an organization, and who is invited' })
  @ApiPage(MemberAnswer)
  async list(@Id() id: number, @Query() query: MemberListQuery): Promise<Page<MemberAnswer>> {
    return (await this.members.listAsStaff(id, query)).map(memberAnswer);
  }

  @Post()
  @StaffOnly()
  @Creates(Versioned.as(memberAnswer))
  @ObjectFirst(OrganizationsService)
  @ApiOperation({
    summary: 'Make a user a member, without an invitation',
    description: 'Through an access key 403 for one of staff.',
  })
  @ApiCreatedResponse({ type: MemberAnswer })
  async add(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Body() { user: userId, role }: AddMemberBody,
  ): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.add(by, id, { userId, role }), memberAnswer);
  }

  @Get(':member_id')
  @StaffOnly()
  @ApiOperation({ summary: 'One member' })
  @ApiOkResponse({ type: MemberAnswer })
  async retrieve(@Id() id: number, @Id('member_id') memberId: number): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.getAsStaff(id, memberId), memberAnswer);
  }

  @Patch(':member_id')
  @StaffOnly()
  @ExistsForStaff
  @ApiOperation({
    summary: 'Give a member, or an invited one, another role',
    description:
      'An invitation is from then on of whoever gave the role. Through an access key 403 for one of staff.',
  })
  @ApiOkResponse({ type: MemberAnswer })
  async change(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Id('member_id') memberId: number,
    @Body() changes: ChangeMemberBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<MemberAnswer>> {
    return Versioned.of(await this.members.changeAsStaff(by, id, memberId, changes, versions), memberAnswer);
  }

  @Delete(':member_id')
  @HttpCode(204)
  @StaffOnly()
  @ApiOperation({ summary: 'End a membership, or withdraw an invitation' })
  @ApiNoContentResponse()
  remove(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Id('member_id') memberId: number,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<void> {
    return this.members.removeAsStaff(by, id, memberId, versions);
  }
}
