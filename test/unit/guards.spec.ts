import type { ExecutionContext, Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  Authenticated,
  PERSONAL,
  Public,
  RequirePermission,
  StaffOnly,
} from '../../src/access/decorators.js';
import { ACCESS_LEVELS, isRead } from '../../src/access/access-level.js';
import { KEY_TYPES } from '../../src/access/key-types.js';
import { PERMISSIONS, type Permission } from '../../src/access/permissions.js';
import type { Credential, Membership, Principal } from '../../src/access/principal.js';
import {
  InvalidApiKey,
  NotFound,
  PermissionDenied,
  ReadOnlyKey,
  WrongCredentialKind,
} from '../../src/common/errors.js';
import { AccessLevelGuard } from '../../src/guards/access-level.guard.js';
import { RolesGuard } from '../../src/guards/roles.guard.js';
import { accessOf } from '../../src/guards/route-access.js';
import { runStrategy, StrategyRefusal } from '../../src/auth/run-strategy.js';

class Handlers {
  @Public() open(): void {}
  @Authenticated() anyone(): void {}
  @Authenticated({ via: PERSONAL }) personal(): void {}
  @RequirePermission('member.manage') managing(): void {}
  @StaffOnly() staff(): void {}
  undeclared(): void {}
}

interface Request {
  principal?: Principal;
  membership?: Membership;
  params?: Record<string, string>;
  method?: string;
}

function context(handler: keyof Handlers, request: Request = {}): ExecutionContext {
  const args = [{ params: {}, method: 'GET', ...request }];
  return new ExecutionContextHost(args, Handlers as Type, Handlers.prototype[handler]);
}

const key = (more: Partial<Extract<Credential, { scheme: 'access_key' }>> = {}): Credential => ({
  scheme: 'access_key',
  keyId: 1,
  prefix: 'abcdefgh',
  accessLevel: 'full_access',
  admin: false,
  organizationId: null,
  expiresAt: null,
  ending: false,
  supersededBy: null,
  ...more,
});
const session: Credential = { scheme: 'session', sessionId: 1, expiresAt: new Date(0) };
const jwt: Credential = { scheme: 'jwt', familyId: 1, expiresAt: new Date(0) };

const principal = (credential: Credential, isStaff = false): Principal => ({
  userId: 1,
  isStaff,
  credential,
  origin: { ip: null, userAgent: null, requestId: null },
});

const member = (of: Principal, permissions: Permission[]): Membership => ({
  id: 1,
  organizationId: 3,
  userId: of.userId,
  roleId: 1,
  permissions,
  principal: of,
});

describe('Is this yours, and may your role?', () => {
  const guard = new RolesGuard();
  const judge = (handler: keyof Handlers, request: Request) => () =>
    guard.canActivate(context(handler, request));
  const inside = (credential: Credential, permissions: Permission[]): Request => {
    const caller = principal(credential);
    return { principal: caller, membership: member(caller, permissions), params: { org_pk: '3' } };
  };

  it('a public handler is open to nobody in particular, even on an organization’s path', () => {
    expect(judge('open', { params: { org_pk: '3' } })()).toBe(true);
  });

  it('without a principal nothing else opens', () => {
    for (const handler of ['anyone', 'personal', 'managing', 'staff'] as const) {
      expect(judge(handler, {})).toThrow('RolesGuard runs after AuthenticationGuard.');
    }
  });

  it('an organization that the caller is not a member of is 404, whatever the handler asks for', () => {
    for (const handler of ['anyone', 'personal', 'managing'] as const) {
      const request = { principal: principal(session), params: { org_pk: '3' } };
      expect(judge(handler, request)).toThrow(NotFound);
    }
    expect(judge('staff', { principal: principal(session, true), params: { org_pk: '3' } })).toThrow(
      NotFound,
    );
  });

  it('inside, exactly the permission that the handler names opens it: 403 without it', () => {
    for (const permission of PERMISSIONS) {
      const judged = judge('managing', inside(session, [permission]));
      if (permission === 'member.manage') expect(judged()).toBe(true);
      else expect(judged).toThrow(PermissionDenied);
    }
    expect(judge('managing', inside(session, []))).toThrow(PermissionDenied);
    expect(judge('managing', inside(session, [...PERMISSIONS]))()).toBe(true);
    // off an organization's path no membership is known, so no permission is held
    expect(judge('managing', { principal: principal(session, true) })).toThrow(PermissionDenied);
  });

  it('any member may what asks for no permission', () => {
    expect(judge('anyone', inside(key(), []))()).toBe(true);
    expect(judge('anyone', { principal: principal(key()) })()).toBe(true);
  });

  it('staff handlers are there for staff alone, and for a key only when it was issued for it', () => {
    for (const credential of [session, jwt, key({ admin: true })]) {
      expect(judge('staff', { principal: principal(credential, true) })()).toBe(true);
      expect(judge('staff', { principal: principal(credential, false) })).toThrow(NotFound);
    }
    expect(judge('staff', { principal: principal(key({ admin: false }), true) })).toThrow(NotFound);
  });

  it('staff handlers are not there for a key that is confined to an organization, whatever it was issued for', () => {
    const confined = key({ admin: true, organizationId: 1 });
    expect(judge('staff', { principal: principal(confined, true) })).toThrow(NotFound);
  });

  it('a handler for persons refuses a key, and says so', () => {
    expect(judge('personal', { principal: principal(session) })()).toBe(true);
    expect(judge('personal', { principal: principal(jwt) })()).toBe(true);
    const judged = judge('personal', { principal: principal(key({ admin: true }), true) });
    expect(judged).toThrow(WrongCredentialKind);
    expect(judged).toThrow("This endpoint can't be used with an API key.");
  });

  it('a handler that declares no access opens to nobody, and is named', () => {
    const request = { principal: principal(session, true) };
    expect(judge('undeclared', request)).toThrow('Handlers.undeclared declares no access.');
    expect(() => accessOf(context('undeclared'))).toThrow('declares no access');
    expect(accessOf(context('staff'))).toEqual({ kind: 'staff' });
  });
});

describe('May this key? (A9)', () => {
  const guard = new AccessLevelGuard();
  const judge = (credential: Credential | undefined, method: string) => () =>
    guard.canActivate(context('anyone', { method, ...(credential && { principal: principal(credential) }) }));
  const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'get', 'QUERY', ''];

  it('a read-only key reads and writes nothing, by whatever method', () => {
    const readOnly = key({ accessLevel: 'read_only' });
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(judge(readOnly, method)()).toBe(true);
    for (const method of WRITES) expect(judge(readOnly, method)).toThrow(ReadOnlyKey);
  });

  it('a full key, a JWT, a session and a public call are not narrowed', () => {
    for (const credential of [key(), jwt, session, undefined]) {
      for (const method of ['GET', ...WRITES]) expect(judge(credential, method)()).toBe(true);
    }
  });

  it('GET, HEAD and OPTIONS are the reads, and nothing else', () => {
    expect(['GET', 'HEAD', 'OPTIONS', ...WRITES].filter(isRead)).toEqual(['GET', 'HEAD', 'OPTIONS']);
  });
});

describe('The words of the contract', () => {
  it('access levels and key types are those that clients know', () => {
    expect(ACCESS_LEVELS).toEqual(['read_only', 'full_access']);
    expect(KEY_TYPES).toEqual(['H', 'T', 'O', 'W', 'C', 'A', 'P']);
  });
});

describe('Running one strategy', () => {
  type Outcomes = Record<'success' | 'fail' | 'pass' | 'redirect' | 'error', (value?: unknown) => void>;
  const run = (authenticate: (this: Outcomes, request: unknown, options: object) => void) =>
    runStrategy({ authenticate }, 'the request');

  it('gives what it proves, of this request', async () => {
    await expect(
      run(function (request, options) {
        this.success({ request, options });
      }),
    ).resolves.toEqual({ request: 'the request', options: {} });
  });

  it('keeps the reason of a refusal', async () => {
    const refused = run(function () {
      this.fail(new Error('jwt malformed'));
    });
    await expect(refused).rejects.toBeInstanceOf(StrategyRefusal);
    await expect(refused).rejects.toThrow(/^jwt malformed$/);
  });

  it("a refusal of the catalogue is the strategy's own answer", async () => {
    const refusal = new InvalidApiKey('unknown');
    const refused = run(function () {
      this.fail(refusal);
    });
    await expect(refused).rejects.toBe(refusal);
  });

  it('a challenge that is no error is a refusal, and so is a pass', async () => {
    const failed = run(function () {
      this.fail('Bearer realm="x"');
    });
    await expect(failed).rejects.toBeInstanceOf(StrategyRefusal);
    await expect(failed).rejects.toThrow(/^refused$/);
    const passed = run(function () {
      this.pass();
    });
    await expect(passed).rejects.toBeInstanceOf(StrategyRefusal);
    await expect(passed).rejects.toThrow(/^passed$/);
  });

  it('an outage stays the error that it is', async () => {
    const outage = new Error('connection refused');
    const failed = run(function () {
      this.error(outage);
    });
    await expect(failed).rejects.toBe(outage);
  });

  it('a redirect is our own mistake, no refusal', async () => {
    const redirected = run(function () {
      this.redirect('https://elsewhere.test');
    });
    await expect(redirected).rejects.toThrow('A strategy of an API must not redirect.');
    await expect(redirected).rejects.not.toBeInstanceOf(StrategyRefusal);
  });

  it('leaves the strategy itself as it was, so that requests at once do not mix', async () => {
    const strategy = {
      authenticate(this: Outcomes, request: unknown) {
        setImmediate(() => this.success(request));
      },
    };
    const requests = [1, 2, 3];
    expect(await Promise.all(requests.map((request) => runStrategy(strategy, request)))).toEqual(requests);
    expect(Object.keys(strategy)).toEqual(['authenticate']);
  });
});
