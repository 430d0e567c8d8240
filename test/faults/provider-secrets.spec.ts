import { readFileSync, rmSync } from 'node:fs';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { newSealingKey } from '../../src/config/sealing-keys.js';
import { Client } from '../support/client.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { startChild } from '../support/service-process.js';

const TARGET = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

let app: ProviderApp;
let tenant: ProviderTenant;
beforeAll(async () => {
  app = await startProviderApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  app.fakes.reset();
  tenant = await ProviderTenant.make(app);
});
afterEach(() => app.settled());

const call = (id: number) =>
  tenant.owner.api.with({ 'CryptoComply-Provider-Key': String(id) }).get(tenant.path('H', TARGET));

describe('a sealed value that was tampered with (I2, I3, I11)', () => {
  const FLIP = `overlay(sealed_secret placing
    CASE substr(sealed_secret, length(sealed_secret) - 10, 1) WHEN 'A' THEN 'B' ELSE 'A' END
    FROM length(sealed_secret) - 10)`;

  it.each([
    ['swapped with another row’s', 'other.sealed_secret'],
    ['of another organization', 'foreign_.sealed_secret'],
    ['cut', 'left(k.sealed_secret, -4)'],
    ['with a flipped bit', FLIP.replaceAll('sealed_secret', 'k.sealed_secret')],
    ['emptied', `''`],
  ])('%s does not open: 409, audited, no call goes out, and no other row is affected', async (_how, sql) => {
    const victim = await tenant.store('H');
    const other = await tenant.store('H');
    const foreign = await (await ProviderTenant.make(app)).store('H');
    await app.test.database.query(
      `UPDATE provider_keys k SET sealed_secret = ${sql} FROM provider_keys other, provider_keys foreign_
       WHERE k.id = $1 AND other.id = $2 AND foreign_.id = $3`,
      [victim.id, other.id, foreign.id],
    );
    const refused = { status: 409, body: { code: 'key_unreadable' } };
    expect(await call(victim.id)).toMatchObject(refused);
    expect(await tenant.owner.api.post(`${tenant.keys}${victim.id}/check/`)).toMatchObject(refused);
    expect(app.fakes.H.received).toEqual([]);
    expect(await tenant.shown(victim.id)).toMatchObject({ usage_count: 0 });
    expect((await call(other.id)).status).toBe(200);
    await app.test.app.get(RefusalLog).settled();
    const events = await app.test.database.query(
      `SELECT action, subject_id, details FROM audit_events WHERE organization_id = $1 AND action LIKE '%unreadable'`,
      [tenant.org.id],
    );
    const event = { action: 'provider_key.unreadable', subject_id: victim.id };
    expect(events).toEqual(Array(2).fill({ ...event, details: { reason: 'tampered_seal' } }));
    const mended = await tenant.owner.api.put(`${tenant.keys}${victim.id}/`, { key: victim.key });
    expect(mended.status).toBe(200);
    expect((await call(victim.id)).status).toBe(200);
  });

  it('a type that was changed in the database does not lead the secret to another provider', async () => {
    const { id } = await tenant.store('H');
    await app.test.database.query(`UPDATE provider_keys SET key_type = 'A' WHERE id = $1`, [id]);
    const answer = await tenant.owner.api.get(tenant.path('A', '/v1/models'));
    expect(answer).toMatchObject({ status: 409, body: { code: 'key_unreadable' } });
    expect(app.fakes.A.received).toEqual([]);
  });

  it('a missing key of the ring is 503, never tampering', async () => {
    const { kid, key } = newSealingKey();
    const keys = { ...app.test.env.SEALING_KEYS.keys, [kid]: key };
    const second = await app.test.another({ SEALING_KEYS: JSON.stringify({ writer: kid, keys }) });
    const owner = tenant.owner.api.at(second.url);
    const secret = 'canary-sealed-under-the-new-key';
    app.fakes.H.goodKeys.add(secret);
    const stored = await owner.post(tenant.keys, { key_type: 'H', key: secret });
    expect(await call(stored.body.id)).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    expect((await owner.get(tenant.path('H', TARGET))).status).toBe(200);
    await app.settled();
    await app.test.database.query('DELETE FROM provider_calls WHERE provider_key_id = $1', [stored.body.id]);
    await app.test.database.query('DELETE FROM provider_keys WHERE id = $1', [stored.body.id]);
    await second.close();
  });
});

it('nothing of a secret stays in memory after the calls (I9)', async () => {
  const child = startChild('heap-child.mjs', app.test);
  const url = (await child.nextLine()) ?? '';
  const { key: credential } = await app.test.make.accessKey(tenant.owner);
  const api = new Client(url).as({ key: credential });
  const types = ['H', 'T', 'A', 'W'] as const; // a header, Basic, Bearer, a signature
  const secrets: string[] = [];
  for (const type of types) {
    const { id, key } = await tenant.store(type, { good: true });
    const replaced = `${type === 'W' ? 'b16b00b5-0000-4000-8000-000000000000:' : ''}canary-kept-${type}-${key.slice(-20)}`;
    app.fakes.byType[type].goodKeys.add(replaced);
    expect((await api.put(`${tenant.keys}${id}/`, { key: replaced })).status).toBe(200); // it comes by HTTP, and leaves
    secrets.push(replaced.split(':').at(-1) ?? '');
    for (let n = 0; n < 5; n += 1)
      expect((await api.post(`${tenant.keys}${id}/check/`)).body.outcome).toBe('ok');
  }
  for (const type of types) {
    // connections keep what they sent last: now that is another key's
    const { id } = await tenant.store(type, { preferred: true });
    expect((await api.post(`${tenant.keys}${id}/check/`)).body.outcome).toBe('ok');
  }
  child.signal('SIGUSR2');
  const file = (await child.nextLine()) ?? '';
  const snapshot = readFileSync(file, 'latin1');
  rmSync(file);
  await child.kill();
  expect(snapshot).toContain('KeyRingCheck'); // it is a snapshot of the service
  for (const form of secrets.flatMap(formsInMemory)) expect(snapshot.split(form).length - 1).toBe(0);
}, 120_000);

/** A secret as it could be kept: as it came, as Basic credentials carry it, and otherwise encoded. */
function formsInMemory(secret: string): string[] {
  const encoded = (text: string): string[] =>
    (['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(text).toString(form));
  return [secret, ...encoded(secret), ...encoded(`${secret}:${secret}`)];
}
