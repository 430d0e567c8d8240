import { inspect } from 'node:util';
import { SecretBox, TamperedSeal } from '../../src/common/crypto/secret-box.js';
import { newSealingKey } from '../../src/config/sealing-keys.js';
import { ProviderSecrets, type SealedIn } from '../../src/provider-keys/provider-secrets.js';

const { kid, key } = newSealingKey();
const box = new SecretBox({ writer: kid, keys: { [kid]: key } });
const secrets = new ProviderSecrets(box);
const row: SealedIn = { id: 7, organizationId: 3, keyType: 'H' };

const sealedIn = async (at: SealedIn) => {
  const { text, kid: sealingKid } = await secrets.seal(at, 'the secret');
  return { ...at, sealedSecret: text, sealingKid };
};

it('a secret opens in its row, and nothing that prints it shows it (I9)', async () => {
  const opened = secrets.open(await sealedIn(row));
  expect(opened.reveal()).toBe('the secret');
  for (const printed of [
    String(opened),
    JSON.stringify({ opened }),
    inspect({ opened }),
    `${Object.values(opened)}`,
  ]) {
    expect(printed).not.toContain('the secret');
  }
  expect([String(opened), JSON.stringify(opened), inspect(opened)]).toEqual([
    '[redacted]',
    '"[redacted]"',
    '[redacted]',
  ]);
});

it.each([
  ['row', { id: 8 }],
  ['organization', { organizationId: 4 }],
  ['type', { keyType: 'T' as const }],
])('written to another %s it does not open (I2)', async (_what, moved) => {
  const sealed = await sealedIn(row);
  expect(() => secrets.open({ ...sealed, ...moved })).toThrow(TamperedSeal);
});

it('what is sealed under the same numbers for another table or field does not open here (I2)', async () => {
  const place = { table: 'provider_keys', field: 'sealed_secret', org: 3, row: 7, kind: 'H' };
  const open = async (at: typeof place) => {
    const { text, kid: sealingKid } = await box.seal('the secret', at);
    return secrets.open({ ...row, sealedSecret: text, sealingKid });
  };
  expect((await open(place)).reveal()).toBe('the secret');
  await expect(open({ ...place, table: 'other' })).rejects.toBeInstanceOf(TamperedSeal);
  await expect(open({ ...place, field: 'other' })).rejects.toBeInstanceOf(TamperedSeal);
});
