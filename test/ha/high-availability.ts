import { cpSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from './cluster.js';
import { type Fault, FAULTS } from './faults.js';
import { databaseUrl } from './instance.js';
import { Load } from './load.js';
import { recordFigure } from '../support/figures.js';
import { bothReady, HeadsSeen, judge, type Line, summary, table } from './verdict.js';
import { Witness } from './witness.js';
import { makeWorld, type World } from './world.js';

/** Load before and after each fault. */
const CALM_MS = 4_000;
/** No run takes longer; the namespaces end with it. */
const LONGEST_RUN_MS = 60 * 60_000;

/** Injects the named faults, or all, one after another under load. Gives whether everything held that must. */
export async function testHighAvailability(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such fault: ${unknown.join(', ')}. There are: ${FAULTS.map(({ name }) => name).join(', ')}`,
    );
    return false;
  }
  setTimeout(() => process.exit(1), LONGEST_RUN_MS).unref();
  const cluster = new Cluster();
  await cluster.start();
  const world = await makeWorld(cluster);
  const witness = new Witness(
    world.services.map(({ port }) => databaseUrl('postgres', cluster.passwords.superuser, port, 'postgres')),
    world.record,
  );
  const load = new Load(world);
  const heads = new HeadsSeen(world);
  await witness.start();
  await load.start();
  heads.start();
  console.log('Three machines, two instances, under load.');

  const lines: Line[] = [];
  for (const fault of FAULTS) {
    if (names.length > 0 && !names.includes(fault.name)) continue;
    const line = await run(world, load, fault);
    lines.push(line);
    const { reads, writes } = line.outage;
    console.log(
      `${fault.name}: ${reads.toFixed(1)} s without a read, ${writes.toFixed(1)} s without a write, ` +
        `whole again after ${line.back.toFixed(1)} s, ${line.violations} violations`,
    );
  }
  if (process.env.HA_LOGS) cpSync(cluster.folder, process.env.HA_LOGS, { recursive: true, filter: isLog });
  await load.stop();
  await witness.stop();
  const seen = await heads.stop();
  await judge(world, load, seen);
  await world.close().catch((error: unknown) => world.record.violation(String(error)));
  console.log(`\n${table(lines)}\n\n${summary(lines, world.record)}`);
  if (lines.length === FAULTS.length) recordFigure('npm run test:ha', summary(lines, world.record));
  return world.record.violations === 0;
}

/** What is kept where HA_LOGS says. */
const isLog = (file: string): boolean =>
  file === '/media' || (file.endsWith('.log') && statSync(file).isFile());

async function run(world: World, load: Load, fault: Fault): Promise<Line> {
  const { cluster, record } = world;
  await delay(CALM_MS);
  const roles = await cluster.roles();
  const before = { ...record };
  const start = performance.now();
  await fault.inject(world, roles);
  await delay(fault.seconds * 1_000);
  for (const text of (await fault.look?.(world, roles)) ?? []) record.violation(`${fault.name}: ${text}`);
  await fault.mend(world, roles);
  const back = await cluster.whole();
  await bothReady(world);
  await delay(CALM_MS);
  const outage = load.outage(start);
  if (outage.reads > fault.outage.reads || outage.writes > fault.outage.writes)
    record.violation(`${fault.name}: ${JSON.stringify(outage)} seconds without an answer`);
  return {
    fault,
    outage,
    back,
    requests: record.requests - before.requests,
    refused: record.lost - before.lost,
    violations: record.violations - before.violations,
  };
}
