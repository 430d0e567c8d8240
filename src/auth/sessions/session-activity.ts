import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { NamedStatements } from '../../database/named-statements.js';

/** Narrow and conditional: it can't revive a session that ended meanwhile, and many instances write once a minute. */
const NOTE = `
  UPDATE sessions
  SET last_seen_at = app_now(), idle_expires_at = least(app_now() + make_interval(secs => $2), expires_at)
  WHERE id = $1 AND ended_at IS NULL AND idle_expires_at > app_now()
    AND last_seen_at <= app_now() - interval '1 minute'`;

/** Moves the idle limit of sessions in use: at most once a minute each, and off the path of the request. */
@Injectable()
export class SessionActivity implements OnApplicationShutdown {
  private readonly logger = new Logger('SessionActivity');
  private readonly idleSeconds: number;
  private readonly underWay = new Map<number, Promise<void>>();

  constructor(
    private readonly statements: NamedStatements,
    @Inject(ENV) env: Env,
  ) {
    this.idleSeconds = env.SESSION_IDLE_SECONDS;
  }

  /** Notes that a session was used. Returns at once; a failure costs nothing but a minute of its idle limit. */
  note(sessionId: number): void {
    if (this.underWay.has(sessionId)) return;
    const write = this.statements
      .query('note-session', NOTE, [sessionId, this.idleSeconds])
      .then(
        () => undefined,
        (error: unknown) =>
          this.logger.warn({ msg: 'The use of a session could not be noted.', cause: String(error) }),
      )
      .finally(() => this.underWay.delete(sessionId));
    this.underWay.set(sessionId, write);
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  onApplicationShutdown(): Promise<void> {
    return this.settled();
  }
}
