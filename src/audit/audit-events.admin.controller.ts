import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { ApiPage } from '../common/list.js';
import { AuditEventAdminListQuery, AuditEventAnswer } from './audit-event.dto.js';
import { type AuditEventList, AuditEventsService } from './audit-events.service.js';

@ApiTags('Staff: audit log')
@Controller('api/admin/audit-events')
export class AuditEventsAdminController {
  constructor(private readonly events: AuditEventsService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'Who did what, everywhere; with `format=ndjson` as an export' })
  @ApiPage(AuditEventAnswer, ['application/x-ndjson'])
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: AuditEventAdminListQuery,
  ): Promise<AuditEventList> {
    return this.events.listAsStaff(principal, query);
  }
}
