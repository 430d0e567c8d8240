import type { DeleteQueryBuilder, ObjectLiteral, UpdateQueryBuilder } from 'typeorm';
import { Conflict } from './errors.js';

/** The edit versions that a write expects: one of them. None: no version of ours could match. */
export type ExpectedVersions = readonly number[];

/**
 * Runs a write to one row, and only if the row still has an edit version that the caller expects (`undefined`: any),
 * which the statement itself checks: of two competing edits one loses. The row must be known to exist. Errors: Conflict
 * `edit_conflict`.
 */
export async function writeAtVersion<T extends ObjectLiteral>(
  write: UpdateQueryBuilder<T> | DeleteQueryBuilder<T>,
  versions: ExpectedVersions | undefined,
): Promise<void> {
  if (versions !== undefined) write.andWhere('version = ANY(:versions)', { versions });
  const { affected } = await write.execute();
  if (!affected) throw Conflict.edited();
}
