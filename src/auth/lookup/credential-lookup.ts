import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import type { AccessLevel } from '../../access/access-level.js';
import { NamedStatements } from '../../database/named-statements.js';
import { grouped, LARGEST_GROUP, PLANNED_ONCE } from '../../common/grouped.js';
import { MetricRegistry } from '../../common/metric-registry.js';
import { membershipColumns, membershipJoin, type MembershipRow } from './membership-join.js';

/** What of a request decides what a credential opens: the organization of the path, if any, and the address that it comes from. */
export interface RequestContext {
  readonly org: number | undefined;
  /** In one form (common/addresses.ts); `null`: not known. */
  readonly address: string | null;
}

/** What a credential's statement is asked for. */
interface Wanted<Identifier> extends RequestContext {
  readonly id: Identifier;
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
  problem:
    | 'revoked'
    | 'expired'
    | 'blocked'
    | 'suspended'
    | 'user_inactive'
    | 'not_a_member'
    | 'address_not_allowed'
    | 'organization_address_not_allowed'
    | null;
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

export const ACCESS_KEY = `
  SELECT w.n::int, k.id, k.digest, k.imported_hash, k.access_level, k.admin, k.organization_id,
    k.ends_at AS expires_at,
    coalesce(k.problem, address_problem(w.address, k.allowed_networks, k.home_networks)) AS problem,
    coalesce(k.ends_at <= app_now() + interval '14 days', false) AS ending,
    k.superseded_by, k.unconfirmed,
    CASE WHEN k.last_used_at > app_now() - interval '1 minute' THEN NULL ELSE app_now() END AS used_at,
    ${membershipColumns('k')}
  FROM unnest($1::text[], $2::int[], $3::inet[]) WITH ORDINALITY AS w(id, org, address, n)
  JOIN access_key_credentials k ON k.prefix = w.id
  ${membershipJoin('k', 'access_key_reaches(k.organization_id, organization_id, allow_user_wide_keys)')}
  ${PLANNED_ONCE}`;

const SESSION = `
  SELECT w.n::int, s.id, s.is_active, s.expires_at, s.ended,
    s.last_seen_at <= app_now() - interval '1 minute' AS unseen,
    ${membershipColumns('s')}
  FROM unnest($1::bytea[], $2::int[], $3::inet[]) WITH ORDINALITY AS w(id, org, address, n)
  JOIN session_credentials s ON s.digest = w.id
  ${membershipJoin('s')}
  ${PLANNED_ONCE}`;

const FAMILY = `
  SELECT w.n::int, f.id, f.is_active, app_now() AS now, f.ended,
    ${membershipColumns('f')}
  FROM unnest($1::int[], $2::int[], $3::inet[]) WITH ORDINALITY AS w(id, org, address, n)
  JOIN token_family_credentials f ON f.id = w.id
  ${membershipJoin('f')}
  ${PLANNED_ONCE}`;

/**
 * Reads what the database knows of a presented credential, in one round trip that requests waiting at the same moment
 * share. Every answer is of committed state; nothing is cached. Identifiers must have been checked for their form, so
 * that one bad value can't fail a whole group. Errors: the database's own, which become 503.
 */
@Injectable()
export class CredentialLookup {
  private readonly groupSizes: Histogram;

  constructor(
    private readonly statements: NamedStatements,
    registry: MetricRegistry,
  ) {
    this.groupSizes = new Histogram({
      name: 'lookup_group_size',
      help: 'Credentials that one look-up statement asked for: the busier the service, the larger.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, LARGEST_GROUP],
      registers: [registry],
    });
  }

  readonly accessKey = this.lookup<string, AccessKeyRow>('access-key', ACCESS_KEY);
  readonly session = this.lookup<Buffer, SessionRow>('session', SESSION);
  readonly family = this.lookup<number, FamilyRow>('family', FAMILY);

  private lookup<Identifier, Row extends { n: number }>(
    name: string,
    sql: string,
  ): (id: Identifier, context: RequestContext) => Promise<Row | undefined> {
    const load = grouped<Wanted<Identifier>, Row>(async (wanted) => {
      this.groupSizes.observe(wanted.length);
      const ids = wanted.map(({ id }) => id);
      const orgs = wanted.map(({ org }) => org ?? null);
      const addresses = wanted.map(({ address }) => address);
      const rows = await this.statements.query<Row>(`lookup-${name}`, sql, [ids, orgs, addresses]);
      const found = new Map(rows.map((row) => [row.n, row]));
      return wanted.map((_, index) => found.get(index + 1));
    });
    return (id, { org, address }) => load({ id, org, address });
  }
}
