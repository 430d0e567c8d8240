import { once } from 'node:events';
import type { Socket } from 'node:net';
import { startTestApp, TEST_ORIGIN, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { FaultProxy } from '../support/fault-proxy.js';
import {
  type GatewayAnswer,
  GATEWAYS,
  type GatewayName,
  GuardedService,
  opening,
  through,
} from '../support/gateways.js';
import { History } from '../support/history.js';
import { describeWith } from '../support/programs.js';
import type { ReverseProxy } from '../support/reverse-proxy.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const NAMES = ['user', 'email', 'organization', 'role', 'scheme', 'key-prefix', 'access-level'];
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];
const METHODS = ['GET', 'HEAD', 'OPTIONS', ...WRITES];

/** What a client says to be somebody else, or to have asked something else. */
const SPOOFED: Record<string, string> = {
  'X-Original-Method': 'GET',
  'X-Original-URI': '/x',
  'X-Original-URL': '/x',
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Uri': '/x',
  'X-Forwarded-Prefix': '/x',
  'X-HTTP-Method-Override': 'GET',
  'X-Auth-Status': '204',
  'X-Auth-User': '1',
  'X-Auth-Email': 'staff@example.com',
  'x-auth-role': 'Owner',
  'X-Auth-Organization': '1',
  X_Auth_User: '1',
  'X-Auth_Role': 'Owner',
  'X_Auth-Scheme': 'session',
  // what else a name may have in place of a dash: CGI makes an underscore of each
  ...Object.fromEntries([...".!#$%&'*+^`|~"].map((sign) => [`X${sign}Auth${sign}User`, '1'])),
  'X.Auth-Role': 'Owner',
  // what it names is for the next hop alone, and not passed on (RFC 9110 §7.6.1)
  Connection:
    'close, X-Auth-User, X-Auth-Organization, X-Auth-Role, X-Auth-Access-Level, X-Forwarded-Method, Authorization, Cookie',
  'X-Auth.Email': 'staff@example.com',
};
const SPOOFED_QUERY = '?method=GET&uri=/x&X-Original-Method=GET&X-Auth-User=1&x-forwarded-method=GET';

/** A caller, and what it is: in words of the contract, not of the code. */
interface Caller {
  readonly headers: Readonly<Record<string, string>>;
  /** Opens nothing at all. */
  readonly bad?: true;
  /** Can't write, and what it is told then. */
  readonly reads?: true;
  /** The role in `org`; `undefined`: not reachable. */
  readonly role?: string;
  /** The organization that a confined key acts in wherever none is named. */
  readonly home?: true;
  readonly scheme: string;
  readonly level: string;
}

for (const name of Object.keys(GATEWAYS) as GatewayName[]) {
  describeWith(name)(`Behind a real ${name}, configured as deploy/gateways has it`, () => {
    let test: TestApp;
    let guarded: GuardedService;
    let gateway: ReverseProxy;
    let org: { id: number };
    let other: { id: number };
    let callers: Record<string, Caller>;

    beforeAll(async () => {
      test = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
      guarded = await GuardedService.start();
      gateway = await GATEWAYS[name]({ auth: Number(new URL(test.url).port), guarded: guarded.port });
      [org, other] = [await test.make.org(), await test.make.org()];
      const viewer = await test.make.member(org, 'Viewer');
      const owner = await test.make.member(org, 'Owner');
      const stranger = await test.make.user();
      const key = async (...made: Parameters<TestApp['make']['accessKey']>) => ({
        authorization: `Api-Key ${(await test.make.accessKey(...made)).key}`,
      });
      const { session, csrf } = await sessionOf(test, owner);
      const cookie = { cookie: `theme=dark; sessionid=${session}` };
      callers = {
        nobody: { headers: {}, bad: true, scheme: '', level: '' },
        'a wrong key': {
          headers: { authorization: `Api-Key AAAAAAAA.${'x'.repeat(32)}` },
          bad: true,
          scheme: '',
          level: '',
        },
        'a read-only key of a Viewer': {
          headers: await key(viewer, { level: 'read_only' }),
          reads: true,
          role: 'Viewer',
          scheme: 'api_key',
          level: 'read_only',
        },
        'a full key of a Viewer': {
          headers: await key(viewer),
          role: 'Viewer',
          scheme: 'api_key',
          level: 'full_access',
        },
        'a read-only key of an Owner, confined': {
          headers: await key(owner, { level: 'read_only', organization: org }),
          reads: true,
          role: 'Owner',
          home: true,
          scheme: 'api_key',
          level: 'read_only',
        },
        'a full key of a stranger': { headers: await key(stranger), scheme: 'api_key', level: 'full_access' },
        'a token of an Owner': {
          headers: { authorization: `Bearer ${(await bearerOf(test, owner)).bearer}` },
          role: 'Owner',
          scheme: 'jwt',
          level: '',
        },
        'a session that proves where it comes from': {
          headers: { ...cookie, 'x-csrftoken': csrf, origin: TEST_ORIGIN },
          role: 'Owner',
          scheme: 'session',
          level: '',
        },
        'a session that does not': {
          headers: cookie,
          reads: true,
          role: 'Owner',
          scheme: 'session',
          level: '',
        },
      };
    });
    afterAll(async () => {
      await gateway.stop();
      await guarded.close();
      await test.close();
    });

    /** The original paths, and the organization that each names: `null` for one that its spellings read differently. */
    const paths = (): [string, { id: number } | undefined | null][] => [
      ['/x', undefined],
      ['/', undefined],
      [`/api/orgs/${org.id}/x/`, org],
      [`/api/orgs/${org.id}/x?next=/api/orgs/${other.id}/`, org],
      [`/api/orgs/${other.id}/x`, other],
      [`/api//orgs/${other.id}/x`, null],
      [`/api/x/../orgs/${other.id}/x`, null],
      [`/api/%6frgs/${other.id}/x`, null],
      [`/api/orgs/${org.id}/../${other.id}/x`, null],
      [`/api/orgs/${org.id}/%2e%2e/${other.id}/x`, null],
      [`/api/orgs/${org.id}%2f..%2f${other.id}/x`, null],
      [`/api/orgs/${org.id}%5cx`, null],
    ];

    function expected(caller: Caller, method: string, named: { id: number } | undefined | null): number {
      if (named === null) return 400;
      if (caller.bad) return 401;
      const writes = WRITES.includes(method);
      if (caller.scheme === 'session' && caller.reads && writes) return 403;
      if (named === other || (named === org && !caller.role)) return 404;
      return caller.reads && writes ? 403 : 200;
    }

    it('scheme × level × role × method × path × spelling × spoofed headers × spoofed query: what passes is what the contract lets pass, with the identity of who called and no other', async () => {
      const wrong: string[] = [];
      let asked = 0;
      for (const [who, caller] of Object.entries(callers)) {
        for (const method of METHODS) {
          for (const [path, named] of paths()) {
            for (const spoofed of [false, true]) {
              const target = spoofed
                ? path + SPOOFED_QUERY.replace('?', path.includes('?') ? '&' : '?')
                : path;
              const before = guarded.passed.length;
              const headers = { ...(spoofed && SPOOFED), ...caller.headers };
              const answer = await through(gateway, method, target, headers);
              asked += 1;
              const status = expected(caller, method, named);
              const problem = problemOf(answer, status, before, { caller, method, target, named });
              if (problem) wrong.push(`${who}: ${method} ${target}${spoofed ? ', spoofed' : ''}: ${problem}`);
            }
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(asked).toBe(Object.keys(callers).length * METHODS.length * paths().length * 2);
    });

    function problemOf(
      answer: GatewayAnswer,
      status: number,
      before: number,
      asked: { caller: Caller; method: string; target: string; named: { id: number } | undefined | null },
    ): string | undefined {
      if (answer.status !== status) return `${answer.status} instead of ${status} ${answer.body}`;
      const came = guarded.passed.slice(before);
      if (status !== 200) return came.length === 0 ? undefined : 'it was refused, and came through';
      const [passed] = came;
      if (!passed || came.length > 1) return `${came.length} came through`;
      if (passed.method !== asked.method || passed.target !== asked.target)
        return `came as ${passed.method} ${passed.target}`;
      const told = passed.headers.filter(([header]) => /^x[^a-z0-9]auth/.test(header));
      const names = told.map(([header]) => header).toSorted();
      // nginx sends no header that is empty
      const some = NAMES.map((each) => `x-auth-${each}`).filter(
        (header) => name !== 'nginx' || told.some(([each]) => each === header),
      );
      if (names.join() !== some.toSorted().join()) return `identity headers: ${names.join()}`;
      const { caller, named } = asked;
      const inside = named === org || (named === undefined && caller.home === true);
      const value = (header: string) => told.find(([each]) => each === `x-auth-${header}`)?.[1] ?? '';
      const identity = [value('organization'), value('role'), value('scheme'), value('access-level')].join();
      const meant = [inside ? org.id : '', inside ? caller.role : '', caller.scheme, caller.level].join();
      if (identity !== meant) return `told as ${identity} instead of ${meant}`;
      const secrets = passed.headers.filter(([header]) => ['authorization', 'cookie'].includes(header));
      return secrets.length > 0 ? 'the credential came through' : undefined;
    }

    const passingKey = async () => {
      const { id, key } = await test.make.accessKey(await test.make.member(org, 'Analyst'));
      return { id, headers: { authorization: `Api-Key ${key}` } };
    };

    it('a revoked key is refused by the next request', async () => {
      const { id, headers } = await passingKey();
      expect((await through(gateway, 'POST', '/x', headers, 'body')).status).toBe(200);
      await test.database.query('UPDATE access_keys SET revoked_at = now() WHERE id = $1', [id]);
      const before = guarded.passed.length;
      expect((await through(gateway, 'POST', '/x', headers, 'body')).status).toBe(401);
      expect(guarded.passed.length).toBe(before);
    });

    it('zero staleness: no request that began after a revocation was committed comes through', async () => {
      let uses = 0;
      for (let round = 0; round < 10; round += 1) {
        const { id, headers } = await passingKey();
        const history = new History(200);
        let going = true;
        const users = Array.from({ length: 4 }, async () => {
          while (going) {
            uses += 1;
            await history.use(() => through(gateway, 'POST', '/x', headers, 'body'));
          }
        });
        await history.use(() => through(gateway, 'GET', '/x', headers));
        await history.change(401, async () => {
          await test.database.query('UPDATE access_keys SET revoked_at = now() WHERE id = $1', [id]);
          return { status: 200 };
        });
        await history.use(() => through(gateway, 'GET', '/x', headers));
        going = false;
        await Promise.all(users);
        expect(history.violations()).toEqual([]);
      }
      expect(uses).toBeGreaterThanOrEqual(40);
    });

    it('a body arrives whole, whatever its type, size and encoding, and none of it at the check', async () => {
      const { headers } = await passingKey();
      for (const [type, encoding] of [
        ['application/octet-stream', 'gzip'],
        ['text/plain; charset=latin-1', 'identity'],
        ['multipart/form-data; boundary=x', 'br'],
      ] as const) {
        const body = 'x'.repeat(200_000);
        const sent = { ...headers, 'content-type': type, 'content-encoding': encoding };
        expect((await through(gateway, 'POST', '/upload', sent, body)).status).toBe(200);
        const passed = guarded.passed.at(-1);
        expect([passed?.target, passed?.body.length]).toEqual(['/upload', 200_000]);
      }
    });

    const title = {
      nginx: 'nothing is upgraded: asking for a WebSocket or HTTP/2 is a request like any other',
      caddy:
        'a WebSocket is judged once, when it opens: a revoked key opens none, and ends none; nothing else is upgraded',
    };
    it(title[name], async () => {
      const { id, headers } = await passingKey();
      expect(await opening(gateway)).toBe(401);
      expect(await opening(gateway, { ...headers, upgrade: 'h2c' })).toBe(200);
      const opened = await opening(gateway, headers);
      if (name === 'nginx') {
        expect(opened).toBe(200);
        return;
      }
      const socket = opened as Socket;
      await test.database.query('UPDATE access_keys SET revoked_at = now() WHERE id = $1', [id]);
      expect(await opening(gateway, headers)).toBe(401);
      socket.write('still here');
      const [echo] = (await once(socket, 'data')) as [Buffer];
      expect(echo.toString()).toBe('still here');
      socket.destroy();
    });

    it('a preflight is answered at the gateway, reaches nobody, and lets no page of another site read', async () => {
      const before = guarded.passed.length;
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const answer = await through(gateway, 'OPTIONS', '/x', headers);
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(guarded.passed.length).toBe(before);
    });

    it('401 carries one challenge, every refusal is JSON, and nothing tells who was meant', async () => {
      const refused = await through(gateway, 'GET', '/x');
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toBe('Api-Key realm="api", Bearer realm="api"');
      const { headers } = await passingKey();
      const asked: [number, GatewayAnswer][] = [
        [401, refused],
        [400, await through(gateway, 'GET', `/api//orgs/${other.id}/x`, headers)],
        [404, await through(gateway, 'GET', `/api/orgs/${other.id}/x`, headers)],
        [404, await through(gateway, 'GET', `/api/orgs/999999/x`, headers)],
        [403, await through(gateway, 'POST', '/x', callers['a session that does not']?.headers)],
      ];
      for (const [status, answer] of asked) {
        expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json']);
        expect(JSON.parse(answer.body)).toMatchObject({
          detail: expect.any(String),
          code: expect.any(String),
        });
        expect(Object.keys(answer.headers).filter((header) => /^x-auth-(?!status)/.test(header))).toEqual([]);
      }
      expect(asked[2]?.[1].body).toBe(asked[3]?.[1].body);
    });

    it('429 and 503 keep their status and Retry-After, and 503 its code; a service that is down lets nobody through', async () => {
      const own = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' }); // where nobody was refused yet
      const { key } = await own.make.accessKey(await own.make.user());
      const headers = { authorization: `Api-Key ${key}` };
      const proxy = await FaultProxy.before(own.database.databaseUrl);
      const strict = await own.another({
        RATE_LIMITS: 'bad_key=2/600',
        DATABASE_URL: proxy.databaseUrl,
      });
      const strictly = await GATEWAYS[name]({
        auth: Number(new URL(strict.url).port),
        guarded: guarded.port,
      });
      const before = guarded.passed.length;
      const bad = { authorization: `Api-Key BBBBBBBB.${'x'.repeat(32)}` };
      const statuses = [];
      for (let n = 0; n < 3; n += 1) statuses.push((await through(strictly, 'GET', '/x', bad)).status);
      const throttled = await through(strictly, 'GET', '/x', bad);
      expect(statuses).toEqual([401, 401, 429]);
      expect(throttled.status).toBe(429);
      expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
      proxy.refuse(true);
      const out = await through(strictly, 'GET', '/x', headers);
      expect(out.status).toBe(503);
      expect(Number(out.headers['retry-after'])).toBeGreaterThan(0);
      expect(out.body).toContain('"service_unavailable"');
      await strict.close();
      await proxy.close();
      await own.close();
      await strictly.stop();
      const alone = await GATEWAYS[name]({ auth: await freePort(), guarded: guarded.port });
      const down = await through(alone, 'GET', '/x', headers);
      expect(down.status).toBe(name === 'nginx' ? 503 : 502);
      expect(guarded.passed.length).toBe(before);
      await alone.stop();
    });
  });
}
