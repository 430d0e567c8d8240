import type { SecretBox } from '../../src/common/crypto/secret-box.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { type SealedIn, ProviderSecrets } from '../../src/provider-keys/provider-secrets.js';
import { rememberSecret } from './canary.js';
import type { TestDatabase } from './database.js';

/** Puts `count` provider keys of one organization into the database; gives the secret of each by its id. */
export async function makeSealedRows(
  database: TestDatabase,
  box: SecretBox,
  organization: { id: number },
  count: number,
): Promise<Map<number, string>> {
  const secrets = new Map<number, string>();
  const ids = await database.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('provider_keys', 'id'))::integer AS id FROM generate_series(1, $1)`,
    [count],
  );
  const rows = await Promise.all(
    ids.map(async ({ id }) => {
      const secret = `canary-${randomText(24)}`;
      rememberSecret(secret);
      secrets.set(id, secret);
      const row: SealedIn = { id, organizationId: organization.id, keyType: 'H' };
      return { id, ...(await new ProviderSecrets(box).seal(row, secret)) };
    }),
  );
  await database.query(
    `INSERT INTO provider_keys (id, organization_id, key_type, name, sealed_secret, sealing_kid, masked_key)
     SELECT r.id, $1, 'H', '', r.text, r.kid, '****************'
     FROM jsonb_to_recordset($2) AS r(id integer, text text, kid text)`,
    [organization.id, JSON.stringify(rows)],
  );
  return secrets;
}

/** The secrets of an organization's keys by id, as far as they open with this box; `undefined` for those that don't. */
export async function openAll(
  database: TestDatabase,
  box: SecretBox,
  organization: { id: number },
): Promise<Map<number, string | undefined>> {
  const rows = await database.query<{ id: number; sealed_secret: string; sealing_kid: string }>(
    'SELECT id, sealed_secret, sealing_kid FROM provider_keys WHERE organization_id = $1 ORDER BY id',
    [organization.id],
  );
  const secrets = new ProviderSecrets(box);
  const opened = rows.map(({ id, sealed_secret: sealedSecret, sealing_kid: sealingKid }) => {
    const row = { id, organizationId: organization.id, keyType: 'H' as const, sealedSecret, sealingKid };
    try {
      return [id, secrets.open(row).reveal()] as const;
    } catch {
      return [id, undefined] as const;
    }
  });
  return new Map(opened);
}
