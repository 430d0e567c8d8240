import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { SessionActivity } from '../../src/auth/sessions/session-activity.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Credential } from '../support/client.js';
import { sha512Key } from '../support/django-keys.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { changedInBetween } from '../support/hold.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { decoded, forged } from '../support/tokens.js';

let test: TestApp;
let user: MadeUser;
beforeAll(async () => {
  test = await startTestApp();
});
beforeEach(async () => {
  user = await test.make.user();
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const use = (credential: Credential, { api } = test): Promise<Answer> => api.as(credential).get('/api/orgs/');

async function only(sql: string, id: unknown): Promise<Record<string, unknown>> {
  const [row] = await test.database.query<Record<string, unknown>>(sql, [id]);
  return row ?? {};
}

/** A key that was rotated, and its successor, not yet used. */
async function rotated(): Promise<{ old: MadeKey; successor: MadeKey }> {
  const old = await test.make.accessKey(user);
  const { body } = await test.api.as({ key: old.key }).post('/api/auth/access-keys/current/rotate/', {});
  return { old, successor: body as MadeKey };
}

/** The answer to a use during which `id` and `also` are revoked: after the key was judged, before what its use writes. */
function revokedDuring(key: string, ...ids: number[]): Promise<Answer> {
  const revoke = `UPDATE access_keys SET revoked_at = app_now() WHERE id IN (${ids.join()})`;
  return changedInBetween(test.database, revoke, () => use({ key }));
}

describe('A use of an API key', () => {
  it('is noted, and the next ones within the minute are let in as well', async () => {
    const { id, key } = await test.make.accessKey(user);
    for (let n = 0; n < 2; n += 1) {
      expect((await use({ key })).status).toBe(200);
      await test.app.get(KeyLastUse).flush();
    }
    expect((await use({ key })).status).toBe(200);
    expect(await only('SELECT last_used_at IS NOT NULL AS used FROM access_keys WHERE id = $1', id)).toEqual({
      used: true,
    });
  });

  it('that is a successor’s first starts the clock of the key that it replaces', async () => {
    const { old, successor } = await rotated();
    const retires = () =>
      only('SELECT retires_at IS NOT NULL AS retires FROM access_keys WHERE id = $1', old.id);
    expect(await retires()).toEqual({ retires: false });
    expect((await use({ key: successor.key })).status).toBe(200);
    expect(await retires()).toEqual({ retires: true });
  });

  it('is refused when a successor is revoked while it is used for the first time', async () => {
    const { old, successor } = await rotated();
    expect((await revokedDuring(successor.key, old.id, successor.id)).status).toBe(401);
  });

  it('is refused when an imported key is revoked while its hash is verified', async () => {
    const { id } = await test.make.accessKey(user);
    const { prefix, key, hashed_key: hash } = sha512Key();
    await test.database.query(
      'UPDATE access_keys SET prefix = $2, digest = NULL, imported_hash = $3 WHERE id = $1',
      [id, prefix, hash],
    );
    expect((await revokedDuring(key, id)).status).toBe(401);
  });
});

describe('A use of a session', () => {
  it.each([
    ['is noted once its last one is a minute ago', '61 seconds', true],
    ['is not noted before', '20 seconds', false],
  ])('%s', async (_title, ago, noted) => {
    const { session } = await sessionOf(test, user);
    const last = await only(
      `UPDATE sessions SET last_seen_at = app_now() - interval '${ago}' WHERE user_id = $1 RETURNING last_seen_at::text`,
      user.id,
    );
    expect((await use({ session })).status).toBe(200);
    await test.app.get(SessionActivity).flush();
    const sql = 'SELECT last_seen_at <> $2 AS noted FROM sessions WHERE user_id = $1';
    expect(await test.database.query(sql, [user.id, last['last_seen_at']])).toEqual([{ noted }]);
  });
});

describe('A use of a bearer token', () => {
  it('is judged by the database’s clock, though it is over by the instance’s own', async () => {
    const { claims } = decoded((await bearerOf(test, user)).bearer);
    const over = forged(test, { ...claims, exp: Number(claims['iat']) - 600 });
    expect((await use({ bearer: over })).status).toBe(401);
    await test.database.shiftClock(-3_600);
    expect((await use({ bearer: over })).status).toBe(200);
  });

  it.each([
    ['no user', (claims: object) => ({ ...claims, user_id: 'somebody' })],
    ['no family', (claims: object) => ({ ...claims, sid: null })],
  ])('that names %s is refused', async (_what, change) => {
    const { claims } = decoded((await bearerOf(test, user)).bearer);
    expect(await use({ bearer: forged(test, change(claims)) })).toMatchObject({
      status: 401,
      body: { code: 'token_not_valid' },
    });
  });

  it('that is empty is refused for its header', async () => {
    const answer = await test.api.with({ authorization: 'Bearer' }).get('/api/orgs/');
    expect(answer).toMatchObject({ status: 401, body: { code: 'bad_authorization_header' } });
  });
});

describe('What is no use', () => {
  it('two Authorization headers are kept in the audit log as such', async () => {
    const { key } = await test.make.accessKey(user);
    const line = `Authorization: Api-Key ${key}`;
    await sendRaw(test.url, rawRequest('/api/orgs/', [line, line, 'X-Request-Id: two-headers']));
    await test.app.get(RefusalLog).settled();
    const sql = `SELECT details->>'reason' AS reason FROM audit_events WHERE request_id = $1`;
    expect(await only(sql, 'two-headers')).toEqual({ reason: 'ambiguous' });
  });

  it('bad keys are counted by address, bad tokens are not', async () => {
    await test.database.query('DELETE FROM rate_limits'); // what the tests above left there
    const limited = await test.another({ RATE_LIMITS: 'bad_key=2/3600' });
    try {
      const status = async (credential: Credential) => (await use(credential, limited)).status;
      for (let n = 0; n < 4; n += 1) expect(await status({ bearer: 'no.good.token' })).toBe(401);
      const statuses = [];
      for (let n = 0; n < 3; n += 1) statuses.push(await status({ key: 'no key' }));
      expect(statuses).toEqual([401, 401, 429]);
    } finally {
      await limited.close();
    }
  });
});
