import { Injectable } from '@nestjs/common';
import { retryingDeadlocks } from '../../common/database-errors.js';
import { NamedStatements } from '../../database/named-statements.js';

/**
 * One narrow, conditional, forward-only statement on the predecessor's row, which `rotate` holds while it replaces an
 * unused successor: of the two, one is first, and whoever comes second sees it.
 */
const CONFIRM = `
  UPDATE access_keys SET retires_at = app_now() + make_interval(secs => grace_seconds)
  WHERE replaced_by_id = $1 AND retires_at IS NULL`;

/** The first use of a successor, which starts its predecessor's clock. */
@Injectable()
export class KeyFirstUse {
  constructor(private readonly statements: NamedStatements) {}

  /**
   * Committed when it resolves, whatever others do to the same keys at that moment. The caller must then judge the key again:
   * it may have been replaced.
   */
  async confirm(successorId: number): Promise<void> {
    await retryingDeadlocks(() => this.statements.query('confirm-first-use', CONFIRM, [successorId]));
  }
}
