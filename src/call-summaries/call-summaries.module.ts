import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { CallDay } from './call-day.entity.js';
import { CallFolding } from './call-folding.js';
import { CallLedger } from './call-ledger.js';
import { CallSummariesController } from './call-summaries.controller.js';
import { OrganizationCallsController } from './organization-calls.controller.js';
import { CallSummariesService } from './call-summaries.service.js';

/** The ledger of provider calls, and what it tells by day. */
@Module({
  imports: [ProviderKeysModule, TypeOrmModule.forFeature([CallDay])],
  controllers: [CallSummariesController, OrganizationCallsController],
  providers: [CallLedger, CallFolding, CallSummariesService],
  exports: [CallLedger, CallSummariesService],
})
export class CallSummariesModule {}
