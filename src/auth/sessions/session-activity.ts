import { Inject, Injectable } from '@nestjs/common';
import { WriteBehind } from '../../common/background/write-behind.js';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { NamedStatements } from '../../database/named-statements.js';

/**
 * Narrow and conditional: it can't revive a session that ended meanwhile, and many instances write once a minute. It waits
 * for no lock: a row that somebody holds is left for the next use.
 */
const NOTE = `
  WITH due AS (
    SELECT id FROM sessions
    WHERE id = ANY ($1::int[]) AND ended_at IS NULL AND idle_expires_at > app_now()
      AND last_seen_at <= app_now() - interval '1 minute'
    FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE sessions s
  SET last_seen_at = app_now(), idle_expires_at = least(app_now() + make_interval(secs => $2), expires_at)
  FROM due WHERE s.id = due.id`;

/**
 * Moves the idle limit of sessions in use: at most once a minute each, collected off the request's path and written
 * together. What was collected is written at shutdown; a killed process loses its last second, and so does a use in the
 * last second before the limit.
 */
@Injectable()
export class SessionActivity extends WriteBehind<number> {
  private readonly idleSeconds: number;

  constructor(
    private readonly statements: NamedStatements,
    @Inject(ENV) env: Env,
  ) {
    super({ collectMs: 1_000, failure: 'The use of sessions could not be noted.' });
    this.idleSeconds = env.SESSION_IDLE_SECONDS;
  }

  /** Notes that a session was used. Returns at once; of a use that can't be written, the limit stays where it was. */
  note(sessionId: number): void {
    this.leave(sessionId, sessionId);
  }

  protected override write(ids: readonly number[]): Promise<unknown> {
    return this.statements.query('note-sessions', NOTE, [ids, this.idleSeconds]);
  }
}
