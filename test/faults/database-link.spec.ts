import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { FaultProxy, type Toxics } from '../support/fault-proxy.js';

interface Tenant {
  org: { id: number; name: string };
  user: { id: number };
  api: Client;
}

let direct: TestApp;
let behindProxy: TestApp;
let proxy: FaultProxy;
let tenants: Tenant[];
let admin: Client;

beforeAll(async () => {
  direct = await startTestApp();
  proxy = await FaultProxy.before(direct.database.databaseUrl);
  behindProxy = await direct.another({ DATABASE_URL: proxy.databaseUrl });
  tenants = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const org = await direct.make.org();
      const user = await direct.make.member(org, 'Owner');
      return { org, user, api: behindProxy.api.as(await direct.make.accessKey(user)) };
    }),
  );
  const staff = await direct.make.user({ staff: true });
  admin = behindProxy.api.as(await direct.make.accessKey(staff, { admin: true }));
});
afterEach(() => proxy.set({}));
afterAll(async () => {
  await behindProxy.close();
  await proxy.close();
  await direct.close();
});

const issue = ({ user, org }: Tenant): Promise<Answer> =>
  admin.post('/api/admin/access-keys/', {
    user: user.id,
    organization: org.id,
    access_level: 'read_only',
    name: 'Under faults',
  });

/** Every tenant asks for its own organizations at once: what comes back is its own, or nothing. */
async function everyTenantAsks(): Promise<number[]> {
  const answers = await Promise.all(tenants.map(({ api }) => api.get('/api/orgs/')));
  for (const [n, { status, body }] of answers.entries()) {
    if (status === 200) expect(body).toMatchObject([{ name: tenants[n]?.org.name }]);
    else expect(status).toBe(503);
  }
  return answers.map(({ status }) => status);
}

const all = (status: number): number[] => tenants.map(() => status);

describe('On a bad link to the database (N5)', () => {
  it.each<[string, Toxics]>([
    ['slow and uneven', { latency: 15, jitter: 15 }],
    ['one that carries a few bytes at a time', { slicer: 17 }],
    ['slow, uneven, in pieces and slow to close', { latency: 5, jitter: 5, slicer: 64, slowClose: 50 }],
  ])('%s: every answer is right, and to the caller who asked', async (_name, toxics) => {
    proxy.set(toxics);
    for (let round = 0; round < 3; round += 1) expect(await everyTenantAsks()).toEqual(all(200));
    const issued = await Promise.all(tenants.slice(0, 4).map(issue));
    expect(issued.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  it('connections that are reset in the middle of an answer: 503 or the right answer, and nothing acknowledged is lost', async () => {
    const acknowledged: string[] = [];
    for (const limitData of [200, 700, 1_500, 4_000, 9_000]) {
      proxy.set({ limitData });
      await everyTenantAsks();
      for (const { status, body } of await Promise.all(tenants.map(issue))) {
        expect([201, 503]).toContain(status);
        if (status === 201) acknowledged.push(body.key);
      }
    }
    proxy.set({});
    for (const key of acknowledged) {
      expect((await behindProxy.api.as({ key }).get('/api/orgs/')).status).toBe(200);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(await everyTenantAsks()).toEqual(all(200));
  });

  it('a link that swallows everything: 503 after the longest silence, never a hang, and no connection is used again', async () => {
    expect(await everyTenantAsks()).toEqual(all(200));
    proxy.set({ blackhole: true });
    expect(await everyTenantAsks()).toEqual(all(503));
    expect((await behindProxy.api.get('/healthz')).status).toBe(200);
    proxy.set({});
    expect(await everyTenantAsks()).toEqual(all(200));
    expect((await Promise.all(tenants.map(issue))).map(({ status }) => status)).toEqual(all(201));
  }, 120_000);

  it('a connection that ends at the moment in which the pool hands it out takes the process with it neither then nor later', async () => {
    const { master } = behindProxy.app.get(DataSource).driver as unknown as { master: Pool };
    await new Promise<void>((resolve) =>
      master.connect((_error, client, release) => {
        client?.emit('error', new Error('terminating connection due to administrator command'));
        release(true);
        resolve();
      }),
    );
    expect(await everyTenantAsks()).toEqual(all(200));
  });
});
