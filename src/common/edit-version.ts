import type { DeleteQueryBuilder, ObjectLiteral, UpdateQueryBuilder } from 'typeorm';
import { Conflict } from './errors.js';

/**
 * Runs a write to one row, and only if the row still has the edit version that the caller expects (`undefined`: any),
 * which the statement itself checks: of two competing edits one loses. The row must be known to exist. Errors: Conflict
 * `edit_conflict`.
 */
export async function writeAtVersion<T extends ObjectLiteral>(
  write: UpdateQueryBuilder<T> | DeleteQueryBuilder<T>,
  version: number | undefined,
): Promise<void> {
  if (version !== undefined) write.andWhere('version = :version', { version });
  const { affected } = await write.execute();
  if (!affected) throw Conflict.edited();
}
