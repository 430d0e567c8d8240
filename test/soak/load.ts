import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { rememberSecret } from '../support/canary.js';
import type { Credential } from '../support/client.js';
import { History } from '../support/history.js';
import { logInToSession } from '../support/log-in.js';
import type { LoadedWorld } from './world.js';

/** A key that was handed out, and what was acknowledged of it last. */
export interface KnownKey {
  readonly id: number;
  readonly key: string;
  readonly state: 'live' | 'revoked';
  /** What the audit log must have of it. */
  readonly event: 'access_key.issued' | 'access_key.rotated' | 'access_key.revoked';
}

/** What the load knows in the end. */
export interface Known {
  readonly keys: KnownKey[];
  /** Requests for provider calls that were sent, and those that were answered 200. */
  readonly calls: { sent: number; answered: number };
}

/** An organization, its Owner, and the credentials that act for them. */
export interface Tenant {
  readonly org: { id: number; name: string };
  readonly user: { id: number; email: string };
  readonly password: string;
  readonly owner: { key: string };
  readonly staff: { key: string };
  readonly providerKey: number;
}

/** Makes a tenant, its provider key stored, past all faults. */
export async function makeTenant({ direct, fakes }: LoadedWorld, staff: { key: string }): Promise<Tenant> {
  const org = await direct.make.org();
  const user = await direct.make.member(org, 'Owner');
  const owner = { key: (await direct.make.accessKey(user)).key };
  const password = await direct.make.password(user);
  const key = `soak-provider-key-${org.id}-${user.email}`;
  rememberSecret(key);
  fakes.H.goodKeys.add(key);
  const stored = await direct.api.as(owner).post(`/api/orgs/${org.id}/api-keys/`, { key_type: 'H', key });
  if (stored.status !== 201) throw new Error(`No provider key: ${stored.text}`);
  return { org, user, password, owner, staff, providerKey: stored.body.id };
}

/** Uses a credential on both services at once, `times` times, and looks whose answer it was. */
async function use(
  world: LoadedWorld,
  tenant: Tenant,
  who: Credential,
  history: History,
  times: number,
): Promise<void> {
  const one = (_: unknown, n: number): Promise<void> =>
    history.use(async () => {
      const answer = await world.send(n, who, (api) => api.get('/api/orgs/'));
      const name: unknown = answer.status === 200 ? answer.body[0]?.name : tenant.org.name;
      if (name !== tenant.org.name) world.record.violation(`another tenant's answer: ${String(name)}`);
      return answer;
    });
  await Promise.all(Array.from({ length: times }, one));
}

function judge({ record }: LoadedWorld, what: string, history: History): void {
  for (const text of history.violations()) record.violation(`${what}: ${text}`);
  record.decided += history.counts().decided;
}

/** Runs a change until it was acknowledged; uses meanwhile may see it or not. */
async function acknowledged(history: History, act: () => Promise<{ status: number }>): Promise<void> {
  while (!(await history.attempt(401, act))) await delay(50);
}

/** The life of an access key: issued, used, now and then suspended or rotated, revoked, used in vain. */
export async function liveOfKey(world: LoadedWorld, tenant: Tenant, known: Known): Promise<void> {
  const staff = (path: string, body: object = {}) =>
    world.send(randomInt(2), tenant.staff, (api) => api.post(`/api/admin/access-keys/${path}`, body));
  const issued = await staff('', {
    user: tenant.user.id,
    organization: tenant.org.id,
    access_level: 'full_access',
    name: 'Soak',
  });
  if (issued.status !== 201) return unexpected(world, 'issue', issued.status);
  const { id, key } = issued.body as { id: number; key: string };
  const history = new History(200);
  await use(world, tenant, { key }, history, 4);
  if (randomInt(3) === 0) {
    const changes = [
      history.attempt(401, () => staff(`${id}/suspend/`)),
      use(world, tenant, { key }, history, 4),
    ];
    const [suspended] = await Promise.all(changes);
    await use(world, tenant, { key }, history, 4);
    if (suspended) await history.attempt(200, () => staff(`${id}/resume/`));
    await use(world, tenant, { key }, history, 4);
  }
  if (randomInt(4) === 0) {
    judge(world, 'a key left alive', history);
    if (history.counts().changes === 0)
      known.keys.push({ id, key, state: 'live', event: 'access_key.issued' });
    return;
  }
  await Promise.all([
    acknowledged(history, () => staff(`${id}/revoke/`)),
    use(world, tenant, { key }, history, 6),
  ]);
  await use(world, tenant, { key }, history, 6);
  judge(world, 'a key', history);
  known.keys.push({ id, key, state: 'revoked', event: 'access_key.revoked' });
}

/** A key rotates itself without grace: once its successor was used, it is refused. */
export async function liveOfRotation(world: LoadedWorld, tenant: Tenant, known: Known): Promise<void> {
  const { key } = await world.direct.make.accessKey(tenant.user, { organization: tenant.org });
  const rotated = await world.send(randomInt(2), { key }, (api) =>
    api.post('/api/auth/access-keys/current/rotate/', { grace_seconds: 0 }),
  );
  if (![200, 201].includes(rotated.status)) return unexpected(world, 'rotate', rotated.status);
  const successor = rotated.body as { id: number; key: string };
  const history = new History(200);
  const used = () => world.send(randomInt(2), successor, (api) => api.get('/api/orgs/'));
  await acknowledged(history, used);
  await use(world, tenant, { key }, history, 4);
  judge(world, 'a rotated key', history);
  known.keys.push({ ...successor, state: 'live', event: 'access_key.rotated' });
}

/** A login for tokens: used, refreshed (again, if the answer was lost), and revoked. */
export async function liveOfTokens(world: LoadedWorld, tenant: Tenant): Promise<void> {
  const post = (path: string, body: object) =>
    world.send(randomInt(2), {}, (api) => api.post(`/api/auth/token/${path}`, body));
  const { email } = tenant.user;
  const first = await post('', { email, password: tenant.password });
  if (first.status !== 200) return unexpected(world, 'log in', first.status);
  let { access, refresh } = first.body as { access: string; refresh: string };
  const family = new History(200);
  for (let round = 0; round < 4; round += 1) {
    await use(world, tenant, { bearer: access }, family, 2);
    const started = performance.now();
    let next = await post('refresh/', { refresh });
    while (next.status === 503) next = await post('refresh/', { refresh });
    if (next.status === 401 && performance.now() - started > 9_000) return; // the retry came too late: a replay
    if (next.status !== 200)
      return world.record.violation(`a good refresh token was answered ${next.status}`);
    ({ access, refresh } = next.body as { access: string; refresh: string });
  }
  await Promise.all([
    acknowledged(family, () => post('revoke/', { refresh })),
    use(world, tenant, { bearer: access }, family, 4),
  ]);
  await use(world, tenant, { bearer: access }, family, 4);
  judge(world, 'a token', family);
}

/** A session of the web app: used and logged out of. */
export async function liveOfSession(world: LoadedWorld, tenant: Tenant): Promise<void> {
  const credential = await logInToSession(world.direct, tenant.user).catch(() => undefined);
  if (!credential) return delay(50);
  const history = new History(200);
  await use(world, tenant, credential, history, 4);
  const logOut = () => world.send(randomInt(2), credential, (api) => api.post('/api/auth/logout/'));
  // A retry after a lost answer finds nobody logged in.
  const done = async () => ({ status: (await logOut()).status === 503 ? 503 : 204 });
  await Promise.all([acknowledged(history, done), use(world, tenant, credential, history, 4)]);
  await use(world, tenant, credential, history, 4);
  judge(world, 'a session', history);
}

const TARGET = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

/** Calls to the provider, which a bad link may spoil, but never for a reason of ours. */
export async function liveOfCalls(world: LoadedWorld, tenant: Tenant, known: Known): Promise<void> {
  const one = async (_: unknown, n: number): Promise<void> => {
    known.calls.sent += 1;
    const path = `/api/orgs/${tenant.org.id}/providers/H${TARGET}`;
    const { status } = await world.send(n, tenant.owner, (api) => api.get(path));
    if (status === 200) known.calls.answered += 1;
    else if (![502, 503, 504].includes(status))
      world.record.violation(`a provider call was answered ${status}`);
  };
  await Promise.all(Array.from({ length: 4 }, one));
}

function unexpected({ record }: LoadedWorld, what: string, status: number): void {
  if (status !== 503) record.violation(`${what}: answered ${status}`);
}
