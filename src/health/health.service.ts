import { Injectable, Logger } from '@nestjs/common';
import { NamedStatements } from '../database/named-statements.js';
import { MIGRATIONS } from '../database/migrations.js';

/** The state of one thing that serving needs. */
export type CheckResult = 'ok' | 'unreachable' | 'pending';

/** Whether this instance can serve. */
@Injectable()
export class HealthService {
  private readonly logger = new Logger('Health');

  constructor(private readonly statements: NamedStatements) {}

  /** Asks the database whether it is there and whether its schema is the one that this code was written for. */
  async readiness(): Promise<Record<'database' | 'migrations', CheckResult>> {
    try {
      const rows = await this.statements.query<{ name: string }>(
        'readiness',
        'SELECT name FROM migrations',
        [],
      );
      const done = new Set(rows.map(({ name }) => name));
      const pending = MIGRATIONS.some(({ name }) => !done.has(name));
      return { database: 'ok', migrations: pending ? 'pending' : 'ok' };
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      this.logger.warn({ msg: 'not ready', code, cause: message });
      if (code === '42P01') return { database: 'ok', migrations: 'pending' }; // no such table: nothing ever migrated
      return { database: 'unreachable', migrations: 'unreachable' };
    }
  }
}
