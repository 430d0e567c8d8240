import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { type Rule, RULES } from './access-matrix.js';
import { CONTRACT_PERMISSIONS, CONTRACT_ROLE_NAMES, CONTRACT_ROLES } from './role-table.js';
import { routesOf } from './routes.js';

/** Somebody who calls: whose credential it is, and what it may do. */
interface Caller {
  readonly name: string;
  readonly scheme: 'access_key' | 'jwt' | 'session';
  readonly readOnly: boolean;
  readonly staff: boolean;
  /** What the caller holds in the organization of the path; `undefined`: not a member. */
  readonly permissions: readonly string[] | undefined;
  /** A client with a fresh credential: some routes end the one that they are called with. */
  readonly client: () => Promise<Client>;
}

let test: TestApp;
let orgId: number;
let callers: Caller[];
let routes: string[];

beforeAll(async () => {
  test = await startTestApp();
  const org = await test.make.org();
  orgId = org.id;
  routes = routesOf(test.app);
  callers = [];
  for (const role of CONTRACT_ROLE_NAMES) {
    callers.push(...callersOf(role, await test.make.member(org, role), CONTRACT_ROLES[role]));
  }
  callers.push(
    ...callersOf('Owner elsewhere', await test.make.member(await test.make.org(), 'Owner'), undefined),
  );
  callers.push(...staffCallersOf(await test.make.user({ staff: true })));
});
afterAll(() => test.close());

function callersOf(role: string, user: MadeUser, permissions: Caller['permissions']): Caller[] {
  const key = (level: 'read_only' | 'full_access') => async () =>
    test.api.as({ key: (await test.make.accessKey(user, { level })).key });
  const base = { staff: false, readOnly: false, permissions };
  return [
    {
      ...base,
      name: `${role}, read-only key`,
      scheme: 'access_key',
      readOnly: true,
      client: key('read_only'),
    },
    { ...base, name: `${role}, full key`, scheme: 'access_key', client: key('full_access') },
    {
      ...base,
      name: `${role}, JWT`,
      scheme: 'jwt',
      client: async () => test.api.as(await bearerOf(test, user)),
    },
    {
      ...base,
      name: `${role}, session`,
      scheme: 'session',
      client: async () => test.api.as(await sessionOf(test, user)),
    },
  ];
}

function staffCallersOf(user: MadeUser): Caller[] {
  const adminKey = (level: 'read_only' | 'full_access') => async () =>
    test.api.as({ key: (await test.make.accessKey(user, { level, admin: true })).key });
  const [readOnly, full, jwt, session] = callersOf('Staff', user, undefined);
  if (!readOnly || !full || !jwt || !session) throw new Error('four callers');
  return [
    full, // not an admin key: the admin paths aren't there for it
    { ...readOnly, name: 'Staff, read-only admin key', staff: true, client: adminKey('read_only') },
    { ...full, name: 'Staff, full admin key', staff: true, client: adminKey('full_access') },
    { ...jwt, staff: true },
    { ...session, staff: true },
  ];
}

const isRead = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The refusal that the contract demands, or `undefined`: let through. Order of refusal: contract §1. */
function expectedRefusal(rule: Rule, method: string, caller: Caller): string | undefined {
  const inOrganization = rule === 'member' || (CONTRACT_PERMISSIONS as readonly string[]).includes(rule);
  if (rule === 'public') return undefined;
  if (rule === 'gateway') return '403 not_a_gateway';
  if (rule === 'program') return caller.scheme === 'session' ? '401 not_authenticated' : undefined;
  if (rule === 'staff' && !caller.staff) return '404 not_found';
  if (inOrganization && !caller.permissions) return '404 not_found';
  if (inOrganization && rule !== 'member' && !caller.permissions?.includes(rule))
    return '403 permission_denied';
  if (rule === 'person' && caller.scheme === 'access_key') return '403 wrong_credential_kind';
  if (rule === 'session' && caller.scheme !== 'session') return '403 wrong_credential_kind';
  if (rule === 'key' && caller.scheme !== 'access_key') return '403 wrong_credential_kind';
  if (caller.readOnly && !isRead(method)) return '403 read_only_key';
  return undefined;
}

/** A question, though it comes in a body: a read-only key may ask it (contract §7). */
const READ_BY_POST = new Set(['POST /api/auth/introspect/']);

const REFUSALS = [
  '401 not_authenticated',
  '401 authentication_failed',
  '403 permission_denied',
  '403 wrong_credential_kind',
  '403 read_only_key',
  '403 csrf_failed',
  '403 not_a_gateway',
];

/** The refusal that an answer is, if it is one of the guards'. A 404 is one only where nothing but the guards gives it. */
function refusalOf(route: string, { status, body }: Answer): string | undefined {
  const refusal = `${status} ${codeOf(body)}`;
  const namesAnObject = pathOf(route).replace('{org_pk}', '').includes('{');
  return REFUSALS.includes(refusal) || (refusal === '404 not_found' && !namesAnObject) ? refusal : undefined;
}

const codeOf = (body: unknown): string => String((body as { code?: unknown } | null)?.code);

async function call(client: Client, route: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const url = path.replace('{org_pk}', String(orgId)).replace(/\{\w+\}/g, '2147483647');
  return client.send(method, url, isRead(method) || method === 'DELETE' ? undefined : {});
}

const pathOf = (route: string): string => route.split(' ')[1] ?? '';

it('every route of the router is classified, and nothing is classified that is not there (A9, F1, T12)', () => {
  expect(routes.toSorted()).toEqual(Object.keys(RULES).toSorted());
});

it('every route but the public ones is 401 without a credential and with a bad one, in every scheme (F1, F2)', async () => {
  const bad = [
    test.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` }),
    test.api.as({ bearer: 'a.b.c' }),
    test.api.as({ session: 'A'.repeat(43) }),
  ];
  const wrong: string[] = [];
  for (const route of routes) {
    for (const client of [test.api, ...bad]) {
      const answer = await call(client, route);
      const refused =
        answer.status === 401 && answer.headers.get('www-authenticate')?.startsWith('Api-Key realm="api"');
      const open = RULES[route] === 'public';
      const code = codeOf(answer.body);
      const wanted = RULES[route] === 'gateway' ? code === 'not_a_gateway' : refused;
      if (open ? code === 'not_authenticated' : !wanted)
        wrong.push(`${route}: ${answer.status} ${answer.text}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('every route × scheme × role × access level is answered as role rule AND level rule demand (A9, A11, A19, G1, G4, T9)', async () => {
  const wrong: string[] = [];
  let judged = 0;
  for (const route of routes) {
    const rule = RULES[route] ?? 'public';
    const [method = ''] = route.split(' ');
    for (const caller of callers) {
      const answer = await call(await caller.client(), route);
      const expected = expectedRefusal(rule, READ_BY_POST.has(route) ? 'GET' : method, caller);
      const namesAnObject = pathOf(route).replace('{org_pk}', '').includes('{');
      const actual =
        expected === '404 not_found' && namesAnObject
          ? `${answer.status} ${codeOf(answer.body)}`
          : refusalOf(route, answer);
      if (rule !== 'public' && actual !== expected) {
        wrong.push(
          `${route} as ${caller.name}: expected ${expected ?? 'to be let through'}, was ${answer.status} ${answer.text}`,
        );
      }
      if (answer.status >= 500) wrong.push(`${route} as ${caller.name}: ${answer.status}`);
      judged += 1;
    }
  }
  expect(wrong).toEqual([]);
  expect(judged).toBe(routes.length * callers.length);
  recordFigure(
    'contract/access-matrix',
    `${routes.length} routes, each as ${callers.length} kinds of caller`,
  );
}, 600_000);
