import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultProxy, Toxics } from '../support/fault-proxy.js';
import type { World } from './world.js';

/** One fault each: it ends when this resolves. */
type Fault = (world: World) => Promise<void>;

const anyService = ({ services }: World) => services[randomInt(2)] ?? services[0];

const link =
  (of: 'database' | 'provider', toxics: Toxics, ms: number): Fault =>
  async (world) => {
    const proxy = anyService(world)[of];
    proxy.set(toxics);
    await delay(ms);
    proxy.set({});
    if (toxics.blackhole) proxy.cut(); // as a switched-over network does
  };

const act =
  (
    of: 'database' | 'provider',
    during: (proxy: FaultProxy) => void,
    after: (proxy: FaultProxy) => void,
    ms: number,
  ): Fault =>
  async (world) => {
    const proxy = anyService(world)[of];
    during(proxy);
    await delay(ms);
    after(proxy);
  };

/** Statements that end every connection of the service's role at once. */
const terminateBackends: Fault = async ({ direct }) => {
  for (let n = 0; n < 3; n += 1) {
    await direct.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cryptocomply_service'`,
    );
    await delay(100);
  }
};

/** The database's clock steps back and forth by less than any life that the load depends on. */
const clockStep: Fault = async ({ direct }) => {
  await direct.database.shiftClock(randomInt(2) === 0 ? 2 : -2);
  await delay(1_000);
  await direct.database.shiftClock(0);
};

const nothing = (): void => undefined;
const FAULTS: readonly Fault[] = [
  act('database', (proxy) => proxy.cut(), nothing, 0),
  act('provider', (proxy) => proxy.cut(), nothing, 0),
  act(
    'database',
    (proxy) => proxy.refuse(true),
    (proxy) => proxy.refuse(false),
    1_000,
  ),
  act(
    'database',
    (proxy) => proxy.stall(true),
    (proxy) => proxy.stall(false),
    1_500,
  ),
  link('database', { latency: 40, jitter: 40 }, 2_000),
  link('database', { slicer: 19 }, 2_000),
  link('database', { limitData: 3_000 }, 1_500),
  link('database', { blackhole: true }, 2_000),
  link('database', { slowClose: 200, latency: 5 }, 1_500),
  link('provider', { latency: 100, jitter: 100 }, 2_000),
  link('provider', { limitData: 400 }, 1_500),
  link('provider', { blackhole: true }, 1_500),
  terminateBackends,
  clockStep,
];

/** What is injected in how many seconds: a fault of the list, a kill of a service, a restart of PostgreSQL. */
interface Plan {
  readonly seconds: number;
  /** Seconds after the start. */
  readonly restartsAt: readonly number[];
}

const FAULT_EVERY_MS = 1_500;
const KILL_EVERY_SECONDS = 40;

/** Injects faults until the time is over; then everything is well again. Gives how many there were. */
export async function injectFaults(world: World, { seconds, restartsAt }: Plan): Promise<number> {
  const { services, server, record } = world;
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1_000;
  const restarts = [...restartsAt];
  let kills = 0;
  let faults = 0;
  while (elapsed() < seconds) {
    await delay(FAULT_EVERY_MS);
    faults += 1;
    if (elapsed() >= (restarts[0] ?? Infinity)) {
      restarts.shift();
      await server.kill(restarts.length % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
      record.restarts += 1;
      await server.startAgain();
    } else if (elapsed() >= (kills + 1) * KILL_EVERY_SECONDS) {
      kills += 1;
      record.kills += 1;
      await services[0].killAndReplace(); // the other one lives through it all, for its figures
    } else {
      await FAULTS[randomInt(FAULTS.length)]?.(world);
    }
  }
  return faults;
}
