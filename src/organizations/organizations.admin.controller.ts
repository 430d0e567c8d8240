import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { Creates } from '../http/idempotent.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import {
  CreateOrganizationBody,
  OrganizationAdminAnswer,
  organizationAdminAnswer,
  ChangeOrganizationAsStaffBody,
  OrganizationListQuery,
} from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

/** Any organization, for staff. */
@ApiTags('Staff: organizations')
@Controller('api/admin/orgs')
export class OrganizationsAdminController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All organizations' })
  @ApiPage(OrganizationAdminAnswer)
  async list(@Query() query: OrganizationListQuery): Promise<Page<OrganizationAdminAnswer>> {
    return (await this.organizations.listAll(query)).map(organizationAdminAnswer);
  }

  @Post()
  @StaffOnly()
  @Creates(Versioned.as(organizationAdminAnswer))
  @ApiOperation({ summary: 'Make an organization, without members' })
  @ApiCreatedResponse({ type: OrganizationAdminAnswer })
  async create(
    @CurrentPrincipal() by: Principal,
    @Body() input: CreateOrganizationBody,
  ): Promise<Versioned<OrganizationAdminAnswer>> {
    return Versioned.of(await this.organizations.create(by, input), organizationAdminAnswer);
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One organization' })
  @ApiOkResponse({ type: OrganizationAdminAnswer })
  async retrieve(@Id() id: number): Promise<Versioned<OrganizationAdminAnswer>> {
    return Versioned.of(await this.organizations.getAsStaff(id), organizationAdminAnswer);
  }

  @Patch(':id')
  @StaffOnly()
  @ObjectFirst(OrganizationsService)
  @ApiOperation({
    summary: 'Rename an organization, change its policy, disable or enable it',
    description:
      'Through an access key 403 where it would let keys be made again, and, where its user is a member, where it would let in user-wide keys or more networks, or enable the organization.',
  })
  @ApiOkResponse({ type: OrganizationAdminAnswer })
  async update(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Body() changes: ChangeOrganizationAsStaffBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<OrganizationAdminAnswer>> {
    return Versioned.of(
      await this.organizations.changeAsStaff(by, id, changes, versions),
      organizationAdminAnswer,
    );
  }
}
