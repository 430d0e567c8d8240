import { setTimeout as delay } from 'node:timers/promises';
import { isUnreachable } from '../../src/common/database-errors.js';
import { Client } from '../support/client.js';
import { recordFigure } from '../support/figures.js';
import { injectFaults } from './faults.js';
import { Figures } from './figures.js';
import {
  type Known,
  liveOfCalls,
  liveOfKey,
  liveOfRotation,
  liveOfSession,
  liveOfTokens,
  makeTenant,
  type Tenant,
} from './load.js';
import { Record } from './record.js';
import { judgeTheEnd } from './verdict.js';
import { makeWorld, type World } from './world.js';

/** Between two lives of one actor, so that the load leaves the machine something. */
const PAUSE_MS = 60;
const SAMPLE_EVERY_MS = 10_000;
/** What the services get to be ready again once the faults are over. */
const READY_WITHIN_MS = 60_000;

/** Runs the load under faults for so many minutes, and says what held. Gives whether everything did. */
export async function soak(minutes: number): Promise<boolean> {
  const record = new Record();
  const world = await makeWorld(record);
  const staffKey = await world.direct.make.accessKey(await world.direct.make.user({ staff: true }), {
    admin: true,
  });
  const tenants: Tenant[] = [];
  for (let n = 0; n < 4; n += 1) tenants.push(await makeTenant(world, { key: staffKey.key }));
  const known: Known = { keys: [], calls: { sent: 0, answered: 0 } };
  const figures = world.services.map(
    (service, n) => new Figures(n === 0 ? 'process a' : 'process b', service),
  );

  let going = true;
  const again = async (act: () => Promise<unknown>): Promise<void> => {
    while (going) {
      await act().catch((error: unknown) => {
        // What it prepares past the proxies meets PostgreSQL's own restarts.
        if (!isUnreachable(error)) record.violation(String(error));
      });
      await delay(PAUSE_MS);
    }
  };
  const lives = [liveOfKey, liveOfKey, liveOfRotation, liveOfTokens, liveOfSession, liveOfCalls];
  const load = tenants.flatMap((tenant) => lives.map((live) => again(() => live(world, tenant, known))));
  const watching = watch(() => going, minutes, record, figures);

  const seconds = minutes * 60;
  const injected = await injectFaults(world, { seconds, restartsAt: [seconds / 3, (seconds * 2) / 3] });
  going = false;
  await Promise.all([...load, watching]);
  await bothReady(world);
  for (const service of figures) await service.sample();
  await judgeTheEnd(world, known);
  const used = figures.map((service) => service.report(record));
  console.log(
    `${record.decided} uses could have had one answer only; ${record.lost} requests met a fault; ` +
      `PostgreSQL was restarted ${record.restarts} times`,
  );
  for (const service of world.services) await service.stop();
  await world.close().catch((error: unknown) => record.violation(String(error))); // looks for secrets, too
  const { requests, kills, restarts, violations } = record;
  console.log(
    `soak: ${minutes} min, ${requests} requests, ${injected} faults, ${kills + restarts} kills, ${violations} violations`,
  );
  if (minutes >= 20) {
    const told = (count: number): string => count.toLocaleString('en');
    recordFigure(
      'npm run soak',
      `${minutes} min: ${told(requests)} requests, ${told(injected)} faults injected, of which ${kills} kill -9 of a service ` +
        `and ${restarts} of PostgreSQL; ${told(record.decided)} uses could have had one answer only, ${told(record.lost)} requests ` +
        `met a fault: **${violations} violations**; ${used.join('; ')}`,
    );
  }
  return violations === 0;
}

async function watch(
  going: () => boolean,
  minutes: number,
  record: Record,
  figures: Figures[],
): Promise<void> {
  for (let n = 0; going(); n += 1) {
    for (const service of figures) await service.sample();
    const passed = ((n * SAMPLE_EVERY_MS) / 60_000).toFixed(1);
    if (n % 6 === 0)
      console.log(
        `${passed} of ${minutes} min: ${record.requests} requests, ${record.violations} violations`,
      );
    for (let ms = 0; going() && ms < SAMPLE_EVERY_MS; ms += 500) await delay(500);
  }
}

/** The services come back by themselves once nothing is broken any more. */
async function bothReady({ services, record }: World): Promise<void> {
  const start = performance.now();
  for (const { url } of services) {
    for (;;) {
      const ready = await new Client(url).get('/readyz').then(
        ({ status }) => status === 200,
        () => false,
      );
      if (ready) break;
      if (performance.now() - start > READY_WITHIN_MS)
        return record.violation('a service does not come back');
      await delay(100);
    }
  }
}
