import { Injectable } from '@nestjs/common';
import { MetricRegistry } from '../common/metric-registry.js';
import { AuditBacklog } from './sealing/audit-backlog.js';
import { AuditVerifications } from './verification/audit-verifications.js';

/** Whether the audit log is sealed as it grows, and what its last verification found. */
@Injectable()
export class AuditMetrics {
  constructor(registry: MetricRegistry, backlog: AuditBacklog, verifications: AuditVerifications) {
    registry.asked(
      {
        audit_unsealed_events: 'Events of the audit log that wait to be sealed.',
        audit_unsealed_seconds: 'For how long the oldest event that is not sealed has waited.',
      },
      async () => {
        const { events, oldestSeconds } = await backlog.read();
        return { audit_unsealed_events: events, audit_unsealed_seconds: oldestSeconds };
      },
    );
    registry.asked(
      {
        audit_breaks: 'What the last verification of the audit log found broken; absent: none ended yet.',
        audit_verified_timestamp_seconds: 'When the last verification of the audit log ended.',
      },
      async () => {
        const { breaks, finishedAt } = await verifications.state();
        if (breaks === null || finishedAt === null) return {};
        return { audit_breaks: breaks, audit_verified_timestamp_seconds: finishedAt.getTime() / 1000 };
      },
    );
  }
}
