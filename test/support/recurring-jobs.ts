import type { INestApplicationContext } from '@nestjs/common';
import { AuditVerifications } from '../../src/audit/audit-verifications.js';
import { AuthCleanup } from '../../src/auth/cleanup.js';
import { CallFolding } from '../../src/call-summaries/call-folding.js';
import { Confirmations } from '../../src/mcp/confirmations.js';
import { ExpiredCounters } from '../../src/rate-limits/expired-counters.js';

/** Ends the rounds of an instance's recurring jobs, for specs that look at what requests write; `run()` still works. */
export async function pauseRecurringJobs(app: INestApplicationContext): Promise<void> {
  for (const job of [AuthCleanup, Confirmations, CallFolding, ExpiredCounters, AuditVerifications]) {
    await app.get<{ onApplicationShutdown(): Promise<void> }>(job, { strict: false }).onApplicationShutdown();
  }
}
