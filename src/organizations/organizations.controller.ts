import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentPrincipal } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { ReachableOrganization } from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organizations')
@Controller('api/orgs')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'The organizations that the caller reaches' })
  @ApiOkResponse({ type: [ReachableOrganization] })
  list(@CurrentPrincipal() principal: Principal): Promise<ReachableOrganization[]> {
    return this.organizations.listReachable(principal);
  }
}
