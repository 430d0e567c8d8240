import { OPERATOR } from '../../src/access/principal.js';
import { type ImportReport, KeyImport } from '../../src/api-access-keys/imported/key-import.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { type DjangoKey, pbkdf2Key, sha512Key } from '../support/django-keys.js';
import type { MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { from } from '../support/limits.js';
import { tableSums } from '../support/table-sums.js';

/** So many rounds take long enough that requests sent together meet at the queue. */
const SLOW = 400_000;

let test: TestApp;
let user: MadeUser;
let org: { id: number };
beforeAll(async () => {
  test = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
  org = await test.make.org();
  user = await test.make.member(org, 'Owner');
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const rowOf = ({ prefix, hashed_key }: DjangoKey, over: object = {}) => ({
  prefix,
  hashed_key,
  user_email: user.email,
  access_level: 'full_access',
  name: 'Moved',
  ...over,
});
const importRows = (...rows: unknown[]): Promise<ImportReport> =>
  test.app.get(KeyImport, { strict: false }).importLines(
    OPERATOR,
    rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))),
  );
const imported = async <K extends DjangoKey>(key: K, over?: object): Promise<K> => {
  expect(await importRows(rowOf(key, over))).toMatchObject({ imported: 1, refused: [] });
  return key;
};
const call = (key: string, at = test.api) => at.as({ key }).get('/api/orgs/');
const stored = async ({ prefix }: { prefix: string }) => {
  const [row] = await test.database.query<{
    id: number;
    imported_hash: string | null;
    digest: Buffer | null;
  }>('SELECT id, imported_hash, digest FROM access_keys WHERE prefix = $1', [prefix]);
  return row;
};
const garbage = ({ prefix }: DjangoKey, n: number) => `${prefix}.${String(n).padStart(32, 'x')}`;

describe('an imported key', () => {
  it.each([
    ['sha512$$', sha512Key],
    ['pbkdf2_sha256$', pbkdf2Key],
  ])('works as it did before, and its %s hash is replaced at the first use', async (_name, make) => {
    const key = await imported(make());
    expect(await stored(key)).toMatchObject({ imported_hash: key.hashed_key, digest: null });
    expect((await call(garbage(key, 1))).status).toBe(401);
    expect(await stored(key)).toMatchObject({ imported_hash: key.hashed_key, digest: null });
    expect(await call(key.key)).toMatchObject({ status: 200, body: [{ id: org.id }] });
    const rehashed = await stored(key);
    expect(rehashed).toMatchObject({ imported_hash: null, digest: expect.any(Buffer) as Buffer });
    expect((await call(key.key)).status).toBe(200);
    expect((await call(garbage(key, 1))).status).toBe(401);
    expect(await stored(key)).toEqual(rehashed);
  });

  it('keeps its name, level, reach, age and end; a revoked one stays revoked, in the very bytes of an unknown one', async () => {
    const staff = await callingStaff(test);
    const over = {
      organization: org.id,
      access_level: 'read_only',
      created: '2021-03-04T05:06:07+00:00',
      expires_at: '2090-01-01T00:00:00Z',
    };
    const key = await imported(sha512Key(), over);
    const { body } = await staff.api.get(`/api/admin/access-keys/?prefix=${key.prefix}`);
    expect(body.results).toMatchObject([
      {
        name: 'Moved',
        user: user.id,
        organization: org.id,
        access_level: 'read_only',
        created_at: '2021-03-04T05:06:07.000Z',
        expires_at: '2090-01-01T00:00:00.000Z',
        renewable_until: '2090-01-01T00:00:00.000Z',
        created_by: null,
        issued_via: 'import',
        status: 'active',
        last_used_at: null,
      },
    ]);
    expect((await test.api.as(key).post(`/api/orgs/${org.id}/roles/`, {})).body.code).toBe('read_only_key');
    const revoked = await imported(sha512Key(), { revoked: true });
    const expired = await imported(pbkdf2Key(), { expires_at: '2020-01-01T00:00:00Z' });
    const unknown = await call(`AAAAAAAA.${'A'.repeat(32)}`);
    for (const dead of [revoked, expired]) {
      const answer = await call(dead.key);
      expect([answer.status, answer.text]).toEqual([401, unknown.text]);
    }
  });

  it('is rotated, revoked, diagnosed and reported like any other, before its first use', async () => {
    const staff = await callingStaff(test);
    const rotated = await imported(pbkdf2Key());
    const id = (await stored(rotated))?.id;
    expect((await staff.api.post(`/api/admin/access-keys/${id}/rotate/`, {})).status).toBe(201);
    expect((await call(rotated.key)).status).toBe(200);
    const [asked, leaked] = [await imported(pbkdf2Key()), await imported(pbkdf2Key())];
    const diagnose = (key: string) => test.api.post('/api/auth/access-keys/diagnose/', { key });
    expect((await diagnose(garbage(asked, 1))).body).toEqual({ status: 'unknown' });
    expect((await diagnose(asked.key)).body).toMatchObject({ status: 'active' });
    expect(
      (await test.api.post('/api/auth/access-keys/report-leak/', { keys: [garbage(leaked, 1), leaked.key] }))
        .body,
    ).toEqual({
      results: [
        { index: 0, outcome: 'unknown' },
        { index: 1, outcome: 'revoked' },
      ],
    });
    expect((await call(leaked.key)).status).toBe(401);
  });

  it('revoked while it was being verified is refused: the verification grants nothing by itself', async () => {
    const key = await imported(pbkdf2Key());
    const row = await stored(key);
    const held = await hold(test.database, `SELECT FROM access_keys WHERE id = ${row?.id} FOR UPDATE`);
    const answer = call(key.key); // verified, and waiting to store its digest
    await held.waitedFor();
    await held.finish(`UPDATE access_keys SET revoked_at = app_now() WHERE id = ${row?.id}`);
    expect((await answer).status).toBe(401);
  });
});

describe('slow hashes (T7)', () => {
  it('garbage on unknown prefixes, on keys of ours and on dead imported keys costs no slow hash (T7)', async () => {
    const dead = await imported(pbkdf2Key(SLOW), { revoked: true });
    const ours = await test.make.accessKey(user);
    const texts = Array.from({ length: 40 }, (_, n) => [
      garbage(dead, n),
      `${ours.prefix}.${String(n).padStart(32, 'x')}`,
      `${String(n).padStart(8, 'Z')}.${'x'.repeat(32)}`,
    ]).flat();
    // With a slow hash each, most of them would find the queue full: 503.
    const statuses = await Promise.all(texts.map(async (text) => (await call(text)).status));
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it('a flood of garbage on a public prefix overflows to 503, and neither its owner nor anybody else waits behind it (T7)', async () => {
    const [attacked, other] = [await imported(pbkdf2Key(SLOW)), await imported(pbkdf2Key(SLOW))];
    const flooder = from(test, '198.51.100.1');
    const flood = Array.from({ length: 60 }, (_, n) => call(garbage(attacked, n), flooder));
    const ours = await test.make.accessKey(user);
    const good = await Promise.all([
      call(attacked.key, from(test, '203.0.113.1')),
      call(other.key, from(test, '203.0.113.2')),
      call(ours.key, from(test, '203.0.113.3')),
    ]);
    expect(good.map(({ status }) => status)).toEqual([200, 200, 200]);
    const answers = await Promise.all(flood);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]));
    const refused = answers.find(({ status }) => status === 503);
    expect(refused?.body.code).toBe('service_unavailable');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(attacked.key, flooder)).status).toBe(200);
  });

  it('many first uses of one key at the same time, at two instances, are one verification each and all succeed', async () => {
    const another = await test.another();
    try {
      const key = await imported(pbkdf2Key(SLOW));
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => call(key.key, n % 2 ? test.api : another.api)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await stored(key)).toMatchObject({ imported_hash: null });
    } finally {
      await another.close();
    }
  });
});

describe('cli access-keys import', () => {
  it('takes the good lines, tells of every bad one by line and field, and repeats no hash', async () => {
    const stranger = await test.make.user();
    const taken = await test.make.accessKey(user);
    const [good, later] = [sha512Key(), pbkdf2Key()];
    const report = await importRows(
      rowOf(good),
      '',
      '{"prefix": ',
      [1],
      {},
      rowOf(sha512Key(), { user_email: 'nobody@example.com' }),
      rowOf(sha512Key(), { user_email: stranger.email, organization: org.id }),
      rowOf({ ...sha512Key(), hashed_key: 'argon2$argon2id$v=19$m=102400,t=2,p=8$abc$def' }),
      rowOf({ ...sha512Key(), hashed_key: 'pbkdf2_sha256$9000000$salt$' + 'A'.repeat(43) + '=' }),
      rowOf({ ...sha512Key(), prefix: 'short' }),
      rowOf(sha512Key(), { access_level: 'all', expires_at: '2030-01-01', organization: 999_999 }),
      rowOf({ ...sha512Key(), prefix: taken.prefix }),
      rowOf(later, { user_email: ` ${user.email.toUpperCase()} ` }),
    );
    const hash = ['Only sha512$$ and pbkdf2_sha256$ hashes of djangorestframework-api-key are taken.'];
    const required = ['This field is required.'];
    expect(report).toMatchObject({
      imported: 2,
      already_imported: 0,
      refused: [
        { line: 3, prefix: null, errors: { non_field_errors: ['Not valid JSON in UTF-8.'] } },
        { line: 4, errors: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] } },
        { line: 5, errors: { prefix: required, hashed_key: required, user_email: required, name: required } },
        { line: 6, errors: { user_email: ['There is no user with this e-mail.'] } },
        { line: 7, errors: { organization: ['The user is not a member of this organization.'] } },
        { line: 8, errors: { hashed_key: hash } },
        { line: 9, errors: { hashed_key: hash } },
        { line: 10, errors: { prefix: ['A prefix is eight letters and digits.'] } },
        {
          line: 11,
          errors: { access_level: ['"all" is not a valid choice.'], expires_at: [expect.any(String)] },
        },
        { line: 12, prefix: taken.prefix, errors: { prefix: ['A key with this prefix exists already.'] } },
      ],
    });
    expect(report.refused).toHaveLength(10);
    expect(JSON.stringify(report)).not.toMatch(/argon2id|9000000/);
    for (const { key } of [good, later]) expect((await call(key)).status).toBe(200);
  });

  it('takes more lines than fit into a transaction: each good one with its event, each bad one by its line, and tells how far it is', async () => {
    const keys = Array.from({ length: 1_200 }, () => sha512Key());
    const lines = keys.map((key, n) =>
      JSON.stringify(rowOf(key, n % 400 === 7 ? { user_email: 'nobody@example.com' } : {})),
    );
    const told: unknown[] = [];
    const report = await test.app
      .get(KeyImport, { strict: false })
      .importLines(OPERATOR, lines, (linesRead) => told.push(linesRead));
    expect(report).toMatchObject({ imported: 1_197, already_imported: 0 });
    expect(report.refused.map(({ line }) => line)).toEqual([8, 408, 808]);
    expect(told).toEqual([500, 1_000, 1_200]);
    const [events] = await test.database.query(
      `SELECT count(*)::int AS events, count(DISTINCT e.subject_id)::int AS keys
       FROM access_keys k JOIN audit_events e ON e.action = 'access_key.imported' AND e.subject_id = k.id
         AND e.details ->> 'prefix' = k.prefix
       WHERE k.prefix = ANY($1)`,
      [keys.map(({ prefix }) => prefix)],
    );
    expect(events).toEqual({ events: 1_197, keys: 1_197 });
  });

  it('a rehearsal tells what the import does then, over all its transactions, and changes nothing', async () => {
    const [first, ...others] = Array.from({ length: 600 }, () => sha512Key()) as [DjangoKey, ...DjangoKey[]];
    const stranger = { user_email: 'nobody@example.com' };
    const rows = [
      rowOf(first),
      'no JSON',
      ...others.map((key) => rowOf(key)),
      rowOf(sha512Key(), stranger),
      rowOf(first),
    ];
    const events = () =>
      test.database.query(`SELECT count(*) FROM audit_events WHERE action = 'access_key.imported'`);
    const before = [await tableSums(test.database), await events()];
    const told = await test.app.get(KeyImport, { strict: false }).rehearse(
      OPERATOR,
      rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))),
    );
    expect([await tableSums(test.database), await events()]).toEqual(before);
    expect(told).toMatchObject({ imported: 600, already_imported: 1, refused: [{ line: 2 }, { line: 602 }] });
    expect(await importRows(...rows)).toEqual(told);
  });

  it('a line that names a key again is a repeat, and the first one counts', async () => {
    const key = sha512Key();
    expect(await importRows(rowOf(key, { name: 'First' }), rowOf(key, { name: 'Second' }))).toEqual({
      imported: 1,
      already_imported: 1,
      refused: [],
    });
    const [row] = await test.database.query('SELECT name FROM access_keys WHERE prefix = $1', [key.prefix]);
    expect(row).toEqual({ name: 'First' });
  });

  it('a line that names the key of a refused one again is judged by itself: taken, or refused for its own fault', async () => {
    const stranger = await test.make.user();
    const [key, other] = [sha512Key(), sha512Key()];
    const rows = [
      rowOf(key, { user_email: stranger.email, organization: org.id }),
      rowOf(key, { user_email: 'nobody@example.com' }),
      rowOf(key, { organization: org.id }),
      rowOf(key, { access_level: 'all' }),
      rowOf(key),
      rowOf(other),
    ];
    const told = {
      imported: 2,
      already_imported: 1,
      refused: [
        {
          line: 1,
          prefix: key.prefix,
          errors: { organization: ['The user is not a member of this organization.'] },
        },
        { line: 2, prefix: key.prefix, errors: { user_email: ['There is no user with this e-mail.'] } },
        { line: 4, prefix: key.prefix, errors: { access_level: ['"all" is not a valid choice.'] } },
      ],
    };
    const lines = rows.map((row) => JSON.stringify(row));
    expect(await test.app.get(KeyImport, { strict: false }).rehearse(OPERATOR, lines)).toEqual(told);
    expect(await stored(key)).toBeUndefined();
    expect(await importRows(...rows)).toEqual(told);
    for (const { key: text } of [key, other]) expect((await call(text)).status).toBe(200);
  });

  it('can be repeated: what is here already is left as it is, used or not', async () => {
    const [used, unused] = [sha512Key(), sha512Key()];
    await importRows(rowOf(used), rowOf(unused));
    await call(used.key);
    const before = [await stored(used), await stored(unused)];
    expect(await importRows(rowOf(used), rowOf(unused, { name: 'Other' }))).toEqual({
      imported: 0,
      already_imported: 2,
      refused: [],
    });
    expect([await stored(used), await stored(unused)]).toEqual(before);
  });

  it('each imported key has its audit event, by the operator', async () => {
    const key = await imported(pbkdf2Key(), { organization: org.id });
    const events = await test.database.query(
      `SELECT actor_id, actor_credential, organization_id, user_id, details FROM audit_events
       WHERE action = 'access_key.imported' AND subject_id = $1`,
      [(await stored(key))?.id],
    );
    expect(events).toMatchObject([
      {
        actor_id: null,
        actor_credential: 'cli',
        organization_id: org.id,
        user_id: user.id,
        details: { prefix: key.prefix, name: 'Moved', scheme: 'pbkdf2_sha256', revoked: false },
      },
    ]);
  });
});

describe('an import file', () => {
  it('may begin with a byte order mark, have one where files were joined, and end its lines as Windows does', async () => {
    const keys = [sha512Key(), sha512Key(), sha512Key()];
    const [first, second, third] = keys.map((key) => JSON.stringify(rowOf(key)));
    expect(await importRows(`\uFEFF${first}\r`, `${second}\r`, `\uFEFF${third}`, '\uFEFF')).toMatchObject({
      imported: 3,
      refused: [],
    });
    for (const { key } of keys) expect((await call(key)).status).toBe(200);
  });
});
