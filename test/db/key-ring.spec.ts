import { SecretBox } from '../../src/common/crypto/secret-box.js';
import { newSealingKey, newSealingKeys, type SealingKeys } from '../../src/config/sealing-keys.js';
import { KeyRingRotation, WriterNotIntroduced } from '../../src/provider-keys/key-ring-rotation.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makeSealedRows, openAll } from '../support/sealed-rows.js';

let test: TestApp;
let org: { id: number };
let ring: SealingKeys;
beforeEach(async () => {
  test = await startTestApp();
  org = await test.make.org();
  ring = test.env.SEALING_KEYS;
});
afterEach(() => test.close());

const withRing = (keys: SealingKeys): { SEALING_KEYS: string } => ({ SEALING_KEYS: JSON.stringify(keys) });
const startOf = (keys: SealingKeys): Promise<string> =>
  test.another(withRing(keys)).then(
    (started) => started.close().then(() => 'started'),
    (error: Error) => `${error.name}: ${error.message}`,
  );
const canaries = (): Promise<object[]> => test.database.query('SELECT * FROM sealing_canaries ORDER BY kid');

it('another ring does not start, even before there is a secret, and nothing is written (I10)', async () => {
  const before = await canaries();
  expect(before).toHaveLength(1);
  expect(await startOf(newSealingKeys())).toMatch(/^WrongKeyRing: .*none of its keys/);
  expect(await canaries()).toEqual(before);
});

it('a ring with another key under the same name does not start', async () => {
  const { key } = newSealingKey();
  expect(await startOf({ ...ring, keys: { [ring.writer]: key } })).toMatch(/^WrongKeyRing: .*another one/);
});

it('a ring that lacks a key which seals something does not start; with it as a reader, it does', async () => {
  await makeSealedRows(test.database, new SecretBox(ring), org, 1);
  const { kid, key } = newSealingKey();
  const both = { writer: kid, keys: { ...ring.keys, [kid]: key } };
  expect(await startOf(both)).toBe('started');
  expect(await startOf({ writer: kid, keys: { [kid]: key } })).toContain(`lacks the key "${ring.writer}"`);
});

it('/readyz tells of the key ring', async () => {
  expect(await test.api.get('/readyz')).toMatchObject({ status: 200, body: { key_ring: 'ok' } });
  await makeSealedRows(test.database, new SecretBox(newSealingKeys()), org, 1);
  expect(await test.api.get('/readyz')).toMatchObject({
    status: 503,
    body: { status: 'not_ready', database: 'ok', key_ring: 'wrong' },
  });
});

describe('rotation', () => {
  const rotationOf = ({ app }: TestApp): KeyRingRotation => app.get(KeyRingRotation, { strict: false });

  it('waits until services were started with the new key, then seals every row with it, and attests it', async () => {
    const secrets = await makeSealedRows(test.database, new SecretBox(ring), org, 450);
    const { kid, key } = newSealingKey();
    const next = { writer: kid, keys: { ...ring.keys, [kid]: key } };
    expect(await rotationOf(test).status()).toMatchObject({ underOldKeys: 0, rows: { [ring.writer]: 450 } });

    const service = await test.another(withRing(next));
    const { rows, underOldKeys } = await rotationOf(service).status();
    expect({ rows, underOldKeys }).toEqual({ rows: { [ring.writer]: 450 }, underOldKeys: 450 });
    expect(await rotationOf(service).run()).toEqual({ writer: kid, resealed: 450, unreadable: [] });
    expect(await rotationOf(service).status()).toEqual({
      writer: kid,
      keys: [...Object.keys(ring.keys), kid],
      rows: { [kid]: 450 },
      underOldKeys: 0,
      unreadable: [],
    });
    expect(await openAll(test.database, new SecretBox(next), org)).toEqual(secrets);
    expect(await rotationOf(service).run()).toMatchObject({ resealed: 0 });
    const events = await test.database.query(
      `SELECT details, actor_credential FROM audit_events WHERE action = 'key_ring.rotated' ORDER BY id`,
    );
    expect(events[0]).toEqual({
      details: { writer: kid, resealed: 450, unreadable: [] },
      actor_credential: 'cli',
    });
    await service.close();
  });

  it('refuses a writer that no service has seen', async () => {
    const { kid, key } = newSealingKey();
    const service = await test.another(withRing({ writer: kid, keys: { ...ring.keys, [kid]: key } }));
    await test.database.query('DELETE FROM sealing_canaries WHERE kid = $1', [kid]);
    await expect(rotationOf(service).run()).rejects.toBeInstanceOf(WriterNotIntroduced);
    await service.close();
  });

  it('leaves a row that does not open exactly as it is, tells of it, and goes on (I11)', async () => {
    const secrets = await makeSealedRows(test.database, new SecretBox(ring), org, 3);
    const [swapped = 0, other = 0] = secrets.keys();
    await test.database.query(
      `UPDATE provider_keys SET sealed_secret = (SELECT sealed_secret FROM provider_keys WHERE id = $2) WHERE id = $1`,
      [swapped, other],
    );
    const sealed = (): Promise<object[]> =>
      test.database.query('SELECT sealed_secret, sealing_kid FROM provider_keys WHERE id = $1', [swapped]);
    const before = await sealed();
    const { kid, key } = newSealingKey();
    const service = await test.another(withRing({ writer: kid, keys: { ...ring.keys, [kid]: key } }));
    expect(await rotationOf(service).run()).toEqual({ writer: kid, resealed: 2, unreadable: [swapped] });
    expect(await sealed()).toEqual(before);
    expect(await rotationOf(service).status()).toMatchObject({ underOldKeys: 1, unreadable: [swapped] });
    const newAlone = new SecretBox({ writer: kid, keys: { [kid]: key } });
    const opened = new Map<number, string | undefined>(secrets).set(swapped, undefined);
    expect(await openAll(test.database, newAlone, org)).toEqual(opened);
    await service.close();
  });
});
