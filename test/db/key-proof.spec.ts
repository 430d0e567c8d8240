import { DataSource } from 'typeorm';
import { ApiAccessKey } from '../../src/api-access-keys/access-key.entity.js';
import { ImportedKeys } from '../../src/api-access-keys/imported/imported-keys.js';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { KeyProof } from '../../src/api-access-keys/presented/key-proof.js';
import { isDead, KEY_STATUSES, mustLive, statusOf } from '../../src/api-access-keys/key-status.js';
import { Conflict } from '../../src/common/errors.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { Organization } from '../../src/organizations/organization.entity.js';
import { User } from '../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pbkdf2Key, sha512Key } from '../support/django-keys.js';
import { testEnv } from '../support/env.js';
import { Factory } from '../support/factory.js';

let database: TestDatabase;
let dataSource: DataSource;
let make: Factory;
let proof: KeyProof;
let user: { id: number };

beforeAll(async () => {
  database = await createTestDatabase();
  const options = dataSourceOptions({ url: database.databaseUrl, poolSize: 2 });
  dataSource = await new DataSource({
    ...options,
    entities: [ApiAccessKey, Organization, User],
  }).initialize();
  make = new Factory(database, testEnv());
  proof = new KeyProof(dataSource, new ImportedKeys(new NamedStatements(dataSource)));
  user = await make.user();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function proven(...texts: string[]): Promise<(number | undefined)[]> {
  const ids: (number | undefined)[] = [];
  for await (const id of proof.prove(texts, null)) ids.push(id);
  return ids;
}

describe('Which key a text is (A4)', () => {
  it('is told in order, for the whole key alone: neither a prefix, nor another’s secret, nor nonsense proves anything', async () => {
    const [one, other] = [await make.accessKey(user), await make.accessKey(user)];
    const mixed = `${one.prefix}.${other.key.slice(9)}`;
    const texts = [other.key, newKey().text, one.key, mixed, one.prefix, '', `${one.key}x`, one.key];
    expect(await proven(...texts)).toEqual([
      other.id,
      undefined,
      one.id,
      undefined,
      undefined,
      undefined,
      undefined,
      one.id,
    ]);
    expect(await proven()).toEqual([]);
  });

  it('is told from the keys that the texts name: no others are read', async () => {
    const [named] = [await make.accessKey(user), await make.accessKey(user)];
    const read: number[] = [];
    const reader = { afterLoad: (row: object) => void (row instanceof ApiAccessKey && read.push(row.id)) };
    dataSource.subscribers.push(reader);
    try {
      await proven(named.key, newKey().text, 'nonsense');
    } finally {
      dataSource.subscribers.pop();
    }
    expect(read).toEqual([named.id]);
  });

  it('is told of dead keys as well: who reports a leak holds the whole of it', async () => {
    const { id, key } = await make.accessKey(user);
    await database.query('UPDATE access_keys SET revoked_at = app_now() WHERE id = $1', [id]);
    expect(await proven(key)).toEqual([id]);
  });

  it.each([
    ['SHA-512', sha512Key],
    ['PBKDF2', () => pbkdf2Key(10)],
  ])('is proven by an imported %s, before and after its digest is kept', async (_scheme, imported) => {
    const { id } = await make.accessKey(user);
    const { prefix, key, hashed_key: hash } = imported();
    await database.query(
      `UPDATE access_keys SET prefix = $2, digest = NULL, imported_hash = $3 WHERE id = $1`,
      [id, prefix, hash],
    );
    const wrong = `${prefix}.${'A'.repeat(32)}`;
    expect(await proven(wrong, key, wrong, key)).toEqual([undefined, id, undefined, id]);
    expect(await proven(key, wrong)).toEqual([id, undefined]);
    expect(await database.query('SELECT imported_hash FROM access_keys WHERE id = $1', [id])).toEqual([
      { imported_hash: null },
    ]);
  });
});

describe('What a key is good for', () => {
  const status = async (columns: Record<string, string>): Promise<unknown> => {
    const fields = Object.entries(columns).map(([name, value]) => `'${name}', ${value}`);
    const [row] = await database.query(
      `SELECT ${statusOf('k')} AS status
       FROM jsonb_populate_record(NULL::access_keys, jsonb_build_object(${fields.join(', ')})) AS k`,
    );
    return row?.status;
  };
  const AHEAD = `app_now() + interval '1 second'`;
  const PAST = `app_now() - interval '1 second'`;

  it.each([
    ['active', {}],
    ['active', { expires_at: AHEAD, retires_at: AHEAD }],
    ['revoked', { revoked_at: AHEAD, expires_at: PAST, suspended_at: PAST, replaced_by_id: '1' }],
    ['expired', { expires_at: 'app_now()' }],
    ['expired', { retires_at: 'app_now()', expires_at: AHEAD }],
    ['expired', { expires_at: PAST, suspended_at: PAST, replaced_by_id: '1' }],
    ['suspended', { suspended_at: PAST, replaced_by_id: '1' }],
    ['suspended', { suspended_at: PAST, suspended_until: AHEAD }],
    ['active', { suspended_at: PAST, suspended_until: 'app_now()' }],
    ['superseded', { suspended_at: PAST, suspended_until: PAST, replaced_by_id: '1' }],
    ['superseded', { replaced_by_id: '1', retires_at: AHEAD, grace_seconds: '1' }],
    ['superseded', { replaced_by_id: '1', grace_seconds: '0' }],
    ['expired', { replaced_by_id: '1', retires_at: AHEAD, grace_seconds: '0' }],
  ])('is %s with %j, by the database’s clock', async (expected, columns) => {
    expect(await status(columns)).toBe(expected);
  });

  it('is nothing any more when it is revoked or expired, and only then', () => {
    expect(KEY_STATUSES).toEqual(['revoked', 'expired', 'blocked', 'suspended', 'superseded', 'active']);
    expect(KEY_STATUSES.filter(isDead)).toEqual(['revoked', 'expired']);
    const refusal = (status: (typeof KEY_STATUSES)[number]): unknown => {
      try {
        return mustLive({ status });
      } catch (error) {
        return error;
      }
    };
    const words = { revoked: 'This key was revoked.', expired: 'This key has expired.' };
    for (const status of ['revoked', 'expired'] as const) {
      expect(refusal(status)).toBeInstanceOf(Conflict);
      expect(refusal(status)).toMatchObject({ code: 'key_not_live', message: words[status] });
    }
    for (const live of ['blocked', 'suspended', 'superseded', 'active'] as const)
      expect(refusal(live)).toBeUndefined();
  });
});
