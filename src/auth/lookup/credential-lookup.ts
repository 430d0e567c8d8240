import { Injectable } from '@nestjs/common';
import type { AccessLevel } from '../../access/access-level.js';
import { endOf, statusOf } from '../../api-access-keys/key-status.js';
import { NamedStatements } from '../../database/named-statements.js';
import { grouped, LARGEST_GROUP } from '../../common/grouped.js';
import { MEMBERSHIP_COLUMNS, membershipJoin, type MembershipRow } from './membership-join.js';

/** What a credential's statement is asked for: the credential's identifier and the organization of the path, if any. */
interface Wanted<Identifier> {
  readonly id: Identifier;
  readonly org: number | undefined;
}

/** A column costs every request a fraction of a microsecond, so there are no more than the strategies use. */
export interface AccessKeyRow extends MembershipRow {
  n: number;
  id: number;
  /** Of a key that was imported and never used: none yet, but the hash that it came with. */
  digest: Buffer | null;
  imported_hash: string | null;
  access_level: AccessLevel;
  admin: boolean;
  organization_id: number | null;
  /** The earlier of its expiry and the end of its grace. */
  expires_at: Date | null;
  /** Why it opens nothing; `null`: it does. */
  problem: 'revoked' | 'expired' | 'suspended' | 'user_inactive' | 'not_a_member' | null;
  /** Ends within the time in which answers warn of it. */
  ending: boolean;
  /** The prefix of the key that it was rotated to. */
  superseded_by: string | null;
  /** A successor that wasn't used yet: its first use starts the clock of the key that it replaces. */
  unconfirmed: boolean;
  /** Now, if its last use was noted a minute ago or earlier: api-access-keys/key-last-use.ts. */
  used_at: Date | null;
}

export interface SessionRow extends MembershipRow {
  n: number;
  id: number;
  is_active: boolean;
  expires_at: Date;
  ended: boolean;
  /** Its last use was noted a minute ago or earlier: auth/sessions/session-activity.ts. */
  unseen: boolean;
}

export interface FamilyRow extends MembershipRow {
  n: number;
  id: number;
  is_active: boolean;
  ended: boolean;
  now: Date;
}

/**
 * Always true, and what keeps PostgreSQL from planning a statement anew each time, which takes several times as long as
 * running it. A plan made once must look no dearer than one made for the values at hand: PostgreSQL reckons with ten rows
 * of an array that it doesn't know and with one of an array of one, but of either with no more than one row within a range.
 */
const PLANNED_ONCE = `WHERE w.n BETWEEN 1 AND ${LARGEST_GROUP}`;

export const ACCESS_KEY = `
  SELECT w.n::int, k.id, k.digest, k.imported_hash, k.access_level, k.admin, k.organization_id,
    ${endOf('k')} AS expires_at,
    CASE
      WHEN ${statusOf('k')} NOT IN ('active', 'superseded') THEN ${statusOf('k')}
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN k.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM members home
        WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id AND home.status = 'active'
      ) THEN 'not_a_member'
    END AS problem,
    coalesce(${endOf('k')} <= app_now() + interval '14 days', false) AS ending,
    successor.prefix AS superseded_by,
    k.replaces_id IS NOT NULL AND EXISTS (
      SELECT FROM access_keys replaced
      WHERE replaced.id = k.replaces_id AND replaced.replaced_by_id = k.id AND replaced.retires_at IS NULL
    ) AS unconfirmed,
    CASE WHEN k.last_used_at > app_now() - interval '1 minute' THEN NULL ELSE app_now() END AS used_at,
    ${MEMBERSHIP_COLUMNS}
  FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS w(id, org, n)
  JOIN access_keys k ON k.prefix = w.id
  JOIN users u ON u.id = k.user_id
  LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id
  ${membershipJoin('k.organization_id = o.id OR (k.organization_id IS NULL AND o.allow_user_wide_keys)')}
  ${PLANNED_ONCE}`;

const SESSION = `
  SELECT w.n::int, s.id, u.is_active, s.expires_at,
    s.ended_at IS NOT NULL OR s.expires_at <= app_now() OR s.idle_expires_at <= app_now()
      OR s.auth_epoch <> u.auth_epoch AS ended,
    s.last_seen_at <= app_now() - interval '1 minute' AS unseen,
    ${MEMBERSHIP_COLUMNS}
  FROM unnest($1::bytea[], $2::int[]) WITH ORDINALITY AS w(id, org, n)
  JOIN sessions s ON s.digest = w.id
  JOIN users u ON u.id = s.user_id
  ${membershipJoin()}
  ${PLANNED_ONCE}`;

const FAMILY = `
  SELECT w.n::int, f.id, u.is_active, app_now() AS now,
    f.ended_at IS NOT NULL OR f.expires_at <= app_now() OR f.auth_epoch <> u.auth_epoch AS ended,
    ${MEMBERSHIP_COLUMNS}
  FROM unnest($1::int[], $2::int[]) WITH ORDINALITY AS w(id, org, n)
  JOIN token_families f ON f.id = w.id
  JOIN users u ON u.id = f.user_id
  ${membershipJoin()}
  ${PLANNED_ONCE}`;

/**
 * Reads what the database knows of a presented credential, in one round trip that requests waiting at the same moment
 * share. Every answer is of committed state; nothing is cached. Identifiers must have been checked for their form, so
 * that one bad value can't fail a whole group. Errors: the database's own, which become 503.
 */
@Injectable()
export class CredentialLookup {
  constructor(private readonly statements: NamedStatements) {}

  readonly accessKey = this.lookup<string, AccessKeyRow>('access-key', ACCESS_KEY);
  readonly session = this.lookup<Buffer, SessionRow>('session', SESSION);
  readonly family = this.lookup<number, FamilyRow>('family', FAMILY);

  private lookup<Identifier, Row extends { n: number }>(
    name: string,
    sql: string,
  ): (id: Identifier, org: number | undefined) => Promise<Row | undefined> {
    const load = grouped<Wanted<Identifier>, Row>(async (wanted) => {
      const ids = wanted.map(({ id }) => id);
      const orgs = wanted.map(({ org }) => org ?? null);
      const rows = await this.statements.query<Row>(`lookup-${name}`, sql, [ids, orgs]);
      const found = new Map(rows.map((row) => [row.n, row]));
      return wanted.map((_, index) => found.get(index + 1));
    });
    return (id, org) => load({ id, org });
  }
}
