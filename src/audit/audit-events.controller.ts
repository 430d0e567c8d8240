import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import type { Membership } from '../access/principal.js';
import { ApiPage } from '../common/list.js';
import { AuditEventAnswer, AuditEventListQuery } from './audit-event.dto.js';
import { type AuditEventList, AuditEventsService } from './audit-events.service.js';

/** The audit log of an organization. */
@ApiTags('Organizations')
@Controller('api/orgs/:org_pk/audit-events')
export class AuditEventsController {
  constructor(private readonly events: AuditEventsService) {}

  @Get()
  @RequirePermission('audit_event.view')
  @ApiOperation({ summary: 'Who did what in the organization; with `format=ndjson` as an export' })
  @ApiPage(AuditEventAnswer, ['application/x-ndjson'])
  list(@CurrentMember() member: Membership, @Query() query: AuditEventListQuery): Promise<AuditEventList> {
    return this.events.list(member, query);
  }
}
