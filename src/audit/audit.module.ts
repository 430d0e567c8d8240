import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ErrorListener } from '../http/error-listener.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventsAdminController } from './audit-events.admin.controller.js';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditMetrics } from './audit-metrics.js';
import { AuditService } from './audit.service.js';
import { AuditHeads } from './chain/audit-heads.js';
import { HeadKey } from './chain/head-key.js';
import { GuardRefusals } from './refusals/guard-refusals.js';
import { RefusalLog } from './refusals/refusal-log.js';
import { AuditBacklog } from './sealing/audit-backlog.js';
import { AuditSealer } from './sealing/audit-sealer.js';
import { AuditVerifications } from './verification/audit-verifications.js';
import { AuditVerifier } from './verification/audit-verifier.js';

/** The append-only record of who did what. Global: every feature that writes records its acts. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditEventsController, AuditEventsAdminController],
  providers: [
    AuditService,
    AuditEventsService,
    RefusalLog,
    { provide: ErrorListener, useClass: GuardRefusals },
    HeadKey,
    AuditSealer,
    AuditHeads,
    AuditVerifier,
    AuditBacklog,
    AuditVerifications,
    AuditMetrics,
  ],
  exports: [
    AuditService,
    AuditEventsService,
    RefusalLog,
    ErrorListener,
    AuditHeads,
    AuditVerifications,
    AuditBacklog,
  ],
})
export class AuditModule {}
