import type { Client } from '../client.js';
import { loginHeaders } from '../log-in.js';
import { callingStaff } from '../callers.js';
import { KEYS } from '../provider-calls.js';
import type { ProviderApp } from '../provider-app.js';
import type { FuzzedOperation } from './fuzzed-operation.js';
import { Tenant } from './tenant.js';

type Json = Readonly<Record<string, unknown>>;

/** Something live that an operation can be called on, by somebody who may. */
export interface Target {
  readonly tenant: Tenant;
  readonly path: string;
  readonly client: Client;
  /** Fields that only mean something if they name what is there: ids, credentials. */
  readonly known: Json;
}

/** Path, up to the part that names an object → makes such an object. */
const OBJECTS: Readonly<Record<string, (tenant: Tenant) => Promise<number | string> | number | string>> = {
  '/api/orgs/{org_pk}/members/{id}/': async (tenant) => (await tenant.viewer()).memberId,
  '/api/orgs/{org_pk}/roles/{id}/': ({ app, org }) => app.test.make.role(org, ['member.view']),
  '/api/orgs/{org_pk}/api-keys/{api_key_pk}/': (tenant) => tenant.providerKey(),
  '/api/orgs/{org_pk}/access-keys/{id}/': async (tenant) => (await tenant.confinedKey()).id,
  '/api/orgs/{org_pk}/access-key-requests/{id}/': (tenant) => tenant.requestOfViewer(),
  '/api/auth/access-keys/{id}/': async (tenant) => (await tenant.confinedKey()).id,
  '/api/auth/access-key-grants/{id}/': (tenant) => tenant.grant(),
  '/api/auth/access-key-requests/{id}/': (tenant) => tenant.request(),
  '/api/auth/invitations/{id}/': (tenant) => tenant.invitation(),
  '/api/auth/sessions/{id}/': (tenant) => tenant.session(),
  '/api/admin/access-keys/{id}/': async (tenant) => (await tenant.confinedKey()).id,
  '/api/admin/access-key-grants/{id}/': (tenant) => tenant.grant(),
  '/api/admin/access-key-requests/{id}/': (tenant) => tenant.requestOfViewer(),
  '/api/admin/orgs/{id}/members/{': ({ org }) => org.id,
  '/api/admin/orgs/{id}/members/{member_id}/': async (tenant) => (await tenant.viewer()).memberId,
  '/api/admin/orgs/{id}/': async ({ app }) => (await app.test.make.org()).id,
  '/api/admin/users/{id}/': async ({ app }) => (await app.test.make.user()).id,
  '/api/choices/{name}/': () => 'key_types',
};

/** What must have happened to the object for the operation to make sense. */
const BEFORE: Readonly<Record<string, (tenant: Tenant, path: string) => Promise<unknown>>> = {
  'POST /api/admin/access-keys/{id}/resume/': ({ staff }, path) =>
    staff.post(path.replace('resume', 'suspend')),
  'POST /api/auth/access-keys/{id}/resume/': async (tenant, path) =>
    (await tenant.bySession()).post(path.replace('resume', 'suspend')),
  'POST /api/admin/users/{id}/activate/': ({ staff }, path) =>
    staff.post(path.replace('/activate', '/deactivate')),
};

const role: () => Json = () => ({ role: 'Viewer' });
const login = async (tenant: Tenant): Promise<Json> => ({
  email: tenant.owner.email,
  password: await tenant.password(),
});
const refresh = async (tenant: Tenant): Promise<Json> => ({ refresh: await tenant.refreshToken() });
const openAiKey: () => Json = () => ({ key_type: 'A', key: KEYS.A, settings: { project: 'p-1' } });

/** Fields of the body that name what is there. */
const KNOWN: Readonly<Record<string, (tenant: Tenant) => Json | Promise<Json>>> = {
  'POST /api/orgs/{org_pk}/members/': role,
  'PATCH /api/orgs/{org_pk}/members/{id}/': role,
  'PATCH /api/admin/orgs/{id}/members/{member_id}/': role,
  'POST /api/admin/orgs/{id}/members/': async ({ app }) => ({
    user: (await app.test.make.user()).id,
    role: 'Viewer',
  }),
  'POST /api/orgs/{org_pk}/api-keys/': openAiKey,
  'PATCH /api/orgs/{org_pk}/api-keys/{api_key_pk}/': openAiKey,
  'PUT /api/orgs/{org_pk}/api-keys/{api_key_pk}/': openAiKey,
  'POST /api/admin/access-keys/': ({ owner, org }) => ({
    user: owner.id,
    organization: org.id,
    admin: false,
  }),
  'POST /api/admin/access-key-grants/': ({ owner, org }) => ({ user: owner.id, organization: org.id }),
  'POST /api/auth/access-keys/': ({ org }) => ({ organization: org.id }),
  'POST /api/auth/access-key-requests/': ({ org }) => ({ organization: org.id }),
  'POST /api/auth/access-keys/diagnose/': ({ key }) => ({ key: key.key }),
  'POST /api/auth/token/': login,
  'POST /api/auth/login/': login,
  'POST /api/auth/token/refresh/': refresh,
  'POST /api/auth/token/revoke/': refresh,
  'POST /api/auth/token/verify/': async (tenant) => ({ token: await tenant.refreshToken() }),
  'POST /api/auth/password/': async (tenant) => ({ current_password: await tenant.password() }),
  'POST /api/auth/password/set/': async (tenant) => ({ token: await tenant.passwordToken() }),
};

/** A provider's call that the pass-through lets through, by method. */
const PROVIDER_CALLS: Readonly<Record<string, readonly ['A' | 'W', string]>> = {
  GET: ['A', 'v1/models'],
  POST: ['A', 'v1/embeddings'],
  PUT: ['W', 'v2/cases/1'],
};

/** Makes what operations are called on. */
export class Targets {
  private constructor(
    private readonly app: ProviderApp,
    private readonly staff: Client,
  ) {}

  static async of(app: ProviderApp): Promise<Targets> {
    return new Targets(app, (await callingStaff(app.test)).api);
  }

  async for(operation: FuzzedOperation): Promise<Target> {
    const tenant = await Tenant.make(this.app, this.staff);
    const path = await this.pathOf(operation, tenant);
    await BEFORE[operation.name]?.(tenant, path);
    const known = (await KNOWN[operation.name]?.(tenant)) ?? {};
    return { tenant, path, client: await this.callerOf(operation, tenant), known };
  }

  /** Somebody who may call it, by a scheme that it takes. */
  async callerOf({ name, access, schemes }: FuzzedOperation, tenant: Tenant): Promise<Client> {
    const { api } = this.app.test;
    if (name === 'POST /api/auth/login/') return api.with(await loginHeaders(this.app.test));
    if (access.kind === 'public') return api;
    if (access.kind === 'staff') return this.staff;
    return schemes.includes('ApiKey') ? tenant.byKey : tenant.bySession();
  }

  private async pathOf({ path, method }: FuzzedOperation, tenant: Tenant): Promise<string> {
    let found = path.replace('{org_pk}', String(tenant.org.id));
    if (path.includes('{key_type}')) {
      const [type, target] = PROVIDER_CALLS[method] ?? ['A', ''];
      await tenant.providerKey(type);
      return found.replace('{key_type}', type).replace('{path}', target);
    }
    for (const [place, make] of Object.entries(OBJECTS)) {
      if (path.startsWith(place)) found = found.replace(/\{\w+\}/, String(await make(tenant)));
    }
    if (found.includes('{')) throw new Error(`No object is known for ${path}.`);
    return found;
  }
}
