import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated } from '../access/decorators.js';
import { PERMISSION_CATEGORIES } from '../access/permissions.js';
import { ApiPage, ListQuery, Page } from '../common/list.js';
import { PermissionCategoryAnswer } from './roles.dto.js';

/** All permissions, by category. */
@ApiTags('Roles')
@Controller('api/orgs/:org_pk/permissions')
export class PermissionsController {
  @Get()
  @Authenticated()
  @ApiParam({ name: 'org_pk', type: 'integer' })
  @ApiOperation({ summary: 'Every permission that a role can hold, by category' })
  @ApiPage(PermissionCategoryAnswer)
  list(@Query() query: ListQuery): Page<PermissionCategoryAnswer> {
    return Page.of(PERMISSION_CATEGORIES, query);
  }
}
