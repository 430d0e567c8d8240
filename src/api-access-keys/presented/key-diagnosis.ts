import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AccessLevel } from '../../access/access-level.js';
import type { Actor } from '../../access/principal.js';
import type { ReachableOrganizationAnswer } from '../../organizations/organizations.dto.js';
import { KeyProof } from './key-proof.js';
import { KEY_STATUSES, type KeyStatus, statusOf } from '../key-status.js';

/**
 * What can be wrong with a key, besides its own status: the user it acts as, that user's place, or where it is asked from.
 */
export const DIAGNOSES = [
  'unknown',
  ...KEY_STATUSES,
  'user_inactive',
  'not_a_member',
  'address_not_allowed',
  'organization_address_not_allowed',
] as const;

/** What is known of a key that somebody presented. */
export interface Diagnosis {
  readonly status: (typeof DIAGNOSES)[number];
  readonly accessLevel: AccessLevel;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Where it works at this moment; none unless it works at all. */
  readonly organizations: ReachableOrganizationAnswer[];
}

interface Row {
  readonly status: KeyStatus;
  readonly problem: Exclude<Diagnosis['status'], 'unknown'> | null;
  readonly access_level: AccessLevel;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly organizations: ReachableOrganizationAnswer[];
}

const DIAGNOSE = `
  SELECT ${statusOf('k')} AS status,
    coalesce(c.problem, address_problem($2, c.allowed_networks, c.home_networks)) AS problem, k.access_level, c.ends_at AS expires_at, k.revoked_at,
    (SELECT coalesce(json_agg(json_build_object('id', m.organization_id, 'name', m.organization_name, 'role', m.role_name)
        ORDER BY m.organization_id), '[]')
      FROM memberships m
      WHERE m.user_id = k.user_id AND m.live AND address_allowed($2, m.allowed_networks)
        AND access_key_reaches(k.organization_id, m.organization_id, m.allow_user_wide_keys)
    ) AS organizations
  FROM access_keys k JOIN access_key_credentials c ON c.id = k.id WHERE k.id = $1`;

/** Tells whoever holds a whole key why it works, from where they are, or doesn't, which a 401 never does. */
@Injectable()
export class KeyDiagnosis {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proof: KeyProof,
  ) {}

  /** `null`: no key of ours, or a wrong secret; the two can't be told apart. */
  async diagnose(by: Actor, text: string): Promise<Diagnosis | null> {
    const { value: id } = await this.proof.prove([text], by.origin.ip).next();
    if (typeof id !== 'number') return null;
    const [row] = await this.dataSource.query<Row[]>(DIAGNOSE, [id, by.origin.ip]);
    if (!row) return null;
    return {
      status: row.problem ?? row.status,
      accessLevel: row.access_level,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      organizations: row.problem === null ? row.organizations : [],
    };
  }
}
