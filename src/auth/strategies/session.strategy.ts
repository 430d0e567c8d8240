import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { isRead } from '../../access/access-level.js';
import { digestOf } from '../../common/crypto/digest.js';
import { AuthenticationFailed } from '../../common/errors.js';
import type { Attempt } from '../presented-credential.js';
import { Csrf } from '../csrf.js';
import { CredentialLookup } from '../lookup/credential-lookup.js';
import { proven, type Proven } from '../lookup/membership-join.js';
import { SESSION_ID } from '../own-cookies.js';
import { SessionActivity } from '../sessions/session-activity.js';

/**
 * The `sessionid` cookie of the web app. The session must be known, alive by the database's clock, and its user active;
 * an unsafe method must also prove that our own page sent it (auth/csrf.ts), for a browser attaches cookies to anybody's.
 */
@Injectable()
export class SessionStrategy extends PassportStrategy(Strategy, 'session') {
  constructor(
    private readonly lookup: CredentialLookup,
    private readonly csrf: Csrf,
    private readonly activity: SessionActivity,
  ) {
    super();
  }

  async validate({
    value: id,
    organizationId: org,
    address,
    method,
    headers,
    origin,
    inspected,
  }: Attempt): Promise<Proven> {
    if (!SESSION_ID.test(id)) throw new AuthenticationFailed('Invalid session.', 'malformed');
    const row = await this.lookup.session(digestOf(id), { org, address });
    if (!row || row.ended || !row.is_active) throw new AuthenticationFailed('Invalid session.', 'ended');
    if (!isRead(method)) this.csrf.check(headers, id);
    if (row.unseen && !inspected) this.activity.note(row.id);
    const credential = { scheme: 'session', sessionId: row.id, expiresAt: row.expires_at } as const;
    return proven({ userId: row.user_id, isStaff: row.is_staff, credential, origin }, row);
  }
}
