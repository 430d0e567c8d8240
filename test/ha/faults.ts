import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { withClient } from '../../src/database/embedded/roles.js';
import { until } from '../support/until.js';
import type { Cluster } from './cluster.js';
import type { Machine } from './machine.js';
import { cut, run, slowDown } from './network.js';
import type { World } from './world.js';

/** Which machine was what when the fault began. */
export type Roles = Awaited<ReturnType<Cluster['roles']>>;

/** One thing that goes wrong, and for how long clients may notice, in seconds. What must hold in any case: verdict.ts. */
export interface Fault {
  readonly name: string;
  readonly injected: string;
  /** How long it stays so. */
  readonly seconds: number;
  readonly outage: { readonly reads: number; readonly writes: number };
  inject(world: World, roles: Roles): unknown;
  /** Ends what nobody's software can end: plugs in a cable, switches a machine on. */
  mend(world: World, roles: Roles): unknown;
  /** What else must have come true, looked at before it is mended; a sentence for each thing that has not. */
  look?(world: World, roles: Roles): Promise<string[]>;
}

const nothing = (): void => undefined;
const FAILOVER = { reads: 25, writes: 25 };
const NONE = { reads: 5, writes: 5 };
/** A standby that vanished is waited for, then another one becomes the synchronous one. */
const OTHER_STANDBY = { reads: 5, writes: 20 };

/** Something that the machine has on its own: a commit that no standby ever gets. */
function writeAlone({ cluster }: World, machine: Machine): void {
  const sql = `SET synchronous_commit = local; CREATE TABLE IF NOT EXISTS alone AS SELECT now()`;
  const url = cluster.superuserUrl(machine).replace(/@[^:]+/, '@127.0.0.1');
  run('ip', 'netns', 'exec', machine.name, 'psql', url, '--no-psqlrc', '-q', '-c', sql);
}

async function nobodyLeads({ cluster }: World): Promise<string[]> {
  const leaders = (await cluster.told()).filter((one) => one?.role === 'master');
  return leaders.length === 0 ? [] : ['a standby without all acknowledged writes was promoted'];
}

const anotherLeads =
  (was: (roles: Roles) => Machine) =>
  async ({ cluster }: World, roles: Roles) => {
    const told = await cluster.told();
    const leader = cluster.machines.find(
      (machine, n) => machine !== was(roles) && told[n]?.role === 'master',
    );
    return leader ? [] : ['nobody else leads'];
  };
const another = anotherLeads(({ leader }) => leader);

export const FAULTS: readonly Fault[] = [
  {
    name: 'leader-killed',
    injected: "the leader's machine dies",
    seconds: 30,
    outage: FAILOVER,
    inject: (_, { leader }) => leader.die(),
    look: another,
    mend: (_, { leader }) => leader.boot(),
  },
  {
    name: 'postgres-killed',
    injected: "kill -9 of the leader's PostgreSQL alone",
    seconds: 10,
    outage: FAILOVER,
    inject: (_, { leader }) => leader.signal('SIGKILL', 'postgres'),
    mend: nothing,
  },
  {
    name: 'leader-frozen',
    injected: "everything on the leader's machine stands still, then goes on",
    seconds: 35,
    outage: FAILOVER,
    inject: (_, { leader }) => leader.signal('SIGSTOP', 'patroni', 'postgres', 'etcd'),
    look: another,
    mend: (_, { leader }) => leader.signal('SIGCONT', 'etcd', 'postgres', 'patroni'),
  },
  {
    name: 'leader-cut-off',
    injected: "the leader's cable is pulled; it lives, and commits something alone",
    seconds: 35,
    outage: FAILOVER,
    inject: (world, { leader }) => {
      cut(leader.name, true);
      writeAlone(world, leader);
    },
    look: another,
    mend: (_, { leader }) => cut(leader.name, false),
  },
  {
    name: 'patroni-killed',
    injected: "kill -9 of the leader's Patroni; its PostgreSQL stays writable, and commits something alone",
    seconds: 35,
    outage: FAILOVER,
    inject: (_, { leader }) => leader.signal('SIGKILL', 'patroni'),
    look: (world, roles) => {
      writeAlone(world, roles.leader);
      return another(world, roles);
    },
    mend: (_, { leader }) => leader.start(),
  },
  {
    name: 'patroni-frozen',
    injected: "the leader's Patroni stands still, then goes on; its PostgreSQL stays writable",
    seconds: 35,
    outage: FAILOVER,
    inject: (_, { leader }) => leader.signal('SIGSTOP', 'patroni'),
    look: another,
    mend: (_, { leader }) => leader.signal('SIGCONT', 'patroni'),
  },
  {
    name: 'standby-killed',
    injected: "the synchronous standby's machine dies",
    seconds: 20,
    outage: OTHER_STANDBY,
    inject: (_, { synchronous }) => synchronous.die(),
    mend: (_, { synchronous }) => synchronous.boot(),
  },
  {
    name: 'standby-frozen',
    injected: 'everything on the synchronous standby stands still, then goes on',
    seconds: 30,
    outage: { reads: 5, writes: 25 },
    inject: (_, { synchronous }) => synchronous.signal('SIGSTOP', 'patroni', 'postgres', 'etcd'),
    mend: (_, { synchronous }) => synchronous.signal('SIGCONT', 'etcd', 'postgres', 'patroni'),
  },
  {
    name: 'leader-and-standby-killed',
    injected: 'kill -9 of PostgreSQL and Patroni on the leader and the synchronous standby at once',
    seconds: 35,
    outage: { reads: 75, writes: 75 }, // by design: the one that is left may lack acknowledged writes
    inject: (_, { leader, synchronous }) => {
      for (const machine of [leader, synchronous]) machine.signal('SIGKILL', 'patroni', 'postgres');
    },
    look: nobodyLeads,
    mend: (_, { leader, synchronous }) => {
      for (const machine of [leader, synchronous]) machine.start();
    },
  },
  {
    name: 'etcd-minority',
    injected: "one of three etcd stands still: the leader's",
    seconds: 25,
    outage: NONE,
    inject: (_, { leader }) => leader.signal('SIGSTOP', 'etcd'),
    mend: (_, { leader }) => leader.signal('SIGCONT', 'etcd'),
  },
  {
    name: 'etcd-majority',
    injected: 'two of three etcd stand still',
    seconds: 35,
    outage: NONE, // failsafe_mode
    inject: (_, { leader, other }) => {
      for (const machine of [leader, other]) machine.signal('SIGSTOP', 'etcd');
    },
    mend: (_, { leader, other }) => {
      for (const machine of [leader, other]) machine.signal('SIGCONT', 'etcd');
    },
  },
  {
    name: 'etcd-majority-and-standby',
    injected: 'two of three etcd stand still, and a standby is dead: nobody can tell who leads',
    seconds: 35,
    outage: { reads: 75, writes: 75 }, // by design
    inject: (_, { leader, other }) => {
      other.signal('SIGKILL', 'patroni', 'postgres');
      for (const machine of [leader, other]) machine.signal('SIGSTOP', 'etcd');
    },
    look: nobodyLeads,
    mend: (_, { leader, other }) => {
      for (const machine of [leader, other]) machine.signal('SIGCONT', 'etcd');
      other.start();
    },
  },
  {
    name: 'replay-paused',
    injected: 'the synchronous standby stops replaying what it gets; then the leader dies',
    seconds: 30,
    outage: FAILOVER,
    inject: async ({ cluster }, { leader, synchronous }) => {
      await withClient(cluster.superuserUrl(synchronous), (client) =>
        client.query('SELECT pg_wal_replay_pause(), pg_sleep(8)'),
      );
      await leader.die();
    },
    look: another,
    mend: (_, { leader }) => leader.boot(),
  },
  {
    name: 'slow-link',
    injected: 'the link to the synchronous standby carries 256 kilobits a second',
    seconds: 25,
    outage: OTHER_STANDBY,
    inject: (_, { synchronous }) => slowDown(synchronous.name, 256),
    mend: (_, { synchronous }) => slowDown(synchronous.name, undefined),
  },
  {
    name: 'commit-ended',
    injected:
      'both standbys are cut off, backends whose COMMIT waits for them are ended, then the leader dies',
    seconds: 30,
    outage: { reads: 40, writes: 40 },
    inject: async ({ cluster }, { leader, synchronous, other }) => {
      for (const { name } of [synchronous, other]) cut(name, true);
      await withClient(cluster.superuserUrl(leader), async (client) => {
        const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
        await until(async () => ((await client.query(end)).rowCount ?? 0) > 0);
      });
      await leader.die();
      for (const { name } of [synchronous, other]) cut(name, false);
    },
    look: another,
    mend: (_, { leader }) => leader.boot(),
  },
  {
    name: 'leader-data-lost',
    injected: "the leader's machine dies, and its data folder is gone",
    seconds: 30,
    outage: FAILOVER,
    inject: async (_, { leader }) => {
      await leader.die();
      leader.loseData();
    },
    look: another,
    mend: (_, { leader }) => leader.boot(),
  },
  {
    name: 'password-changed',
    injected:
      "the password of the service's role is changed and its sessions ended; then the instances get the new one",
    seconds: 5,
    outage: { reads: 25, writes: 25 }, // until an operator restarts them
    inject: ({ cluster }, { leader }) =>
      withClient(cluster.superuserUrl(leader), async (client) => {
        await client.query(`ALTER ROLE cryptocomply_service PASSWORD '${cluster.changePassword()}'`);
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cryptocomply_service'`,
        );
      }),
    mend: (world) => world.restart(world.cluster.passwords.service),
  },
  {
    name: 'switchover',
    injected: 'the lead is handed over, as before maintenance',
    seconds: 15,
    outage: NONE,
    inject: ({ cluster }) => cluster.switchOver(),
    look: another,
    mend: nothing,
  },
  {
    name: 'disk-full',
    injected: "the leader's disk is full",
    seconds: 25,
    outage: { reads: 45, writes: 45 }, // writes fail until there is space; a crash that it leads to is a failover
    inject: (_, { leader }) => fill(path.join(path.dirname(leader.dataFolder), 'ballast')),
    mend: (_, { leader }) => {
      run('rm', path.join(path.dirname(leader.dataFolder), 'ballast'));
      leader.start();
    },
  },
];

function fill(file: string): void {
  const chunk = Buffer.alloc(1024 * 1024);
  for (;;) {
    try {
      writeFileSync(file, chunk, { flag: 'a' });
    } catch {
      return; // full
    }
  }
}
