// `npm run bench:audit [-- --events 10000000]`: how fast a long audit log is sealed and verified, and how much memory that
// takes; into docs/scaling.md. The events are there before the service starts, as after a night without one.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../test/support/typescript-hook.mjs';
import { Postgres } from './database.mjs';
import { startCommand, startService } from './service.mjs';

const { writeSection } = requireTypeScript(import.meta.url)('../test/support/page-section.ts');

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'scaling.md');
const AROUND = ['<!-- audit: npm run bench:audit -->', '<!-- /audit -->'];
const ORGANIZATIONS = 200;
const INSERTED_AT_ONCE = 250_000;
/** How often is looked how far it got, and how much memory it has. */
const LOOK_MS = 5_000;

const { values } = parseArgs({ options: { events: { type: 'string', default: '10000000' } } });
const events = Number(values.events);
const [load] = os.loadavg();
const postgres = new Postgres();
try {
  const database = await postgres.createMigrated('bench');
  await addEvents(database);
  const sealed = await measureSealing(database);
  console.error(`sealed: ${JSON.stringify(sealed)}`);
  const verified = await measureVerification(database);
  console.error(`verified: ${JSON.stringify(verified)}`);
  const lines = sectionOf(sealed, verified);
  console.log(lines.join('\n'));
  writeSection(PAGE, AROUND, lines);
} finally {
  await postgres.stop();
}

/** Adds events of many organizations, none of them sealed. */
async function addEvents(database) {
  await database.run('INSERT INTO audit_verifications (events, breaks) VALUES (0, 0)'); // else the service verifies meanwhile
  for (let first = 1; first <= events; first += INSERTED_AT_ONCE) {
    const last = Math.min(events, first + INSERTED_AT_ONCE - 1);
    await database.run(
      `INSERT INTO audit_events (at, action, organization_id, actor_id, actor_credential, subject_type, subject_id, user_id, ip,
         user_agent, request_id, details)
       SELECT app_now() - (${events} - n) * interval '2 seconds',
         (ARRAY['access_key.issued', 'login.succeeded', 'access_key.rotated', 'access_key.refused'])[1 + n % 4],
         1 + n % ${ORGANIZATIONS}, 1 + n % 500000, 'session:' || n, 'access_key', n, 1 + n % 500000, '203.0.113.' || n % 256,
         'Mozilla/5.0 (X11; Linux x86_64)', md5(n::text), jsonb_build_object('name', 'Key ' || n)
       FROM generate_series(${first}, ${last}) AS n`,
    );
    console.error(`  ${last} events added`);
  }
  await database.run('VACUUM (ANALYZE)', 'CHECKPOINT');
}

/** Until the service has sealed them all. */
async function measureSealing(database) {
  const service = await startService(database, {}, { pinned: false });
  try {
    const taken = await watch(service.child.pid, async () => {
      const [{ sealed }] = await database.run(
        `SELECT coalesce(sum(last), 0)::float8 AS sealed
         FROM (SELECT max(sequence) AS last FROM audit_heads GROUP BY chain) AS ends`,
      );
      return sealed;
    });
    return { ...taken, service: (await service.ask('cost')).cpuMicroseconds / events };
  } finally {
    await service.stop();
  }
}

/** As the operator does it, by the command. */
async function measureVerification(database) {
  const command = startCommand(database, 'audit', 'verify', '--json');
  let answer = '';
  command.stdout.setEncoding('utf8').on('data', (text) => (answer += text));
  const taken = await watch(command.pid, () => (command.exitCode === null ? 0 : events));
  const { ok, checked } = JSON.parse(answer);
  if (!ok || checked !== events) throw new Error(`The verification said: ${answer.slice(0, 500)}`);
  return taken;
}

/**
 * Waits until `done()` events are dealt with, all of them; gives how long that took, what it took of PostgreSQL's CPU time,
 * and the memory of the process at a tenth of the time and the most that it had from there on.
 */
async function watch(pid, done) {
  const [started, before] = [performance.now(), await postgres.cpuMicroseconds()];
  const looks = [];
  while ((await done()) < events) {
    looks.push(residentMb(pid) ?? looks.at(-1));
    await sleep(LOOK_MS);
  }
  const seconds = (performance.now() - started) / 1000;
  const tenth = Math.floor(looks.length / 10);
  return {
    seconds,
    postgres: ((await postgres.cpuMicroseconds()) - before) / events,
    early: looks[tenth],
    most: Math.max(...looks.slice(tenth)),
    last: looks.at(-1),
  };
}

/** MB of memory that a process has; `undefined`: it ended. */
function residentMb(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

function sectionOf(sealed, verified) {
  const row = (what, { seconds, service, postgres: database, early, most, last }) =>
    `| ${what} | ${round(events / seconds)} | ${round(seconds / 60)} | ${service ? `${service.toFixed(0)} µs` : '–'} | ${database.toFixed(0)} µs | ${round(early)} MB | ${round(most)} MB | ${round(last)} MB |`;
  return [
    `Written by \`npm run bench:audit\`: ${round(events)} events of ${ORGANIZATIONS} organizations, on two cores (load ${load.toFixed(1)} when it began).`,
    '',
    '| | events a second | minutes | service, an event | PostgreSQL, an event | memory after a tenth | at most from there | at the end |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    row('sealing', sealed),
    row('verifying', verified),
  ];
}

function round(value) {
  return Math.round(value).toLocaleString('en');
}
