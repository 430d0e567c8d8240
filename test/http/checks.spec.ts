import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';

const NAMES = ['user', 'email', 'organization', 'role', 'scheme', 'key-prefix', 'access-level'] as const;

let test: TestApp;
let org: { id: number };
let other: { id: number };
let analyst: MadeUser;
let key: MadeKey;
let readOnly: MadeKey;
beforeAll(async () => {
  test = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
  [org, other] = [await test.make.org(), await test.make.org()];
  analyst = await test.make.member(org, 'Analyst');
  key = await test.make.accessKey(analyst);
  readOnly = await test.make.accessKey(analyst, { level: 'read_only' });
});
afterAll(() => test.close());

/** Asks as each kind of gateway does: what the client asked of it, with the client's own headers. */
const ASK: Record<
  string,
  (client: Client, method: string, target: string, demand?: string) => Promise<Answer>
> = {
  nginx: (client, method, target, demand = '') =>
    client
      .with({ 'x-original-method': method, 'x-original-uri': target })
      .get(`/api/auth/check/nginx/${demand}`),
  forward: (client, method, target, demand = '') =>
    client
      .with({ 'x-forwarded-method': method, 'x-forwarded-uri': target })
      .get(`/api/auth/check/forward/${demand}?client=query`),
  envoy: (client, method, target, demand = '') =>
    client.send(method, `/api/auth/check/envoy${demand && `/${demand.replace(/\/$/, '')}`}${target}`),
};
const CONVENTIONS = Object.keys(ASK);

/** The status, as nginx can be told no other than 401 and 403. */
const statusOf = ({ status, headers }: Answer): number =>
  status === 403 ? Number(headers.get('x-auth-status') ?? 403) : status;

const identity = ({ headers }: Answer) => NAMES.map((name) => headers.get(`x-auth-${name}`));

const as = (made: MadeKey): Client => test.api.as({ key: made.key });

describe.each(CONVENTIONS)('A check by the convention of %s', (convention) => {
  const ask = ASK[convention] as (typeof ASK)[string];

  it('204 tells who calls in seven headers, empty where there is nothing, and is kept by nobody', async () => {
    const inside = await ask(as(readOnly), 'GET', `/api/orgs/${org.id}/x/?a=b`);
    expect(inside).toMatchObject({ status: 204, text: '' });
    expect(identity(inside)).toEqual(
      [analyst.id, analyst.email, org.id, 'Analyst', 'api_key', readOnly.prefix, 'read_only'].map(String),
    );
    expect(inside.headers.get('cache-control')).toBe('no-store');
    const outside = await ask(test.api.as(await bearerOf(test, analyst)), 'GET', '/elsewhere');
    expect(outside.status).toBe(204);
    expect(identity(outside)).toEqual([String(analyst.id), analyst.email, '', '', 'jwt', '', '']);
  });

  it('names that are no ASCII arrive percent-encoded, the @ as it is', async () => {
    const role = await test.make.role(org, ['member.view'], `Prüfer 監査 ${convention}`);
    const user = await test.make.member(org, role, await test.make.user());
    await test.database.query('UPDATE users SET email = $2 WHERE id = $1', [
      user.id,
      `o'neil+${convention}%@example.com`,
    ]);
    const answer = await ask(as(await test.make.accessKey(user)), 'GET', `/api/orgs/${org.id}`);
    expect(identity(answer).slice(1, 4)).toEqual([
      `o'neil%2B${convention}%25@example.com`,
      String(org.id),
      `Pr%C3%BCfer%20%E7%9B%A3%E6%9F%BB%20${convention}`,
    ]);
  });

  it('a key that is confined to an organization is told with it, where the path names none', async () => {
    const confined = await test.make.accessKey(analyst, { organization: org });
    const answer = await ask(as(confined), 'GET', '/elsewhere');
    expect(identity(answer).slice(2, 4)).toEqual([String(org.id), 'Analyst']);
    expect(statusOf(await ask(as(confined), 'GET', `/api/orgs/${other.id}/x`))).toBe(404);
  });

  it('a key that is confined to an organization which staff disabled passes nowhere: 404, also where the path names none', async () => {
    const closed = await test.make.org();
    const member = await test.make.member(closed, 'Analyst');
    const confined = await test.make.accessKey(member, { organization: closed });
    expect((await ask(as(confined), 'GET', '/elsewhere')).status).toBe(204);
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [closed.id]);
    for (const target of ['/elsewhere', `/api/orgs/${closed.id}/x`]) {
      const refused = await ask(as(confined), 'GET', target);
      expect(statusOf(refused)).toBe(404);
      expect(identity(refused).every((value) => value === null)).toBe(true);
    }
  });

  it('the access level follows the original method, not that of the check', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect((await ask(as(readOnly), method, '/x')).status).toBe(204);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = await ask(as(readOnly), method, '/x');
      expect(refused).toMatchObject({ status: 403, body: { code: 'read_only_key' } });
      expect(refused.headers.get('x-auth-status')).toBe(convention === 'nginx' ? '403' : null);
      expect(identity(refused).every((value) => value === null)).toBe(true);
      expect((await ask(as(key), method, '/x')).status).toBe(204);
    }
  });

  it('a preflight carries no credential, and opens nothing: 401, as without one', async () => {
    const browser = { origin: TEST_ORIGIN, 'access-control-request-method': 'POST' };
    const unproven = await ask(test.api.with(browser), 'OPTIONS', '/x');
    expect(unproven).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
    expect((await ask(as(readOnly).with(browser), 'OPTIONS', '/x')).status).toBe(204);
  });

  it('a session proves where it comes from by the original method: 403 without', async () => {
    const { session, csrf } = await sessionOf(test, analyst);
    const cookie = test.api.with({ cookie: `sessionid=${session}` });
    expect((await ask(cookie, 'GET', '/x')).status).toBe(204);
    const refused = await ask(cookie, 'POST', '/x');
    expect(refused).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    const proven = cookie.with({ 'x-csrftoken': csrf, origin: TEST_ORIGIN });
    expect((await ask(proven, 'POST', '/x')).status).toBe(204);
    expect((await ask(proven.with({ origin: 'https://evil.test' }), 'POST', '/x')).status).toBe(403);
  });

  it('the organization of the path or of the demand must be reachable, and both the same: 404', async () => {
    const to = (target: string, demand?: string) => ask(as(key), 'GET', target, demand).then(statusOf);
    expect(await to(`/api/orgs/${org.id}/x`)).toBe(204);
    expect(await to(`/api/orgs/${other.id}/x`)).toBe(404);
    expect(await to('/api/orgs/07/x')).toBe(404);
    expect(await to('/x', `require/${org.id}/any/`)).toBe(204);
    expect(await to('/x', `require/${other.id}/any/`)).toBe(404);
    expect(await to(`/api/orgs/${org.id}/x`, `require/${org.id}/any/`)).toBe(204);
    expect(await to(`/api/orgs/${org.id}/x`, `require/${other.id}/any/`)).toBe(404);
    expect(await to(`/api/orgs/${other.id}/x`, `require/${org.id}/any/`)).toBe(404);
  });

  it('a demanded permission must be held there: 403 otherwise, 400 where no organization is named', async () => {
    const to = (target: string, demand: string) => ask(as(key), 'GET', target, demand).then(statusOf);
    expect(await to(`/api/orgs/${org.id}/x`, 'require/any/provider_key.use/')).toBe(204);
    expect(await to(`/api/orgs/${org.id}/x`, 'require/any/member.manage/')).toBe(403);
    expect(await to('/x', `require/${org.id}/provider_key.use/`)).toBe(204);
    expect(await to('/x', `require/${org.id}/member.manage/`)).toBe(403);
    expect(await to('/x', 'require/any/provider_key.use/')).toBe(400);
    expect(await to('/x', 'require/any/any/')).toBe(204);
    expect(await to('/x', `require/${org.id}/root/`)).toBe(400);
    expect(await to('/x', 'require/some/any/')).toBe(400);
  });

  it('an ambiguous path is 400, whoever calls', async () => {
    const answer = await ask(as(key), 'GET', `/api/%6frgs/${org.id}/x`);
    expect([statusOf(answer), answer.body.code]).toEqual([400, 'bad_check']);
  });

  it('a bad credential or none is 401 with the challenge, and never falls through', async () => {
    const { session } = await sessionOf(test, analyst);
    const cookie = `sessionid=${session}`;
    for (const headers of [
      {},
      { authorization: `Api-Key ${key.prefix}.${'x'.repeat(32)}` },
      { authorization: 'Bearer a.b.c', cookie },
      { authorization: `Basic ${Buffer.from(key.key.replace('.', ':')).toString('base64')}` },
      { cookie: `sessionid=${'x'.repeat(43)}` },
      { cookie: `${cookie}; sessionid=${'x'.repeat(43)}` },
    ]) {
      const answer = await ask(test.api.with(headers as Record<string, string>), 'GET', '/x');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Api-Key realm="api"');
    }
  });

  it('it counts as a use of the key, and confirms a first use', async () => {
    const fresh = await test.make.accessKey(analyst);
    expect((await ask(as(fresh).with({ 'x-forwarded-for': '203.0.113.7' }), 'GET', '/x')).status).toBe(204);
    await test.app.get(KeyLastUse).flush();
    const [row] = await test.database.query('SELECT last_used_ip AS ip FROM access_keys WHERE prefix = $1', [
      fresh.prefix,
    ]);
    expect(row).toEqual({ ip: '203.0.113.7' });
    const rotated = await as(fresh).post('/api/auth/access-keys/current/rotate/', { grace_seconds: 0 });
    expect(rotated.status).toBe(201);
    expect((await ask(as(fresh), 'GET', '/x')).status).toBe(204);
    expect((await ask(test.api.as({ key: rotated.body.key as string }), 'GET', '/x')).status).toBe(204);
    expect((await ask(as(fresh), 'GET', '/x')).status).toBe(401);
  });
});

describe('What a check is not told, it does not guess', () => {
  it.each([
    ['nginx', {}],
    ['nginx', { 'x-original-uri': '/x' }],
    ['nginx', { 'x-original-method': 'GET' }],
    ['nginx', { 'x-original-method': '', 'x-original-uri': '/x' }],
    ['nginx', { 'x-original-method': 'GET /', 'x-original-uri': '/x' }],
    ['nginx', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/x' }],
    ['forward', { 'x-original-method': 'GET', 'x-original-uri': '/x' }],
    ['forward', { 'x-forwarded-uri': '/x' }],
    ['forward', { 'x-forwarded-method': 'GET' }],
    ['forward', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': 'x' }],
  ])('%s: 400 with %j alone', async (convention, headers) => {
    const answer = await as(key)
      .with(headers as Record<string, string>)
      .get(`/api/auth/check/${convention}/`);
    expect([statusOf(answer), answer.body.code]).toEqual([400, 'bad_check']);
  });

  it('envoy: the path behind the address of the check, down to none at all, and no header', async () => {
    const spoofing = { 'x-original-method': 'GET', 'x-original-uri': '/x', 'x-forwarded-method': 'GET' };
    const client = as(readOnly).with(spoofing);
    for (const target of ['/', '//', '/?x', '/x/', '/x//']) {
      expect((await client.get(`/api/auth/check/envoy${target}`)).status).toBe(204);
      expect((await client.post(`/api/auth/check/envoy${target}`)).body.code).toBe('read_only_key');
      const demanding = `/api/auth/check/envoy/require/${other.id}/any${target}`;
      expect((await client.get(demanding)).status).toBe(404);
    }
    expect((await client.get('/api/auth/check/envoy')).body.code).toBe('bad_check');
  });

  it('400 for a header that came twice: one of them is the client’s own', async () => {
    const credential = `Authorization: Api-Key ${readOnly.key}`;
    const told = ['X-Original-Method: GET', 'X-Original-URI: /x'];
    for (const own of ['X-Original-Method: POST', 'x-original-method: GET', 'X-Original-URI: /x']) {
      for (const headers of [
        [own, ...told],
        [...told, own],
      ]) {
        const answer = await sendRaw(
          test.url,
          rawRequest('/api/auth/check/nginx/', [credential, ...headers]),
        );
        expect([answer.status, /x-auth-status: (\d+)/i.exec(answer.head)?.[1]]).toEqual([403, '400']);
      }
    }
  });

  it('a method override in any header changes nothing', async () => {
    const overridden = as(readOnly).with({ 'x-http-method-override': 'GET', 'x-method-override': 'GET' });
    for (const convention of CONVENTIONS) {
      expect((await ASK[convention]?.(overridden, 'DELETE', '/x'))?.body.code).toBe('read_only_key');
    }
  });

  it('a client that spells a demand into its own path, at a gateway that demands nothing, gains nothing', async () => {
    const plain = (target: string) => as(key).get(`/api/auth/check/envoy${target}`);
    expect((await plain(`/require/any/any/api/orgs/${other.id}/x`)).status).toBe(404);
    expect((await plain(`/require/${other.id}/any/x`)).status).toBe(404);
    expect((await plain('/require/any/member.manage/x')).status).toBe(400);
    expect((await plain('/require/x')).status).toBe(400);
  });

  it('behind a written-out demand, a client’s own path may be spelled like a demand, and is judged as it is', async () => {
    const open = (target: string) => as(key).get(`/api/auth/check/envoy/require/any/any${target}`);
    const answer = await open(`/require/${org.id}/any/x`);
    expect([answer.status, answer.headers.get('x-auth-organization')]).toEqual([204, '']);
    for (const target of ['/require', '/require/', `/require/${other.id}/any`, '/require?a=1']) {
      expect((await open(target)).status).toBe(204);
    }
  });
});

describe('A demand in the address that Envoy asks at', () => {
  /** What stands behind `…/check/envoy`, as bytes: clients of HTTP tidy paths up. */
  const ask = async (made: MadeKey, behind: string) => {
    const credential = `Authorization: Api-Key ${made.key}`;
    const { status, body } = await sendRaw(
      test.url,
      rawRequest(`/api/auth/check/envoy${behind}`, [credential]),
    );
    return [status, body === '' ? undefined : (JSON.parse(body) as { code: string }).code];
  };
  let viewer: MadeKey;
  beforeAll(async () => {
    viewer = await test.make.accessKey(await test.make.member(org, 'Viewer'));
  });

  /** `1`: the organization of which the caller is a Viewer; `2`: one of which it is no member. */
  const named = (behind: string) =>
    behind.replaceAll('{1}', String(org.id)).replaceAll('{2}', String(other.id));

  it.each(['', '/', '/x', '/x?a=1', '//', '/?a=1', '/*', '/require/any/any/x'])(
    'is judged, whatever the path behind it: %j',
    async (target) => {
      const use = named('/require/{1}/provider_key.use');
      expect(await ask(viewer, `${use}${target}`)).toEqual([403, 'permission_denied']);
      expect(await ask(key, `${use}${target}`)).toEqual([204, undefined]);
      expect(await ask(key, named(`/require/{2}/any${target}`))).toEqual([404, 'not_found']);
      expect(await ask(viewer, named(`/require/{1}/any${target}`))).toEqual([204, undefined]);
    },
  );

  it.each([
    '/require',
    '/require/',
    '/require//',
    '/require?a=1',
    '/require/?a=1',
    '/require/{1}',
    '/require/{1}/',
    '/require/{1}//',
    '/require/{1}?a=1',
    '/require//provider_key.use/x',
    '/require/any//x',
    '/require/{1}/provider_key.use?a=1',
    '/require/{1}/provider_key.use*',
    '/require/{1}/provider_key.use#/x',
    '/require/{1}/provider_key.use;/x',
    '/require/{1}/provider_key%2euse/x',
    '/require/{1}/provider_key.us',
    '/require/{1}/provider_key.use.x/x',
    '/require/{1}/ANY/x',
    '/require/{2}/any?a=1',
    '/require/{2}/any*',
    '/require/0{2}/any/x',
    '/require/../any/x',
    '/require/{1}/../x',
    '/require/any/any/../../../api/orgs/{1}/x',
    '/require/any/any/require/any/any/../../../api/orgs/{1}/x',
    '/Require/{1}/provider_key.use/x',
    '/REQUIRE',
  ])('is refused as bad_check where it can’t be read: %s', async (behind) => {
    expect(await ask(viewer, named(behind))).toEqual([400, 'bad_check']);
    expect(await ask(key, named(behind))).toEqual([400, 'bad_check']);
  });

  it.each(['/requirements', '/requires/x', '/required?a=1', '/x/require', '/x/require/1/any'])(
    'is none where `require` is not the first segment, whole: %s',
    async (behind) => {
      expect(await ask(viewer, behind)).toEqual([204, undefined]);
    },
  );

  it.each(['PURGE', 'REPORT', 'M-SEARCH', 'TRACE', 'PROPFIND', 'LINK', 'QUERY'])(
    'is judged for any method: %s is a write',
    async (method) => {
      const asked = (made: MadeKey, behind: string) =>
        sendRaw(
          test.url,
          rawRequest(`/api/auth/check/envoy${behind}`, [`Authorization: Api-Key ${made.key}`], method),
        );
      expect((await asked(key, `/api/orgs/${org.id}/x`)).status).toBe(204);
      expect((await asked(readOnly, `/api/orgs/${org.id}/x`)).body).toContain('read_only_key');
      expect((await asked(viewer, `/require/${org.id}/provider_key.use/x`)).status).toBe(403);
    },
  );

  it.each(['/%', '/%ff', '/a%zz/?x=%', `/${'x'.repeat(600)}`, '/%61%'])(
    'is judged for a path that no router reads: %s',
    async (target) => {
      expect(await ask(key, target)).toEqual([204, undefined]);
      expect(await ask(viewer, named(`/require/{1}/provider_key.use${target}`))).toEqual([
        403,
        'permission_denied',
      ]);
      expect(await ask(key, named(`/api/orgs/{2}${target}`))).toEqual([404, 'not_found']);
      expect(await ask(key, named(`/api%/orgs/{2}${target}`))).toEqual([204, undefined]);
    },
  );

  it('belongs to the address as it is spelled: behind another spelling nothing is told, and it is refused', async () => {
    for (const address of ['%65nvoy', 'env%6Fy']) {
      const { status } = await sendRaw(
        test.url,
        rawRequest(`/api/auth/check/${address}/require/${org.id}/any/x`, [
          `Authorization: Api-Key ${key.key}`,
        ]),
      );
      expect(status).toBe(400);
    }
  });
});

describe('Who may ask', () => {
  it('403 not_a_gateway for any other peer, whatever its headers say', async () => {
    const closed = await test.another({ TRUSTED_PROXIES: '192.0.2.1' });
    const nobody = await test.another({ TRUSTED_PROXIES: '' });
    for (const instance of [closed, nobody]) {
      for (const convention of CONVENTIONS) {
        const spoofing = instance.api
          .as({ key: key.key })
          .with({ 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' });
        expect(await ASK[convention]?.(spoofing, 'GET', '/x')).toMatchObject({
          status: 403,
          body: { code: 'not_a_gateway' },
        });
      }
    }
    await closed.close();
    await nobody.close();
  });

  it('bad keys are counted by the client’s address: past the limit 429, for nginx 403 with the real status', async () => {
    const strict = await test.another({ RATE_LIMITS: 'bad_key=3/600' });
    const bad = strict.api
      .as({ key: `AAAAAAAA.${'x'.repeat(32)}` })
      .with({ 'x-forwarded-for': '203.0.113.200' });
    const asked: number[] = [];
    for (let n = 0; n < 4; n += 1) asked.push((await ASK.forward?.(bad, 'GET', '/x'))?.status ?? 0);
    expect(asked).toEqual([401, 401, 401, 429]);
    const throttled = await ASK.nginx?.(bad, 'GET', '/x');
    expect(throttled).toMatchObject({ status: 403, body: { code: 'throttled' } });
    expect(throttled?.headers.get('x-auth-status')).toBe('429');
    expect(Number(throttled?.headers.get('retry-after'))).toBeGreaterThan(0);
    const good = strict.api.as({ key: key.key }).with({ 'x-forwarded-for': '203.0.113.200' });
    expect((await ASK.forward?.(good, 'GET', '/x'))?.status).toBe(204);
    await strict.close();
  });

  it('what a check refuses is told by the audit log, as of any request', async () => {
    const { prefix } = await test.make.accessKey(analyst);
    await ASK.nginx?.(test.api.as({ key: `${prefix}.${'x'.repeat(32)}` }), 'GET', '/x');
    const settled = async () =>
      test.database.query(
        `SELECT details->>'request' AS request FROM audit_events WHERE action = 'access_key.refused' AND details->>'prefix' = $1`,
        [prefix],
      );
    await test.app.get(RefusalLog).settled();
    expect(await settled()).toEqual([{ request: 'GET /api/auth/check/nginx' }]);
  });
});
