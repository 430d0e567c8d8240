import type { EntityManager } from 'typeorm';
import { AnsweredBefore, type Claim } from '../access/claim.js';
import { AlreadyIssued, Conflict, IdempotencyMismatch } from '../common/errors.js';

/** How long a request is recognized (contract §1). */
const KEPT_FOR = `interval '24 hours'`;

/**
 * SQL: whether an answer is still given. One of a clock that is further ahead than answers are kept is not; a second ahead,
 * as after a failover, is no reason to act twice.
 */
const IS_KEPT = `created_at > app_now() - ${KEPT_FOR} AND created_at <= app_now() + ${KEPT_FOR}`;

interface KeptRow {
  readonly same_body: boolean;
  readonly answer: unknown;
  readonly version: number | null;
  readonly issued_id: number | null;
}

/**
 * Takes a claim until the transaction ends, however it ends; before it waits for any other lock, so that of equal requests
 * at the same time one goes on and all others are told at once. Errors: Conflict `idempotency_in_progress`.
 */
export async function holdClaim(manager: EntityManager, { digest }: Claim): Promise<void> {
  const [row] = await manager.query<{ free: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS free', [
    digest.readBigInt64BE().toString(),
  ]);
  if (row?.free) return;
  throw new Conflict('idempotency_in_progress', 'The same request is under way. Repeat it in a moment.');
}

/**
 * What a repeat is told instead of acting again; `undefined`: this is the first. Under the claim, and never before the
 * caller was judged.
 */
export async function repeatOf(
  manager: EntityManager,
  { digest, bodyDigest }: Claim,
): Promise<AnsweredBefore | AlreadyIssued | IdempotencyMismatch | undefined> {
  const [row] = await manager.query<KeptRow[]>(
    `SELECT body_digest = $2 AS same_body, answer, version, issued_id FROM idempotency_keys
     WHERE digest = $1 AND ${IS_KEPT}`,
    [digest, bodyDigest],
  );
  if (!row) return undefined;
  if (!row.same_body) return new IdempotencyMismatch();
  return row.issued_id === null
    ? new AnsweredBefore(row.answer, row.version)
    : new AlreadyIssued(row.issued_id);
}

/** Keeps the answer of the first. One of the same name that was kept long enough makes room. */
export async function keepAnswer(
  manager: EntityManager,
  { digest, bodyDigest, answerOf }: Claim,
  result: unknown,
): Promise<void> {
  const kept = answerOf(result);
  const values =
    'issuedId' in kept ? [null, null, kept.issuedId] : [JSON.stringify(kept.body), kept.version, null];
  await manager.query(
    `INSERT INTO idempotency_keys (digest, body_digest, answer, version, issued_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (digest) DO UPDATE SET body_digest = excluded.body_digest, answer = excluded.answer,
       version = excluded.version, issued_id = excluded.issued_id, created_at = app_now()`,
    [digest, bodyDigest, ...values],
  );
}

/** Deletes up to `most` answers that were kept long enough; gives how many. What a request holds is left for the next time. */
export async function deleteExpired(manager: EntityManager, most: number): Promise<number> {
  const [, deleted] = await manager.query<[unknown, number]>(
    `DELETE FROM idempotency_keys WHERE digest IN (
       SELECT digest FROM idempotency_keys WHERE NOT (${IS_KEPT})
       LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [most],
  );
  return deleted;
}
