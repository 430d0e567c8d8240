import { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { withClient } from '../../src/database/embedded/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { GENEROUS_LIMITS, startTestApp } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { FakeProviders } from '../support/providers/fake-providers.js';
import { until } from '../support/until.js';
import { Record } from '../soak/record.js';
import { type LoadedWorld, senderTo } from '../soak/world.js';
import type { Cluster } from './cluster.js';
import { databaseUrl, Instance } from './instance.js';
import { run } from './network.js';

/** The cluster, two instances of the service on it, and what the soak's load and verdict need. */
export interface World extends LoadedWorld {
  readonly cluster: Cluster;
  readonly services: readonly [Instance, Instance];
  /** Stops and starts each instance in turn, with this password of the service's role. */
  restart(password: string): Promise<void>;
  close(): Promise<void>;
}

const PORTS = [5432, 5433] as const;

/** Migrates the cluster's database as deploy/ha says, and starts two instances. */
export async function makeWorld(cluster: Cluster): Promise<World> {
  const services = [new Instance(PORTS[0], cluster.folder), new Instance(PORTS[1], cluster.folder)] as const;
  const fakes = new FakeProviders();
  await fakes.start();
  await until(() => proxied(cluster));
  const database = await makeDatabase(cluster);
  const direct = await startTestApp({ LOG_LEVEL: 'silent', RATE_LIMITS: GENEROUS_LIMITS }, database);
  const start = (instance: Instance, password: string) => instance.start(direct, password, fakes.H.baseUrl);
  for (const instance of services) await start(instance, cluster.passwords.service);
  const record = new Record();
  return {
    cluster,
    direct,
    fakes,
    services,
    record,
    send: senderTo(services, record),
    restart: async (password) => {
      for (const instance of services) {
        await instance.stop();
        await start(instance, password);
      }
    },
    close: async () => {
      for (const instance of services) await instance.stop();
      await direct.close();
      for (const instance of services) instance.stopProxy();
      await fakes.stop();
    },
  };
}

/** Whether both HAProxies have found the leader. */
function proxied({ passwords }: Cluster): Promise<boolean> {
  const urls = PORTS.map((port) => databaseUrl('postgres', passwords.superuser, port, 'postgres'));
  return Promise.all(urls.map((url) => withClient(url, (client) => client.query('SELECT')))).then(
    () => true,
    () => delay(100, false),
  );
}

async function makeDatabase({ passwords }: Cluster): Promise<TestDatabase> {
  const superuserUrl = (name: string) => databaseUrl('postgres', passwords.superuser, PORTS[0], name);
  process.env.OWNER_PASSWORD = passwords.owner;
  process.env.SERVICE_PASSWORD = passwords.service;
  run('psql', superuserUrl('postgres'), '--no-psqlrc', '-q', '-f', 'deploy/database.sql');
  const urls = {
    databaseUrl: databaseUrl('cryptocomply_service', passwords.service, PORTS[0]),
    migrationDatabaseUrl: databaseUrl('cryptocomply_owner', passwords.owner, PORTS[0]),
  };
  await migrate(urls);
  // What sets things up and looks at them in the end is the owner: the service's password changes on the way.
  urls.databaseUrl = urls.migrationDatabaseUrl;
  const pool = new Pool({ connectionString: superuserUrl('cryptocomply'), max: 4 });
  pool.on('error', () => undefined);
  return {
    ...urls,
    superuserUrl: superuserUrl('cryptocomply'),
    query: async (sql, params) => (await pool.query(sql, params)).rows,
    shiftClock: () => Promise.reject(new Error('The cluster keeps its clock.')),
    drop: () => pool.end(),
  };
}
