import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentMember, CurrentPrincipal, RequirePermission } from '../access/decorators.js';
import type { Membership, Principal } from '../access/principal.js';
import { IfMatch, Versioned } from '../http/answers.js';
import {
  OrganizationAnswer,
  organizationAnswer,
  ChangeOrganizationBody,
  ReachableOrganizationAnswer,
} from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

/** The organizations that the caller reaches. */
@ApiTags('Organizations')
@Controller('api/orgs')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'The organizations that the caller reaches' })
  @ApiOkResponse({ type: [ReachableOrganizationAnswer] })
  list(@CurrentPrincipal() principal: Principal): Promise<ReachableOrganizationAnswer[]> {
    return this.organizations.listReachable(principal);
  }

  @Get(':org_pk')
  @RequirePermission('organization.view')
  @ApiOperation({ summary: 'One organization and its policy' })
  @ApiOkResponse({ type: OrganizationAnswer })
  async retrieve(@CurrentMember() member: Membership): Promise<Versioned<OrganizationAnswer>> {
    return Versioned.of(await this.organizations.get(member), organizationAnswer);
  }

  @Patch(':org_pk')
  @RequirePermission('organization.update')
  @ApiOperation({
    summary: 'Rename the organization or change its policy',
    description:
      'Through an access key 403 where it would let keys be made again, or let in user-wide keys or more networks.',
  })
  @ApiOkResponse({ type: OrganizationAnswer })
  async update(
    @CurrentMember() member: Membership,
    @Body() changes: ChangeOrganizationBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<OrganizationAnswer>> {
    return Versioned.of(await this.organizations.change(member, changes, versions), organizationAnswer);
  }
}
