import { randomInt } from 'node:crypto';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import type { Client } from '../support/client.js';
import { recordFigure } from '../support/figures.js';
import { History } from '../support/history.js';
import { OwnServer } from '../support/own-server.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';

/** `KILLS=50 npx jest database-crash` for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 2);
const CALLERS = 4;
const TARGET = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

interface Issued {
  readonly id: number;
  readonly key: string;
  readonly history: History;
  /** What was acknowledged last. */
  state: 'live' | 'revoked' | 'unknown';
}

let server: OwnServer;
let app: ProviderApp;
let tenant: ProviderTenant;
let staff: Client;
let providerKey: { id: number };
const keys: Issued[] = [];
const load = { going: true, acknowledged: 0, inFlight: 0, answered: 0, wake: (): void => undefined };

beforeAll(async () => {
  server = await OwnServer.start();
  app = await startProviderApp({ LOG_LEVEL: 'silent' }, await server.newDatabase());
  tenant = await ProviderTenant.make(app);
  const user = await app.test.make.user({ staff: true });
  staff = app.test.api.as(await app.test.make.accessKey(user, { admin: true }));
  providerKey = await tenant.store('H');
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

/** Issues a key; one whose answer was lost was never anybody's. */
async function issue(): Promise<void> {
  const answer = await staff.post('/api/admin/access-keys/', {
    user: tenant.owner.id,
    organization: tenant.org.id,
    access_level: 'full_access',
    name: 'Issued under faults',
  });
  expect([201, 503]).toContain(answer.status);
  if (answer.status !== 201) return;
  acknowledge();
  keys.push({ ...(answer.body as { id: number; key: string }), history: new History(200), state: 'live' });
}

async function revoke(): Promise<void> {
  const key = keys.filter(({ state }) => state === 'live').at(randomInt(10));
  if (!key) return issue();
  key.state = 'unknown';
  const done = await key.history.attempt(401, () =>
    staff.post(`/api/admin/access-keys/${key.id}/revoke/`, {}),
  );
  if (!done) return;
  key.state = 'revoked';
  acknowledge();
}

async function use(): Promise<void> {
  const key = keys.at(-1 - randomInt(20));
  if (!key) return issue();
  await key.history.use(() => app.test.api.as(key).get('/api/orgs/'));
}

async function callProvider(): Promise<void> {
  load.inFlight += 1;
  const { status } = await tenant.owner.api.get(tenant.path('H', TARGET));
  load.inFlight -= 1;
  expect([200, 503]).toContain(status);
  if (status === 200) load.answered += 1;
}

async function again(act: () => Promise<void>): Promise<void> {
  while (load.going) await act();
}

function acknowledge(): void {
  load.acknowledged += 1;
  load.wake();
}

async function moreAcknowledged(count: number): Promise<void> {
  const enough = load.acknowledged + count;
  while (load.going && load.acknowledged < enough)
    await new Promise<void>((resolve) => (load.wake = resolve));
}

it(
  `PostgreSQL is killed ${KILLS} times under load, by immediate stop and by kill -9 in turn: what was acknowledged is there, nothing revoked works, no call is forgotten, and the service goes on by itself (A14, A21, K2, N5)`,
  async () => {
    let inFlightAtKills = 0;
    const acts = [issue, issue, revoke, use, use];
    const running = Promise.all([...acts, ...Array<typeof use>(CALLERS).fill(callProvider)].map(again));
    running.catch(() => {
      load.going = false;
      load.wake();
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      await moreAcknowledged(8 + randomInt(20));
      inFlightAtKills += load.inFlight;
      await server.kill(kill % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
      expect((await app.test.api.get('/healthz')).status).toBe(200);
      await server.startAgain();
      await moreAcknowledged(3);
    }
    load.going = false;
    await running;
    await app.settled();

    for (const { key, history, state } of keys) {
      const { status } = await app.test.api.as({ key }).get('/api/orgs/');
      expect({ state, status }).toEqual({
        state,
        status: { live: 200, revoked: 401 }[state as 'live'] ?? status,
      });
      expect(history.violations()).toEqual([]);
    }
    const events = await app.test.database.query<{ id: number }>(
      `SELECT subject_id AS id FROM audit_events WHERE action = 'access_key.issued'`,
    );
    expect(new Set(events.map(({ id }) => id))).toEqual(
      new Set([...keys.map(({ id }) => id), ...(await unheard())]),
    );
    expect(await app.test.app.get(AuditVerifier, { strict: false }).verify()).toMatchObject({ ok: true });

    const seen = app.fakes.H.received.length;
    const { usage_count: counted } = await tenant.shown(providerKey.id);
    expect(seen).toBeGreaterThanOrEqual(load.answered);
    expect(counted).toBeGreaterThanOrEqual(seen);
    expect(counted).toBeLessThanOrEqual(seen + inFlightAtKills);
    recordFigure(
      'faults/database-crash',
      `${KILLS} kills, ${keys.length} keys, ${String(counted)} calls: nothing that was acknowledged is lost`,
    );
  },
  60_000 + KILLS * 20_000,
);

/** Keys that are in the database though nobody was told: their answers were lost. */
async function unheard(): Promise<number[]> {
  const heard = keys.map(({ id }) => id);
  const rows = await app.test.database.query<{ id: number }>(
    `SELECT id FROM access_keys WHERE name = 'Issued under faults' AND id <> ALL($1)`,
    [heard],
  );
  return rows.map(({ id }) => id);
}
