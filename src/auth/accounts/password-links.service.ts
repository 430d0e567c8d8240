import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KnownPlaces } from '../../access/limits.js';
import { type Actor, madeVia } from '../../access/principal.js';
import { Acts } from '../../acts/acts.js';
import { asStaff, unjudged } from '../../acts/authority.js';
import { holdMaker } from '../../acts/maker.js';
import { digestOf } from '../../common/crypto/digest.js';
import { randomText } from '../../common/crypto/random-text.js';
import { Conflict, InvalidInput, NotFound, PermissionDenied } from '../../common/errors.js';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { publicOrigin } from '../../config/public-origin.js';
import { newPasswordProblems } from '../../users/password-rules.js';
import { PasswordsService } from '../../users/passwords.service.js';
import { holdUserAlone } from '../../users/user-rows.js';

/** Whoever made it is still active staff, or the operator, and the key through which they did, if any, still works. */
const STILL_GOOD = `l.used_at IS NULL AND l.expires_at > app_now() AND made_by_working_credential(l.created_via)
  AND (l.created_via = 'cli' OR EXISTS (SELECT FROM active_users m WHERE m.id = l.created_by_id AND m.is_staff))`;

const LIVE_LINK = `
  SELECT l.id AS link_id, l.created_by_id, l.created_via, u.id, u.email, u.name, u.auth_epoch
  FROM password_links l JOIN active_users u ON u.id = l.user_id AND u.auth_epoch = l.auth_epoch
  WHERE l.digest = $1 AND ${STILL_GOOD}`;

const USE_LINK = `UPDATE password_links l SET used_at = app_now() WHERE l.id = $1 AND ${STILL_GOOD}`;

const TOKEN_LENGTH = 43;
const LIFETIME = '24 hours';

/** A link as its maker gets it, once. */
export interface NewPasswordLink {
  readonly id: number;
  readonly token: string;
  /** The token is in the fragment, which browsers don't send: no access log on the way sees it. */
  readonly url: string;
  readonly expiresAt: Date;
}

interface LiveLink {
  readonly link_id: number;
  readonly created_by_id: number | null;
  readonly created_via: string;
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly auth_epoch: number;
}

/**
 * One-time links with which users choose their password, at the start and after forgetting it. Staff and the command
 * line make them; nobody ever chooses another's password (ASVS 6.4.6).
 */
@Injectable()
export class PasswordLinksService {
  private readonly page: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly passwords: PasswordsService,
    private readonly places: KnownPlaces,
    @Inject(ENV) env: Env,
  ) {
    this.page = `${publicOrigin(env)}/set-password`;
  }

  /**
   * Makes a link for a user that holds for 24 hours, for one use; earlier ones of the same user stop working. Errors:
   * NotFound; Conflict `user_inactive`; PermissionDenied for a user who is staff through a key, which would turn into a
   * session of staff that way.
   */
  create(by: Actor, userId: number): Promise<NewPasswordLink> {
    const token = randomText(TOKEN_LENGTH);
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      const user = await holdUserAlone(manager, userId);
      if (!user) throw new NotFound();
      if (user.isStaff && by.credential?.scheme === 'access_key') {
        throw new PermissionDenied('Password links of staff are made by session or JWT.');
      }
      if (!user.isActive) throw new Conflict('user_inactive', 'This user is deactivated.');
      await manager.query(
        'UPDATE password_links SET expires_at = app_now() WHERE user_id = $1 AND expires_at > app_now()',
        [userId],
      );
      const [link] = await manager.query<[{ id: number; expires_at: Date }]>(
        `INSERT INTO password_links (digest, user_id, auth_epoch, expires_at, created_by_id, created_via)
         VALUES ($1, $2, $3, app_now() + $4::interval, $5, $6) RETURNING id, expires_at`,
        [digestOf(token), userId, user.authEpoch, LIFETIME, by.userId, madeVia(by)],
      );
      await act.record('password_link.created', { type: 'password_link', id: link.id, userId });
      return { id: link.id, token, url: `${this.page}#token=${token}`, expiresAt: link.expires_at };
    });
  }

  /**
   * Chooses a password through a link, which is thereby used up, and ends everything that the user had open. The user can
   * log in from where they did it, whatever others guess meanwhile. Errors:
   * InvalidInput (`token`: unknown, used, expired, or its user is inactive or has a newer password; `new_password`),
   * Throttled.
   */
  async use(by: Actor, token: string, wanted: string): Promise<void> {
    const [link] = await this.dataSource.query<LiveLink[]>(LIVE_LINK, [digestOf(token)]);
    if (!link) throw invalidLink().with(new InvalidInput(await newPasswordProblems(wanted)));
    const { id: userId, auth_epoch: authEpoch, link_id: id } = link;
    const hash = await this.passwords.prepare(wanted, link);
    const owner: Actor = { ...by, userId };
    await this.acts.run(unjudged(owner, 'whoever holds a one-time link may use it'), async (act) => {
      await holdMaker(act.manager, { userId: link.created_by_id, via: link.created_via });
      if (!(await this.passwords.replace(act, { id: userId, authEpoch }, hash))) throw invalidLink();
      const [, used] = await act.manager.query<[unknown, number]>(USE_LINK, [id]);
      if (used === 0) throw invalidLink();
      await act.record('password_link.used', { type: 'password_link', id, userId });
    });
    await this.places.remember(link.email, by.origin.ip);
  }
}

function invalidLink(): InvalidInput {
  return InvalidInput.field('token', 'This link is invalid or has expired.');
}
