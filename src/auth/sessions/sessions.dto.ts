import { ApiProperty } from '@nestjs/swagger';
import { ListQuery, OrderedBy } from '../../common/list.js';
import type { Session } from './session.entity.js';

/** What the list of one's own sessions takes. */
@OrderedBy(['created_at', 'last_seen_at', 'expires_at'])
export class SessionListQuery extends ListQuery {}

/** A live session of the caller. */
export class SessionAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ description: 'Whether this request came through it.' }) current!: boolean;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
  @ApiProperty({ type: String, format: 'date-time', description: 'To the minute.' }) last_seen_at!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) expires_at!: Date;
  @ApiProperty({ type: String, nullable: true }) ip!: string | null;
  @ApiProperty({ type: String, nullable: true }) user_agent!: string | null;
}

/** A session as its user sees it; `currentId`: the one that asks, if one does. */
export function sessionAnswer(session: Session, currentId: number | undefined): SessionAnswer {
  const { id, createdAt, lastSeenAt, expiresAt, ip, userAgent } = session;
  return {
    id,
    current: id === currentId,
    created_at: createdAt,
    last_seen_at: lastSeenAt,
    expires_at: expiresAt,
    ip,
    user_agent: userAgent,
  };
}

/** The token that a write by session repeats in its header. */
export class CsrfAnswer {
  @ApiProperty({ description: 'What the `csrftoken` cookie holds: send it as `X-CSRFToken`.' })
  csrf_token!: string;
}
