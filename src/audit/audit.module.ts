import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventsAdminController } from './audit-events.admin.controller.js';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditHeads } from './audit-heads.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditVerifier } from './audit-verifier.js';
import { AuditService } from './audit.service.js';
import { HeadKey } from './head-key.js';
import { RefusalLog } from './refusal-log.js';
import { RefusalFilter } from './refusal.filter.js';

/** The append-only record of who did what. Global: every feature that writes records its acts. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditEventsController, AuditEventsAdminController],
  providers: [
    AuditService,
    AuditEventsService,
    RefusalLog,
    { provide: APP_FILTER, useClass: RefusalFilter },
    HeadKey,
    AuditSealer,
    AuditHeads,
    AuditVerifier,
  ],
  exports: [AuditService, RefusalLog, AuditHeads, AuditVerifier],
})
export class AuditModule {}
