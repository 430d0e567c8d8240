import { Injectable, Logger } from '@nestjs/common';
import { NamedStatements } from '../database/named-statements.js';
import { APPLIED_MIGRATIONS, MIGRATIONS } from '../database/migrations.js';
import { KeyRingCheck, WrongKeyRing } from '../provider-keys/key-ring-check.js';

/** The state of one thing that serving needs. */
export type CheckResult = 'ok' | 'unreachable' | 'pending' | 'wrong';

type Readiness = Record<'database' | 'migrations' | 'key_ring', CheckResult>;

/** Whether this instance can serve. */
@Injectable()
export class HealthService {
  private readonly logger = new Logger('Health');
  private left = false;

  constructor(
    private readonly statements: NamedStatements,
    private readonly keyRing: KeyRingCheck,
  ) {}

  /** Whether this instance is about to end: it still answers, and nobody should send it more. */
  get leaving(): boolean {
    return this.left;
  }

  leave(): void {
    this.left = true;
  }

  /**
   * Asks the database whether it is there, whether its schema is the one that this code was written for, and whether our
   * key ring is the one that its secrets are sealed with.
   */
  async readiness(): Promise<Readiness> {
    try {
      const rows = await this.statements.query<{ name: string }>('readiness', APPLIED_MIGRATIONS, []);
      const done = new Set(rows.map(({ name }) => name));
      const pending = MIGRATIONS.some(({ name }) => !done.has(name));
      if (pending) return { database: 'ok', migrations: 'pending', key_ring: 'pending' };
      await this.keyRing.check();
      return { database: 'ok', migrations: 'ok', key_ring: 'ok' };
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      this.logger.warn({ msg: 'not ready', code, cause: message });
      if (error instanceof WrongKeyRing) return { database: 'ok', migrations: 'ok', key_ring: 'wrong' };
      // no such table: nothing ever migrated
      if (code === '42P01') return { database: 'ok', migrations: 'pending', key_ring: 'pending' };
      return { database: 'unreachable', migrations: 'unreachable', key_ring: 'unreachable' };
    }
  }
}
