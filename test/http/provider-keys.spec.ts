import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember } from '../support/callers.js';
import { randomText } from '../../src/common/crypto/random-text.js';

let test: TestApp;
let org: { id: number };
let owner: Caller;
let keys: string;

beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  org = await test.make.org();
  owner = await callingMember(test, org, 'Owner');
  keys = `/api/orgs/${org.id}/api-keys/`;
});

/** A key of good form, marked, new each time. */
const secretOf = (type = 'H'): string =>
  type === 'T'
    ? randomUUID()
    : type === 'W'
      ? `${randomUUID()}:${randomText(30)}`
      : `canary-${randomText(30)}`;

async function stored(body: Record<string, unknown> = {}) {
  const answer = await owner.api.post(keys, { key_type: 'H', key: secretOf('H'), ...body });
  expect(answer.status).toBe(201);
  return answer.body as Record<string, never> & { id: number };
}

describe('POST', () => {
  it('stores a key and shows its mask, never the key (I8)', async () => {
    const key = secretOf();
    const answer = await owner.api.post(keys, { key_type: 'H', name: ' Screening ', key });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toEqual({
      id: expect.any(Number),
      key_type: 'H',
      name: 'Screening',
      masked_key: `************${key.slice(-4)}`,
      enabled: true,
      preferred: true,
      usage_count: 0,
      last_used_at: null,
      settings: { product: 'sanctions' },
      health: 'unknown',
      warnings: [],
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect(answer.text).not.toContain(key);
  });

  it.each([
    ['a secret of 15 characters', 'H', 'abcdefghijklmno', '****************'],
    ['a secret of 16 characters', 'H', 'abcdefghijklmnop', '************mnop'],
    ['a pair: of its id', 'W', '0a3687c5-6b35-4b0c-9ad3-150900000583:the-secret-half', '************0583'],
    ['a pair with a short id', 'W', 'short:the-long-secret-half-of-it', '****************'],
  ])('masks %s', async (_title, key_type, key, masked_key) => {
    expect(await stored({ key_type, key })).toMatchObject({ masked_key });
  });

  it('tells all that is wrong with secret and settings at once, and nothing of the secret', async () => {
    const key = `canary ${randomText(30)}`;
    const answer = await owner.api.post(keys, { key_type: 'H', key, settings: { product: 'all', x: 'y' } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        key: ['Spaces, control characters and non-ASCII characters are not allowed.'],
        settings: {
          product: ['"all" is not a valid choice.'],
          x: ['Not a setting of Chainalysis keys.'],
        },
      },
    });
    expect(answer.text).not.toContain(key.slice(7));
  });

  it('tells them also beside fields that lack their form, by the type that is named or stored', async () => {
    const key = `canary ${randomText(30)}`;
    const wrong = { key, settings: { project: 'a/b' }, enabled: 'perhaps' };
    const told = {
      key: ['Spaces, control characters and non-ASCII characters are not allowed.'],
      enabled: ['Must be a valid boolean.'],
    };
    const ofChainalysis = { ...told, settings: { project: ['Not a setting of Chainalysis keys.'] } };
    const ofOpenAi = {
      ...told,
      settings: { project: ['Use up to 128 letters, digits, hyphens and underscores.'] },
    };
    const url = `${keys}${(await stored({ key_type: 'A', key: secretOf('A') })).id}/`;
    for (const [answer, errors] of [
      [await owner.api.post(keys, { ...wrong, key_type: 'H' }), ofChainalysis],
      [await owner.api.post(keys, { ...wrong, key_type: 'A' }), ofOpenAi],
      [
        await owner.api.post(keys, { ...wrong, key_type: 'X' }),
        { ...told, key_type: ['"X" is not a valid choice.'] },
      ],
      [await owner.api.patch(url, wrong), ofOpenAi],
      [await owner.api.put(url, { ...wrong, key_type: 'H' }), ofOpenAi],
    ] as const) {
      expect([answer.status, answer.body]).toEqual([400, errors]);
      expect(answer.text).not.toContain(key.slice(7));
    }
  });

  it.each([
    [{}, { key_type: ['This field is required.'], key: ['This field is required.'] }],
    [
      { key_type: 'X', key: true },
      { key_type: ['"X" is not a valid choice.'], key: ['Not a valid string.'] },
    ],
    [{ key_type: 'H', key: '' }, { key: ['This field may not be blank.'] }],
    [{ key_type: 'H', key: 'short' }, { key: ['Ensure this field has at least 8 characters.'] }],
    [{ key_type: 'W', key: 'no-colon-in-here' }, { key: [expect.stringContaining('two parts')] }],
    [{ key_type: 'A', key: 'sk-admin-00000000' }, { key: ['Admin keys are not accepted.'] }],
    [{ key_type: 'H', key: '************abcd' }, { key: [expect.stringContaining('mask')] }],
    [{ key_type: 'H', key: 'line\nbreak-in-here' }, { key: [expect.stringContaining('control')] }],
    [
      { key_type: 'H', key: 'good-enough-secret', settings: [] },
      { settings: ['Expected a dictionary of items but got type "list".'] },
    ],
    [{ key_type: 'H', key: 'good-enough-secret', enabled: 2 }, { enabled: ['Must be a valid boolean.'] }],
  ])('400 for %j', async (body, errors) => {
    expect(await owner.api.post(keys, body)).toMatchObject({ status: 400, body: errors });
  });

  it('warns of an unusual shape and stores the key all the same', async () => {
    const warned = await stored({ key_type: 'T', key: secretOf('H') });
    expect(warned).toMatchObject({ warnings: ['This does not look like a TRM key.'] });
    expect(await stored({ key_type: 'T', key: secretOf('T') })).toMatchObject({ warnings: [] });
  });

  it('fills in the settings of the type', async () => {
    const settings = { product: 'on_demand', group_id: 'g-1' };
    expect(await stored({ key_type: 'W', key: secretOf('W'), settings })).toMatchObject({ settings });
    expect(await stored({ key_type: 'P', key: secretOf('P') })).toMatchObject({ settings: {} });
  });
});

describe('the preferred key', () => {
  it('is the first of its type, until another is named', async () => {
    const first = await stored();
    const second = await stored();
    const other = await stored({ key_type: 'T', key: secretOf('T') });
    expect([first, second, other].map(({ preferred }) => preferred)).toEqual([true, false, true]);
    const third = await stored({ preferred: true });
    const { body } = await owner.api.get(`${keys}?preferred=true&ordering=id`);
    expect(body.results.map(({ id }: { id: number }) => id)).toEqual([other.id, third.id]);
    await owner.api.patch(`${keys}${second.id}/`, { preferred: true });
    expect((await owner.api.get(`${keys}${third.id}/`)).body).toMatchObject({ preferred: false });
  });

  it('is one, however many are named at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => stored({ preferred: true })));
    await Promise.all(made.map(({ id }) => owner.api.patch(`${keys}${id}/`, { preferred: true })));
    expect((await owner.api.get(`${keys}?preferred=true`)).body.count).toBe(1);
  });
});

describe('PATCH and PUT', () => {
  it('PATCH without the key keeps the secret; with it, replaces it and forgets what the old one showed (I8)', async () => {
    const { id } = await stored();
    const sealed = (): Promise<{ sealed_secret: string }[]> =>
      test.database.query('SELECT sealed_secret FROM provider_keys WHERE id = $1', [id]);
    const before = await sealed();
    await test.database.query(`UPDATE provider_keys SET health = 'bad_key' WHERE id = $1`, [id]);
    const renamed = await owner.api.patch(`${keys}${id}/`, { name: 'Renamed' });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Renamed', health: 'bad_key' } });
    expect(await sealed()).toEqual(before);
    const key = secretOf();
    const replaced = await owner.api.patch(`${keys}${id}/`, { key });
    expect(replaced.body).toMatchObject({ masked_key: `************${key.slice(-4)}`, health: 'unknown' });
    expect(await sealed()).not.toEqual(before);
  });

  it('PUT without the key is 400; with it, keeps what is left out', async () => {
    const { id } = await stored({ name: 'Kept', settings: { product: 'kyt' } });
    const url = `${keys}${id}/`;
    expect(await owner.api.put(url, { name: 'x' })).toMatchObject({
      status: 400,
      body: { key: ['This field is required.'] },
    });
    const key = secretOf();
    expect(await owner.api.put(url, { key, key_type: 'H' })).toMatchObject({
      status: 200,
      body: { name: 'Kept', settings: { product: 'kyt' }, masked_key: `************${key.slice(-4)}` },
    });
  });

  it('writing back the mask is 400 and changes nothing (I8)', async () => {
    const { id, masked_key: key } = await stored();
    for (const write of [owner.api.patch, owner.api.put]) {
      expect(await write(`${keys}${id}/`, { key })).toMatchObject({
        status: 400,
        body: { key: [expect.stringContaining('mask')] },
      });
    }
    expect((await owner.api.get(`${keys}${id}/`)).headers.get('etag')).toBe('"1"');
  });

  it('settings are judged by the type that the key has, and replaced as a whole; bad ones change nothing', async () => {
    const { id } = await stored({ key_type: 'W', key: secretOf('W'), settings: { group_id: 'g-1' } });
    const url = `${keys}${id}/`;
    const put = { key: secretOf('W'), name: 'Not kept' };
    for (const answer of [
      await owner.api.patch(url, { name: 'Not kept', settings: { product: 'kyt' } }),
      await owner.api.put(url, { ...put, settings: { product: 'kyt' } }),
    ])
      expect(answer).toMatchObject({
        status: 400,
        body: { settings: { product: ['"kyt" is not a valid choice.'] } },
      });
    expect((await owner.api.patch(url, { settings: null })).body).toEqual({
      settings: ['This field may not be null.'],
    });
    const kept = await owner.api.get(url);
    expect(kept.headers.get('etag')).toBe('"1"');
    expect(kept.body).toMatchObject({ name: '', settings: { product: 'one', group_id: 'g-1' } });
    expect((await owner.api.patch(url, { settings: { product: 'on_demand' } })).body).toMatchObject({
      settings: { product: 'on_demand' },
    });
    expect((await owner.api.get(url)).body.settings).toEqual({ product: 'on_demand' });
  });

  it('the type never changes', async () => {
    const { id } = await stored();
    expect(await owner.api.patch(`${keys}${id}/`, { key_type: 'T' })).toMatchObject({
      status: 400,
      body: { key_type: ['The type of a key can not be changed.'] },
    });
    expect((await owner.api.patch(`${keys}${id}/`, { key_type: 'T', key: 'short' })).body).toEqual({
      key_type: ['The type of a key can not be changed.'],
      key: ['Ensure this field has at least 8 characters.'],
    });
    expect((await owner.api.patch(`${keys}${id}/`, { key_type: 'H' })).status).toBe(200);
  });

  it('409 for a stale If-Match, and what calls showed does not count as an edit', async () => {
    const { id } = await stored();
    const url = `${keys}${id}/`;
    await test.database.query(`UPDATE provider_keys SET health = 'ok' WHERE id = $1`, [id]);
    const at = owner.api.with({ 'if-match': '"1"' });
    expect((await at.patch(url, { enabled: false })).status).toBe(200);
    expect(await at.patch(url, { enabled: true })).toMatchObject({
      status: 409,
      body: { code: 'edit_conflict' },
    });
    expect((await at.delete(url)).body).toMatchObject({ code: 'edit_conflict' });
    expect((await owner.api.get(url)).body).toMatchObject({ enabled: false });
  });

  it('an absent key is 404 before its body is looked at, and so is another organization’s', async () => {
    const elsewhere = await test.make.org();
    const stranger = await callingMember(test, elsewhere, 'Owner');
    const { id } = await stored();
    const theirs = `/api/orgs/${elsewhere.id}/api-keys/${id}/`;
    const answers = [
      await stranger.api.get(theirs),
      await stranger.api.patch(theirs, { key: 5 }),
      await stranger.api.put(theirs, {}),
      await stranger.api.delete(theirs),
      await stranger.api.patch(`/api/orgs/${elsewhere.id}/api-keys/nonsense/`, { key: 5 }),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });
});

describe('DELETE', () => {
  it('deletes a key without calls', async () => {
    const { id } = await stored();
    expect((await owner.api.delete(`${keys}${id}/`)).status).toBe(204);
    expect((await owner.api.get(`${keys}${id}/`)).status).toBe(404);
  });

  it.each([
    [
      'in the ledger',
      `INSERT INTO provider_calls (provider_key_id, day, sent_at) VALUES ($1, current_date, now())`,
    ],
    ['in a summary', `INSERT INTO call_summaries VALUES ($1, current_date, 1, 1, 0, now())`],
  ])('409 for a key with calls %s: history stays (I12)', async (_where, sql) => {
    const { id } = await stored();
    await test.database.query(sql, [id]);
    expect(await owner.api.delete(`${keys}${id}/`)).toMatchObject({
      status: 409,
      body: { code: 'key_has_calls' },
    });
    expect((await owner.api.get(`${keys}${id}/`)).body).toMatchObject({ usage_count: 1 });
  });
});

describe('the list', () => {
  it('filters, searches and orders by what it names, and by nothing else', async () => {
    const a = await stored({ name: 'Alpha' });
    const b = await stored({ name: 'beta', key_type: 'T', key: secretOf('T'), enabled: false });
    const ids = async (query: string) =>
      (await owner.api.get(`${keys}?${query}`)).body.results.map(({ id }: { id: number }) => id);
    expect(await ids('key_type=T')).toEqual([b.id]);
    expect(await ids('enabled=true')).toEqual([a.id]);
    expect(await ids('health=ok')).toEqual([]);
    expect(await ids('search=ALPH')).toEqual([a.id]);
    expect(await ids('search=canary')).toEqual([]);
    expect(await ids('ordering=-name')).toEqual([b.id, a.id]);
    expect(await ids('ordering=sealed_secret')).toEqual([a.id, b.id]);
    expect((await owner.api.get(`${keys}?key_type=Z`)).body).toEqual({
      key_type: ['Select a valid choice. Z is not one of the available choices.'],
    });
  });
});

it('every act is in the audit log, with nothing of the secret', async () => {
  const { id } = await stored({ name: 'Audited' });
  await owner.api.patch(`${keys}${id}/`, { key: secretOf(), enabled: false });
  await owner.api.delete(`${keys}${id}/`);
  const events = await test.database.query(
    `SELECT action, subject_id, actor_id, details FROM audit_events
     WHERE organization_id = $1 AND subject_type = 'provider_key' ORDER BY id`,
    [org.id],
  );
  const common = { subject_id: id, actor_id: owner.id };
  expect(events).toEqual([
    {
      ...common,
      action: 'provider_key.stored',
      details: {
        key_type: 'H',
        name: 'Audited',
        enabled: true,
        preferred: true,
        settings: { product: 'sanctions' },
      },
    },
    { ...common, action: 'provider_key.changed', details: { enabled: false, secret_replaced: true } },
    { ...common, action: 'provider_key.deleted', details: { key_type: 'H', name: 'Audited' } },
  ]);
});

it('a provider key opens nothing of ours: 401 as any bad key (contract §2)', async () => {
  const key = secretOf();
  await stored({ key });
  expect(await test.api.as({ key }).get('/api/orgs/')).toMatchObject({ status: 401 });
});
