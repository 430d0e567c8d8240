import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { ApiPage } from '../common/list.js';
import {
  AuditEventAdminListQuery,
  AuditEventAnswer,
  AuditVerificationAnswer,
  auditVerificationAnswer,
} from './audit-event.dto.js';
import { type AuditEventList, AuditEventsService } from './audit-events.service.js';
import { AuditVerifications } from './verification/audit-verifications.js';

/** The audit log of all organizations, and its state, for staff. */
@ApiTags('Staff: audit log')
@Controller('api/admin/audit-events')
export class AuditEventsAdminController {
  constructor(
    private readonly events: AuditEventsService,
    private readonly verifications: AuditVerifications,
  ) {}

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

  @Get('verification')
  @StaffOnly()
  @ApiOperation({
    summary: 'Whether the audit log holds together',
    description: 'As its last verification found it: once a day, and whenever `cli audit verify` runs.',
  })
  @ApiOkResponse({ type: AuditVerificationAnswer })
  async verification(): Promise<AuditVerificationAnswer> {
    return auditVerificationAnswer(await this.verifications.state());
  }
}
