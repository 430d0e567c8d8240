import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import { Client } from '../support/client.js';
import { callingStaff } from '../support/callers.js';
import { FaultProxy } from '../support/fault-proxy.js';
import type { MadeKey } from '../support/factory.js';
import { History } from '../support/history.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

/** Rounds of changes for each credential; `npm run soak` takes more. */
const ROUNDS = Number(process.env.HISTORY_ROUNDS ?? 12);
const KEYS_OF_EACH_KIND = 3;
/** A network that nobody here comes from. */
const ELSEWHERE = '198.51.100.0/24';

let direct: TestApp;
let behindProxy: TestApp;
let proxy: FaultProxy;
let child: ServiceProcess;
let staff: Client;

beforeAll(async () => {
  direct = await startTestApp();
  proxy = await FaultProxy.before(direct.database.databaseUrl);
  behindProxy = await direct.another({ DATABASE_URL: proxy.databaseUrl });
  child = await startServiceProcess(direct);
  staff = (await callingStaff(direct)).api;
});
afterAll(async () => {
  await child.kill();
  await behindProxy.close();
  await proxy.close();
  await direct.close();
});

type Act = () => Promise<{ status: number }>;
interface Kind {
  /** Takes authority away, with the status that uses get from then on, and gives it back. */
  readonly away: { status: number; act: Act };
  readonly back: Act;
  /** Ends it for good. */
  readonly end?: Act;
}

it('no history of issuing, using, suspending, demoting, deactivating, changing policies and networks, and revoking one by one and many at once contradicts committed state, on three instances, with cut links and a killed process (A14, A15, T1, T2, T3, T16)', async () => {
  const histories: History[] = [];
  const credentials = await Promise.all(
    ['suspend', 'demote', 'deactivate', 'policy', 'networks', 'unreachable'].flatMap((kind) =>
      Array.from({ length: KEYS_OF_EACH_KIND }, async () => {
        const history = new History(200);
        histories.push(history);
        return { history, ...(await newCredential(kind)) };
      }),
    ),
  );
  await Promise.all(credentials.map(({ history, use, kind }, n) => live(history, use, kind, n)));

  expect(histories.flatMap((history) => history.violations())).toEqual([]);
  const total = sum(histories.map((history) => history.counts()));
  expect(total.changes).toBeGreaterThanOrEqual(credentials.length * ROUNDS * 2);
  expect(total.decided).toBeGreaterThan(credentials.length * ROUNDS * 20);
  const told = (count: number): string => count.toLocaleString('en');
  recordFigure(
    'faults/history',
    `${told(total.changes)} changes, ${told(total.answered + total.lost)} uses, of which ${told(total.lost)} met an ` +
      `outage and ${told(total.decided)} could have had one answer only: **0 violations**`,
  );
}, 900_000);

/** Changes one credential again and again while it is used on all instances, before, during and after each change. */
async function live(history: History, use: (api: Client) => Act, kind: Kind, n: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all([history.change(kind.away.status, kind.away.act), burst(history, use, 6)]);
    await burst(history, use, 12);
    if (n === 0) await breakSomething(round);
    await Promise.all([history.change(200, kind.back), burst(history, use, 6)]);
    await burst(history, use, 12);
  }
  if (!kind.end) return;
  await Promise.all([history.change(401, kind.end), burst(history, use, 12)]);
  await burst(history, use, 24);
}

async function burst(history: History, use: (api: Client) => Act, times: number): Promise<void> {
  const instances = [direct.api, behindProxy.api, new Client(child.url)];
  await Promise.all(
    Array.from({ length: times }, (_, i) => history.use(use(instances[i % instances.length] ?? direct.api))),
  );
}

/** In turn: cut every link, refuse new ones for a while, stall what is under way, kill a process and start another. */
async function breakSomething(round: number): Promise<void> {
  const api = behindProxy.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` });
  if (round % 4 === 0) proxy.cut();
  if (round % 4 === 1) {
    proxy.refuse(true);
    await Promise.all(Array.from({ length: 5 }, () => api.get('/api/orgs/')));
    proxy.refuse(false);
  }
  if (round % 4 === 2) {
    proxy.stall(true);
    const stalled = api.get('/api/orgs/');
    await direct.api.get('/healthz');
    proxy.stall(false);
    await stalled;
  }
  if (round % 4 === 3) {
    await child.kill();
    child = await startServiceProcess(direct);
  }
}

async function newCredential(name: string): Promise<{ use: (api: Client) => Act; kind: Kind }> {
  const org = await direct.make.org();
  const owner = direct.api.as(await direct.make.accessKey(await direct.make.member(org, 'Owner')));
  const member = await direct.make.member(org, 'Administrator');
  const issued = await staff.post('/api/admin/access-keys/', {
    user: member.id,
    organization: name === 'unreachable' ? null : org.id, // user-wide: it works on, but not there
    access_level: 'full_access',
    name,
  });
  const { id, key, prefix } = issued.body as unknown as MadeKey;
  const use = (api: Client) => () => api.as({ key }).get(`/api/orgs/${org.id}/audit-events/?page_size=1`);
  const end = () => staff.post(`/api/admin/access-keys/${id}/revoke/`, {});
  const role = (role: string) => () =>
    owner.patch(`/api/orgs/${org.id}/members/${member.memberId}/`, { role });
  const user = (act: string) => () => staff.post(`/api/admin/users/${member.id}/${act}/`, {});
  const policy = (policy: object) => () => owner.patch(`/api/orgs/${org.id}/`, { policy });
  const networks = (allowed_networks: string[]) => () =>
    staff.patch(`/api/admin/access-keys/${id}/`, { allowed_networks });
  const reachable = (allowed_networks: string[]) => () =>
    staff.patch(`/api/admin/orgs/${org.id}/`, { policy: { allowed_networks } });
  const endMany = async () => {
    const path = '/api/admin/access-keys/bulk-revoke/';
    const order = { filter: { prefix }, reason: 'The end.' };
    const { body } = await staff.post(path, order);
    return staff.post(path, { ...order, dry_run: false, confirm_token: body.confirm_token as string });
  };
  const kinds: Record<string, Kind> = {
    suspend: {
      away: { status: 401, act: () => staff.post(`/api/admin/access-keys/${id}/suspend/`, {}) },
      back: () => staff.post(`/api/admin/access-keys/${id}/resume/`, {}),
      end,
    },
    demote: { away: { status: 403, act: role('Viewer') }, back: role('Administrator'), end },
    deactivate: { away: { status: 401, act: user('deactivate') }, back: user('activate'), end },
    policy: {
      away: { status: 401, act: policy({ enforce_on_use: true }) }, // the key has no end
      back: policy({ enforce_on_use: false }),
      end: endMany,
    },
    networks: {
      away: { status: 401, act: networks([ELSEWHERE]) },
      back: networks([ELSEWHERE, '127.0.0.1']),
      end: endMany,
    },
    unreachable: { away: { status: 404, act: reachable([ELSEWHERE]) }, back: reachable([]), end: endMany },
  };
  return { use, kind: kinds[name] as Kind };
}

function sum(counts: ReturnType<History['counts']>[]): ReturnType<History['counts']> {
  const add = (name: keyof ReturnType<History['counts']>): number =>
    counts.reduce((total, count) => total + count[name], 0);
  return { answered: add('answered'), decided: add('decided'), lost: add('lost'), changes: add('changes') };
}
