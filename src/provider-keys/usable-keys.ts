import { Injectable } from '@nestjs/common';
import type { KeyType } from '../access/key-types.js';
import type { Membership } from '../access/principal.js';
import { RefusalLog } from '../audit/refusals/refusal-log.js';
import { TamperedSeal, UnknownSealingKey } from '../common/crypto/secret-box.js';
import { Conflict, NotFound, ServiceUnavailable } from '../common/errors.js';
import { grouped, PLANNED_ONCE } from '../common/grouped.js';
import { NamedStatements } from '../database/named-statements.js';
import type { OpenedSecret } from './opened-secret.js';
import { ProviderSecrets } from './provider-secrets.js';
import type { ProviderSettings } from './provider-settings.js';

/** A provider key that a call may be made with, opened for this one call. */
export interface UsableKey {
  readonly id: number;
  readonly keyType: KeyType;
  readonly settings: ProviderSettings;
  readonly secret: OpenedSecret;
  readonly secretVersion: number;
}

interface Row {
  id: number;
  key_type: KeyType;
  settings: ProviderSettings;
  sealed_secret: string;
  sealing_kid: string;
  secret_version: number;
  enabled: boolean;
}

const COLUMNS = 'id, key_type, settings, sealed_secret, sealing_kid, secret_version, enabled';

/** Which key a call is to be made with; no id: the preferred one. */
interface Wanted {
  readonly organizationId: number;
  readonly keyType: KeyType;
  readonly id: number | null;
}

/** Organization, type and `enabled` in the one statement that brings the secret: no key can be another's (security J8). */
const FOR_CALLS = `
  SELECT w.n::integer, k.* FROM unnest($1::integer[], $2::text[], $3::integer[]) WITH ORDINALITY AS w(org, type, wanted, n)
  JOIN LATERAL (
    SELECT ${COLUMNS} FROM provider_keys
    WHERE organization_id = w.org AND key_type = w.type AND enabled
      AND CASE WHEN w.wanted IS NULL THEN preferred ELSE id = w.wanted END
  ) k ON true
  ${PLANNED_ONCE}`;

const BY_ID = `SELECT ${COLUMNS} FROM provider_keys WHERE organization_id = $1 AND id = $2`;

const PREFERRED = `
  SELECT key_type, settings FROM provider_keys WHERE organization_id = $1 AND enabled AND preferred`;

/**
 * The keys that an organization's calls are made with. Errors of all: Conflict `key_unreadable` for a sealed secret that
 * was tampered with, which is audited; ServiceUnavailable when this process lacks the key that seals it.
 */
@Injectable()
export class UsableKeys {
  constructor(
    private readonly statements: NamedStatements,
    private readonly secrets: ProviderSecrets,
    private readonly refusals: RefusalLog,
  ) {}

  /** The preferred enabled key of a type, or the enabled one with this id. Errors: Conflict `no_enabled_key`. */
  async forCall(member: Membership, keyType: KeyType, id?: number): Promise<UsableKey> {
    const row = await this.wanted({ organizationId: member.organizationId, keyType, id: id ?? null });
    if (!row) throw noEnabledKey();
    return this.opened(member, row);
  }

  /** One statement for all calls that wait at the same moment. */
  private readonly wanted = grouped<Wanted, Row>(async (wanted) => {
    const rows = await this.statements.query<Row & { n: number }>('usable-keys', FOR_CALLS, [
      wanted.map(({ organizationId }) => organizationId),
      wanted.map(({ keyType }) => keyType),
      wanted.map(({ id }) => id),
    ]);
    const found = new Map(rows.map((row) => [row.n, row]));
    return wanted.map((_, index) => found.get(index + 1));
  });

  /** The types that calls can be made to without naming a key, and what the key of each opens. */
  async preferred({ organizationId }: Membership): Promise<Map<KeyType, ProviderSettings>> {
    const rows = await this.statements.query<Pick<Row, 'key_type' | 'settings'>>(
      'preferred-keys',
      PREFERRED,
      [organizationId],
    );
    return new Map(rows.map(({ key_type: keyType, settings }) => [keyType, settings]));
  }

  /** One key, whatever its type. Errors: NotFound, Conflict `no_enabled_key`. */
  async get(member: Membership, id: number): Promise<UsableKey> {
    const [row] = await this.statements.query<Row>('usable-key-by-id', BY_ID, [member.organizationId, id]);
    if (!row) throw new NotFound();
    if (!row.enabled) throw noEnabledKey();
    return this.opened(member, row);
  }

  private opened(member: Membership, row: Row): UsableKey {
    const { organizationId, principal: by } = member;
    const { id, key_type: keyType, settings, secret_version: secretVersion } = row;
    const sealed = { sealedSecret: row.sealed_secret, sealingKid: row.sealing_kid };
    try {
      const secret = this.secrets.open({ id, organizationId, keyType, ...sealed });
      return { id, keyType, settings, secret, secretVersion };
    } catch (error) {
      if (error instanceof UnknownSealingKey) throw new ServiceUnavailable(error);
      if (!(error instanceof TamperedSeal)) throw error;
      const subject = { type: 'provider_key', id };
      const action = 'provider_key.unreadable';
      this.refusals.add({ by, action, organizationId, subject, reason: 'tampered_seal' });
      throw new Conflict('key_unreadable', 'The stored key can not be opened any more. Store it again.');
    }
  }
}

/** The refusal of a call that there is no key for. */
export const noEnabledKey = (): Conflict =>
  new Conflict(
    'no_enabled_key',
    'No enabled key of this type is preferred, or the named one is not enabled.',
  );
