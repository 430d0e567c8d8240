import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Actor, Principal } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asOwner, unjudged } from '../../acts/authority.js';
import { digestOf } from '../../common/crypto/digest.js';
import { randomText } from '../../common/crypto/random-text.js';
import { NotFound } from '../../common/errors.js';
import { listPage, type Page } from '../../common/list.js';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LogInBody } from '../../users/log-in.dto.js';
import type { User } from '../../users/user.entity.js';
import type { MeAnswer } from '../accounts/me.dto.js';
import { MeService } from '../accounts/me.service.js';
import { Session } from './session.entity.js';
import { type SessionAnswer, sessionAnswer, type SessionListQuery } from './sessions.dto.js';

/** 43 letters and digits: 256 bits (ASVS 7.2.3 asks for 128). */
const SECRET_LENGTH = 43;

/** A session that was just opened: the id for its cookie, told once, and who is in it. */
interface OpenedSession {
  readonly secret: string;
  readonly answer: MeAnswer;
}

const OPEN = `
  INSERT INTO sessions (digest, user_id, auth_epoch, idle_expires_at, expires_at, ip, user_agent)
  SELECT $1, id, auth_epoch, least(app_now() + make_interval(secs => $4), app_now() + make_interval(secs => $5)),
    app_now() + make_interval(secs => $5), $6, $7
  FROM active_users WHERE id = $2 AND auth_epoch = $3
  RETURNING id, expires_at`;

/** Sessions of the web app: opened by logging in, ended by logging out, from a list, or by a limit. */
@Injectable()
export class SessionsService {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly accounts: AccountsService,
    private readonly me: MeService,
    private readonly acts: Acts,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Opens a session under a new id; the session that the browser had before, `previous`, ends (ASVS 7.2.4). Errors:
   * NoActiveAccount, Throttled.
   */
  async logIn(by: Actor, details: LogInBody, previous: string | undefined): Promise<OpenedSession> {
    const user = await this.accounts.authenticate(by, details);
    const secret = randomText(SECRET_LENGTH);
    const principal = await this.acts.run(unjudged(by, 'a password was proven'), async (act) => {
      const opened = await this.open(act, user, secret);
      if (opened && previous) await end(act, 's.digest = $1', digestOf(previous));
      return opened;
    });
    if (!principal) throw this.accounts.refused(by, 'changed_meanwhile', user);
    return { secret, answer: await this.me.describe(principal) };
  }

  /** Ends the session that the request came through. */
  async logOut(principal: Principal): Promise<void> {
    const { credential } = principal;
    if (credential.scheme !== 'session') return;
    await this.acts.run(unjudged(principal, 'the session ends itself'), (act) =>
      end(act, 's.id = $1', credential.sessionId),
    );
  }

  /** The caller's live sessions. */
  async list({ userId, credential }: Principal, query: SessionListQuery): Promise<Page<SessionAnswer>> {
    const live = this.sessions
      .createQueryBuilder('s')
      .innerJoin('s.user', 'u', 'u.authEpoch = s.authEpoch')
      .where('s.userId = :userId AND s.endedAt IS NULL', { userId })
      .andWhere('s.expiresAt > app_now() AND s.idleExpiresAt > app_now()');
    const page = await listPage(live, query, {
      orderable: { created_at: 's.createdAt', last_seen_at: 's.lastSeenAt', expires_at: 's.expiresAt' },
      defaultOrder: '-last_seen_at',
      tieBreaker: 's.id',
    });
    const current = credential.scheme === 'session' ? credential.sessionId : undefined;
    return page.map((session) => sessionAnswer(session, current));
  }

  /** When a session was opened. */
  async startedAt(id: number): Promise<Date> {
    return (await this.sessions.findOneByOrFail({ id })).createdAt;
  }

  /** Ends one of the caller's live sessions. Errors: NotFound. */
  async endOwn(principal: Principal, id: number): Promise<void> {
    const ended = await this.acts.run(asOwner(principal), async (act) => {
      await act.judge(); // now: it may be the caller's own
      return end(act, 's.user_id = $2 AND s.id = $1', id, principal.userId);
    });
    if (!ended) throw new NotFound();
  }

  /** Ends the caller's live sessions but the one that the request came through, if it came through one. */
  async endOthers(principal: Principal): Promise<void> {
    const { userId, credential } = principal;
    const current = credential.scheme === 'session' ? credential.sessionId : null;
    await this.acts.run(asOwner(principal), async (act) => {
      await act.judge(); // now: two that end each other are one after the other
      await end(act, 's.user_id = $1 AND s.id IS DISTINCT FROM $2::integer', userId, current);
    });
  }

  private async open(
    act: Act,
    { id: userId, authEpoch, isStaff }: User,
    secret: string,
  ): Promise<Principal | undefined> {
    const { SESSION_IDLE_SECONDS: idle, SESSION_LIFETIME_SECONDS: lifetime } = this.env;
    const { ip, userAgent } = act.by.origin;
    const values = [digestOf(secret), userId, authEpoch, idle, lifetime, ip, userAgent];
    const [row] = await act.manager.query<{ id: number; expires_at: Date }[]>(OPEN, values);
    if (!row) return undefined;
    const credential = { scheme: 'session', sessionId: row.id, expiresAt: row.expires_at } as const;
    const principal: Principal = { userId, isStaff, credential, origin: act.by.origin };
    await act.as(principal).record('login.succeeded', { type: 'session', id: row.id, userId });
    return principal;
  }
}

/** Ends the live sessions that `which` selects; tells whether there was one. */
async function end(act: Act, which: string, ...values: unknown[]): Promise<boolean> {
  const [ended] = await act.manager.query<[{ id: number; user_id: number }[], number]>(
    `UPDATE sessions s SET ended_at = app_now() FROM session_credentials c
     WHERE c.id = s.id AND NOT c.ended AND s.ended_at IS NULL AND ${which} RETURNING s.id, s.user_id`,
    values,
  );
  for (const { id, user_id: userId } of ended) {
    await act.record('session.ended', { type: 'session', id, userId });
  }
  return ended.length > 0;
}
