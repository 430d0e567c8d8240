import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditBacklog } from './audit-backlog.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventsAdminController } from './audit-events.admin.controller.js';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditHeads } from './audit-heads.js';
import { AuditMetrics } from './audit-metrics.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditVerifications } from './audit-verifications.js';
import { AuditVerifier } from './audit-verifier.js';
import { AuditService } from './audit.service.js';
import { AnsweredErrors } from '../http/answered-errors.js';
import { GuardRefusals } from './guard-refusals.js';
import { HeadKey } from './head-key.js';
import { RefusalLog } from './refusal-log.js';

/** The append-only record of who did what. Global: every feature that writes records its acts. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditEventsController, AuditEventsAdminController],
  providers: [
    AuditService,
    AuditEventsService,
    RefusalLog,
    { provide: AnsweredErrors, useClass: GuardRefusals },
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
    AnsweredErrors,
    AuditHeads,
    AuditVerifications,
    AuditBacklog,
  ],
})
export class AuditModule {}
