import { randomUUID } from 'node:crypto';
import { RULES } from '../../contract/access-matrix.js';
import type { TestApp } from '../app.js';
import type { Answer, Client } from '../client.js';
import type { MadeUser } from '../factory.js';
import { bearerOf, sessionOf } from '../sign-in.js';

export type Scheme = 'session' | 'jwt' | 'key';

/** What a write acts on, made anew for every call: who calls, where they are Owner, and somebody else there. */
export interface Setting {
  readonly org: { id: number };
  readonly caller: MadeUser;
  readonly api: Client;
  /** The id of the session, the token family or the key by which the caller calls. */
  readonly credentialId: number;
  readonly member: MadeUser & { memberId: number };
}

/** The parameters of the path by name, and the body of a call that succeeds. */
export type Call = (setting: Setting) => Promise<{ params?: Record<string, number>; body?: unknown }>;

/** Every write of the contract that somebody's credential opens, as a call that succeeds. */
export interface Writes {
  readonly calls: Readonly<Record<string, Call>>;
  /** Somebody who may make the call, and where. */
  settingOf(route: string, scheme: Scheme): Promise<Setting>;
  /** The call of a route in its setting, ready to be sent. */
  callOf(route: string, setting: Setting): Promise<{ method: string; path: string; body: unknown }>;
}

/** Those calls, at the service under test. */
export function writesOf(test: TestApp): Writes {
  const keyOf = async (user: MadeUser, org?: { id: number }): Promise<{ id: number }> =>
    test.make.accessKey(user, { ...(org && { organization: org }), expiresInSeconds: 86_400 });
  const suspended = async (key: { id: number }, as: string): Promise<{ id: number }> => {
    await test.database.query(
      `UPDATE access_keys SET suspended_at = app_now(), suspended_as = $2 WHERE id = $1`,
      [key.id, as],
    );
    return key;
  };
  const idOf = async ({ status, body }: Answer): Promise<number> => {
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.id as number;
  };
  const staffApi = async (): Promise<Client> =>
    test.api.as(await sessionOf(test, await test.make.user({ staff: true })));
  const grantTo = async (user: MadeUser, org: { id: number }): Promise<number> =>
    idOf(
      await (
        await staffApi()
      ).post('/api/admin/access-key-grants/', {
        user: user.id,
        organization: org.id,
        access_level: 'read_only',
        name: 'Granted',
        reason: 'Asked for',
      }),
    );
  const requestOf = async (user: MadeUser, { id }: { id: number }): Promise<number> =>
    idOf(await test.api.as(await sessionOf(test, user)).post('/api/auth/access-key-requests/', wish(id)));
  const wish = (organization: number) => ({
    organization,
    access_level: 'read_only',
    name: 'Wanted',
    reason: 'Needed',
  });
  const invitationOf = async (user: MadeUser): Promise<number> => {
    const org = await test.make.org();
    const owner = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
    return idOf(await owner.post(`/api/orgs/${org.id}/members/`, { email: user.email, role: 'Viewer' }));
  };
  const providerKeyIn = async ({ id }: { id: number }): Promise<number> => {
    const owner = test.api.as(await sessionOf(test, await test.make.member({ id }, 'Owner')));
    return idOf(
      await owner.post(`/api/orgs/${id}/api-keys/`, { key_type: 'H', key: `provider-${randomUUID()}` }),
    );
  };
  const onKeyOf =
    (whose: 'caller' | 'member', body: unknown = {}): Call =>
    async (setting) => ({ params: { id: (await keyOf(setting[whose], setting.org)).id }, body });
  const onRequestOf =
    (whose: 'caller' | 'member', body: unknown = {}): Call =>
    async (setting) => ({ params: { id: await requestOf(setting[whose], setting.org) }, body });
  const bulkAt =
    (path: (setting: Setting) => string): Call =>
    async (setting) => {
      await keyOf(setting.member, setting.org);
      const body = { filter: { user: setting.member.id }, reason: 'A bad night' };
      const { confirm_token } = (await setting.api.post(path(setting), body)).body;
      return { body: { ...body, dry_run: false, confirm_token } };
    };
  const onSuspendedKeyOf =
    (whose: 'caller' | 'member', as: string): Call =>
    async (setting) => ({
      params: { id: (await suspended(await keyOf(setting[whose], setting.org), as)).id },
      body: {},
    });
  const newUser: Call = async () => ({ params: { id: (await test.make.user()).id }, body: {} });

  /** Of every write of the contract that somebody's credential opens: a call that succeeds. */
  const calls: Readonly<Record<string, Call>> = {
    'PATCH /api/orgs/{org_pk}/': async () => ({ body: { name: 'Renamed' } }),
    'POST /api/orgs/{org_pk}/members/': async () => ({
      body: { email: (await test.make.user()).email, role: 'Viewer' },
    }),
    'PATCH /api/orgs/{org_pk}/members/{id}/': async ({ member }) => ({
      params: { id: member.memberId },
      body: { role: 'Administrator' },
    }),
    'DELETE /api/orgs/{org_pk}/members/{id}/': async ({ member }) => ({ params: { id: member.memberId } }),
    'POST /api/orgs/{org_pk}/roles/': async () => ({
      body: { name: 'Reader', permissions: ['organization.view'] },
    }),
    'PATCH /api/orgs/{org_pk}/roles/{id}/': async ({ org }) => ({
      params: { id: await test.make.role(org, ['organization.view']) },
      body: { name: 'Renamed' },
    }),
    'DELETE /api/orgs/{org_pk}/roles/{id}/': async ({ org }) => ({
      params: { id: await test.make.role(org, ['organization.view']) },
    }),
    'POST /api/orgs/{org_pk}/api-keys/': async () => ({
      body: { key_type: 'H', key: `provider-${randomUUID()}` },
    }),
    'PATCH /api/orgs/{org_pk}/api-keys/{api_key_pk}/': async ({ org }) => ({
      params: { api_key_pk: await providerKeyIn(org) },
      body: { enabled: false },
    }),
    'PUT /api/orgs/{org_pk}/api-keys/{api_key_pk}/': async ({ org }) => ({
      params: { api_key_pk: await providerKeyIn(org) },
      body: { key_type: 'H', key: `provider-${randomUUID()}` },
    }),
    'DELETE /api/orgs/{org_pk}/api-keys/{api_key_pk}/': async ({ org }) => ({
      params: { api_key_pk: await providerKeyIn(org) },
    }),
    'POST /api/orgs/{org_pk}/access-keys/bulk-revoke/': bulkAt(
      ({ org }) => `/api/orgs/${org.id}/access-keys/bulk-revoke/`,
    ),
    'POST /api/admin/access-keys/bulk-revoke/': bulkAt(() => '/api/admin/access-keys/bulk-revoke/'),
    'POST /api/orgs/{org_pk}/access-keys/{id}/revoke/': onKeyOf('member'),

    'POST /api/orgs/{org_pk}/access-key-requests/{id}/approve/': onRequestOf('member'),
    'POST /api/orgs/{org_pk}/access-key-requests/{id}/decline/': onRequestOf('member', { reason: 'No' }),

    'PATCH /api/admin/policy/': async () => ({ body: { issuing_stopped: true } }),
    'POST /api/admin/orgs/': async () => ({ body: { name: 'New' } }),
    'PATCH /api/admin/orgs/{id}/': async ({ org }) => ({ params: { id: org.id }, body: { name: 'Renamed' } }),
    'POST /api/admin/orgs/{id}/members/': async ({ org }) => ({
      params: { id: org.id },
      body: { user: (await test.make.user()).id, role: 'Viewer' },
    }),
    'PATCH /api/admin/orgs/{id}/members/{member_id}/': async ({ org, member }) => ({
      params: { id: org.id, member_id: member.memberId },
      body: { role: 'Administrator' },
    }),
    'DELETE /api/admin/orgs/{id}/members/{member_id}/': async ({ org, member }) => ({
      params: { id: org.id, member_id: member.memberId },
    }),
    'POST /api/admin/users/': async () => ({
      body: { email: `new-${randomUUID()}@example.com`, name: 'New' },
    }),
    'PATCH /api/admin/users/{id}/': async () => ({
      params: { id: (await test.make.user()).id },
      body: { name: 'Renamed' },
    }),
    'POST /api/admin/users/{id}/deactivate/': newUser,
    'POST /api/admin/users/{id}/activate/': async () => ({
      params: { id: (await test.make.user({ active: false })).id },
      body: {},
    }),
    'POST /api/admin/users/{id}/password-link/': newUser,
    'POST /api/admin/access-keys/': async ({ member, org }) => ({
      body: { user: member.id, organization: org.id, access_level: 'read_only', name: 'New' },
    }),
    'PATCH /api/admin/access-keys/{id}/': onKeyOf('member', { name: 'Renamed' }),
    'POST /api/admin/access-keys/{id}/revoke/': onKeyOf('member'),
    'POST /api/admin/access-keys/{id}/suspend/': onKeyOf('member'),
    'POST /api/admin/access-keys/{id}/resume/': onSuspendedKeyOf('member', 'staff'),
    'POST /api/admin/access-keys/{id}/rotate/': onKeyOf('member'),
    'POST /api/admin/access-key-grants/': async ({ member, org }) => ({
      body: {
        user: member.id,
        organization: org.id,
        access_level: 'read_only',
        name: 'New',
        reason: 'Asked',
      },
    }),
    'POST /api/admin/access-key-grants/{id}/cancel/': async ({ member, org }) => ({
      params: { id: await grantTo(member, org) },
      body: {},
    }),
    'POST /api/admin/access-key-requests/{id}/approve/': onRequestOf('member'),
    'POST /api/admin/access-key-requests/{id}/decline/': onRequestOf('member', { reason: 'No' }),

    'POST /api/auth/access-key-requests/': async ({ org }) => ({ body: wish(org.id) }),
    'POST /api/auth/access-key-requests/{id}/cancel/': onRequestOf('caller'),
    'POST /api/auth/access-keys/': async ({ org }) => ({
      body: { organization: org.id, access_level: 'read_only', name: 'New' },
    }),
    'POST /api/auth/access-keys/{id}/revoke/': onKeyOf('caller'),
    'POST /api/auth/access-keys/{id}/suspend/': onKeyOf('caller'),
    'POST /api/auth/access-keys/{id}/resume/': onSuspendedKeyOf('caller', 'user'),
    'POST /api/auth/access-keys/{id}/rotate/': onKeyOf('caller'),
    'POST /api/auth/access-keys/current/rotate/': async () => ({ body: {} }),
    'POST /api/auth/access-keys/current/revoke/': async () => ({ body: {} }),
    'POST /api/auth/access-key-grants/{id}/redeem/': async ({ caller, org }) => ({
      params: { id: await grantTo(caller, org) },
      body: {},
    }),
    'POST /api/auth/invitations/{id}/accept/': async ({ caller }) => ({
      params: { id: await invitationOf(caller) },
      body: {},
    }),
    'DELETE /api/auth/invitations/{id}/': async ({ caller }) => ({
      params: { id: await invitationOf(caller) },
    }),
    'DELETE /api/auth/sessions/': async ({ caller }) => {
      await sessionOf(test, caller);
      return {};
    },
    'DELETE /api/auth/sessions/{id}/': async ({ caller }) => {
      await sessionOf(test, caller);
      const [other] = await test.database.query<{ id: number }>(
        'SELECT max(id) AS id FROM sessions WHERE user_id = $1',
        [caller.id],
      );
      return { params: { id: other?.id ?? 0 } };
    },
    'POST /api/auth/password/': async ({ caller }) => ({
      body: {
        current_password: await test.make.password(caller),
        new_password: 'another battery staple, and correct',
      },
    }),
  };

  async function settingOf(route: string, scheme: Scheme): Promise<Setting> {
    const org = await test.make.org();
    const rule = RULES[route] ?? '';
    const caller = await test.make.user({ staff: rule === 'staff' });
    if (rule !== 'staff') await test.make.member(org, 'Owner', caller);
    const member = await test.make.member(org, 'Viewer');
    return { org, caller, member, ...(await credentialOf(scheme, caller, rule === 'staff')) };
  }

  async function credentialOf(
    scheme: Scheme,
    caller: MadeUser,
    admin: boolean,
  ): Promise<Pick<Setting, 'api' | 'credentialId'>> {
    if (scheme === 'key') {
      const { key, id } = await test.make.accessKey(caller, { admin });
      return { api: test.api.as({ key }), credentialId: id };
    }
    const credential = await (scheme === 'session' ? sessionOf : bearerOf)(test, caller);
    const table = scheme === 'session' ? 'sessions' : 'token_families';
    const [row] = await test.database.query<{ id: number }>(`SELECT id FROM ${table} WHERE user_id = $1`, [
      caller.id,
    ]);
    return { api: test.api.as(credential), credentialId: row?.id ?? 0 };
  }

  async function callOf(
    route: string,
    setting: Setting,
  ): Promise<{ method: string; path: string; body: unknown }> {
    const [method = '', template = ''] = route.split(' ');
    const { params = {}, body } = (await calls[route]?.(setting)) ?? {};
    const values: Record<string, number> = { org_pk: setting.org.id, ...params };
    const path = template.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name]));
    return { method, path, body };
  }

  return { calls, settingOf, callOf };
}

/** By which schemes the contract lets a write be called. */
export function schemesOf(route: string): Scheme[] {
  const rule = RULES[route] ?? 'public';
  if (rule === 'public' || rule === 'gateway' || route.startsWith('GET ')) return [];
  if (rule === 'person') return ['session', 'jwt'];
  if (rule === 'program') return ['jwt', 'key'];
  return rule === 'session' ? ['session'] : rule === 'key' ? ['key'] : ['session', 'jwt', 'key'];
}
