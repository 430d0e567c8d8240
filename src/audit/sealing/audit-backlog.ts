import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What waits to be sealed. */
interface Backlog {
  readonly events: number;
  /** For how long the oldest has waited; 0 when none does. */
  readonly oldestSeconds: number;
}

/** How far the sealing of the audit log is behind: beyond a second or two, nobody seals. */
@Injectable()
export class AuditBacklog {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<Backlog> {
    const [row] = await this.dataSource.query<{ events: number; oldest: number | null }[]>(
      `SELECT count(*)::int AS events, extract(epoch FROM app_now() - min(e.at))::int AS oldest
       FROM audit_unsealed u JOIN audit_events e ON e.id = u.event_id`,
    );
    return { events: row?.events ?? 0, oldestSeconds: Math.max(0, row?.oldest ?? 0) };
  }
}
