import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AccessLevel } from '../../access/access-level.js';
import type { Actor } from '../../access/principal.js';
import type { ReachableOrganizationAnswer } from '../../organizations/organizations.dto.js';
import { KeyProof } from './key-proof.js';
import { endOf, KEY_STATUSES, type KeyStatus, statusOf } from '../key-status.js';

/** What can be wrong with a key, besides its own status: the user it acts as, or that user's place. */
export const DIAGNOSES = ['unknown', ...KEY_STATUSES, 'user_inactive', 'not_a_member'] as const;

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
  readonly access_level: AccessLevel;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly is_active: boolean;
  readonly homeless: boolean;
  readonly organizations: ReachableOrganizationAnswer[];
}

const DIAGNOSE = `
  SELECT ${statusOf('k')} AS status, k.access_level, ${endOf('k')} AS expires_at, k.revoked_at, u.is_active,
    k.organization_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM members home
      WHERE home.organization_id = k.organization_id AND home.user_id = k.user_id AND home.status = 'active'
    ) AS homeless,
    (SELECT coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'role', r.name) ORDER BY o.id), '[]')
      FROM members m
      JOIN organizations o ON o.id = m.organization_id AND o.disabled_at IS NULL
        AND (k.organization_id = o.id OR k.organization_id IS NULL AND o.allow_user_wide_keys)
      JOIN roles r ON r.id = m.role_id
      WHERE m.user_id = k.user_id AND m.status = 'active'
    ) AS organizations
  FROM access_keys k JOIN users u ON u.id = k.user_id WHERE k.id = $1`;

/** Tells whoever holds a whole key why it works or doesn't, which a 401 never does. */
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
    const [row] = await this.dataSource.query<Row[]>(DIAGNOSE, [id]);
    if (!row) return null;
    const status = diagnosisOf(row);
    const works = status === 'active' || status === 'superseded';
    return {
      status,
      accessLevel: row.access_level,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      organizations: works ? row.organizations : [],
    };
  }
}

/** In the order in which authentication judges: auth/strategies/api-key.strategy.ts. */
function diagnosisOf({ status, is_active, homeless }: Row): Diagnosis['status'] {
  if (status !== 'active' && status !== 'superseded') return status;
  if (!is_active) return 'user_inactive';
  return homeless ? 'not_a_member' : status;
}
