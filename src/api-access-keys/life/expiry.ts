import type { EntityManager } from 'typeorm';
import { type FieldErrors, InvalidInput } from '../../common/errors.js';

/** What is wrong with a point in time that must lie ahead. Whether it does is the database's to say, not ours. */
export async function pastProblem(
  manager: EntityManager,
  instant: Date | null | undefined,
  field = 'expires_at',
): Promise<FieldErrors> {
  if (!instant) return {};
  const [row] = await manager.query<{ ahead: boolean }[]>('SELECT $1::timestamptz > app_now() AS ahead', [
    instant,
  ]);
  return row?.ahead ? {} : { [field]: ['This must be in the future.'] };
}

/** Errors: InvalidInput for a point in time that doesn't lie ahead. */
export async function mustBeAhead(
  manager: EntityManager,
  instant: Date | null | undefined,
  field?: string,
): Promise<void> {
  const problem = await pastProblem(manager, instant, field);
  if (Object.keys(problem).length > 0) throw new InvalidInput(problem);
}
