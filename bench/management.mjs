import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keyText } from './seed.mjs';
import { LARGE, MANAGER_KEY, STAFF_KEY } from './seed-large.mjs';
import { runCommand } from './service.mjs';
import { apiKey } from './requests.mjs';
import { summary } from './statistics.mjs';

const TIMES = 9;

/** What people ask of the management of keys: how it is called, who asks, and for what. `atMost`: milliseconds. */
const ASKED = [
  ["staff's list, first page", 60, STAFF_KEY, '/api/admin/access-keys/'],
  ["staff's list, page 20,000 of 40,000", 60, STAFF_KEY, '/api/admin/access-keys/?page=20000'],
  ["staff's list, last page", 60, STAFF_KEY, '/api/admin/access-keys/?page=last'],
  ["staff's list by name", 60, STAFF_KEY, '/api/admin/access-keys/?ordering=name'],
  ["staff's list, latest expiry first", 60, STAFF_KEY, '/api/admin/access-keys/?ordering=-expires_at'],
  ['search of names: 500 keys', 60, STAFF_KEY, '/api/admin/access-keys/?search=quarterly'],
  ['search of e-mails: 22 keys', 60, STAFF_KEY, '/api/admin/access-keys/?search=user-12345'],
  ['filter: 1,000 suspended keys', 60, STAFF_KEY, '/api/admin/access-keys/?status=suspended'],
  ['search of two letters', 1_000, STAFF_KEY, '/api/admin/access-keys/?search=zq'],
  ['search that fits every e-mail', 1_000, STAFF_KEY, '/api/admin/access-keys/?search=bench'],
  ['filter: nine keys in ten are active', 1_000, STAFF_KEY, '/api/admin/access-keys/?status=active'],
  [
    'by last use, of which there is no index',
    1_000,
    STAFF_KEY,
    '/api/admin/access-keys/?ordering=last_used_at',
  ],
  ['an organization of 20,000 members: its 40,000 keys', 60, MANAGER_KEY, '/api/orgs/1/access-keys/'],
  ['the same: its review', 60, MANAGER_KEY, '/api/orgs/1/access-keys/review/'],
  ['the same: its members', 60, MANAGER_KEY, '/api/orgs/1/members/'],
  ['the same: a search of its members', 60, MANAGER_KEY, '/api/orgs/1/members/?search=user-123'],
  ['audit log of 1,000,000 events, first page', 1_000, STAFF_KEY, '/api/admin/audit-events/'],
  ["audit log: one action in a user's life", 60, STAFF_KEY, '/api/admin/audit-events/?user=777'],
];

/** Asks each of them one after another; gives a line of the report for each: the milliseconds, and how many rows it counted. */
export async function askManagement(server) {
  const answers = [];
  for (const [name, atMost, key, path] of ASKED) {
    const milliseconds = [];
    let count;
    for (let time = 0; time <= TIMES; time += 1) {
      const start = performance.now();
      const answer = await fetch(`${server.url}${path}`, { headers: apiKey(key) });
      const body = await answer.json();
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`);
      if (time > 0) milliseconds.push(performance.now() - start); // the first reads from the disk
      ({ count } = body);
    }
    const { median, least, most } = summary(milliseconds);
    answers.push({
      name,
      count,
      target: `${whole(atMost)} ms or less`,
      measured: `${whole(median)} (${whole(least)}–${whole(most)}) ms`,
      holds: median <= atMost,
    });
  }
  return answers;
}

/** Rows that are imported to measure how fast that goes, and how many a second it should be. */
const IMPORTED = 50_000;
const IMPORTED_PER_SECOND = 5_000;
/** The same of an export. */
const EXPORTED_PER_SECOND = 50_000;
/** What an export may hold at a time, whatever its length: a fraction of what its rows would take. */
const FLAT_MIB = 64;

/** A line of the report: how many keys a second the command line imports, by what it says itself. */
export async function importKeys(database) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    const file = path.join(folder, 'keys.ndjson');
    const rows = Array.from({ length: IMPORTED }, (_, index) =>
      JSON.stringify({
        prefix: keyText(`import ${index}`).slice(0, 8),
        hashed_key: `sha512$$${createHash('sha512').update(String(index)).digest('hex')}`,
        user_email: `user-${1 + ((index * 7) % LARGE.users)}@bench.example`,
        access_level: 'full_access',
        name: `Imported ${index}`,
      }),
    );
    writeFileSync(file, rows.join('\n'));
    const told = await runCommand(database, '--progress', 'access-keys', 'import', file);
    const perSecond = Number(/([\d,]+)\/s[^\n]*$/.exec(told.trimEnd())?.[1].replaceAll(',', ''));
    return atRate('import of keys', IMPORTED, IMPORTED_PER_SECOND, perSecond);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lines of the report: everybody's keys as CSV, once, in rows a second, and the memory that it took beyond what was held before. */
export async function exportReview(server) {
  const before = (await server.ask('memory')).rss;
  const start = performance.now();
  const answer = await fetch(`${server.url}/api/admin/access-keys/review/?format=csv`, {
    headers: apiKey(STAFF_KEY),
  });
  let [rows, most] = [-1, 0]; // the first is the head
  let watched = start;
  for await (const part of answer.body) {
    for (const byte of part) if (byte === 10) rows += 1;
    if (performance.now() - watched < 2_000) continue;
    watched = performance.now();
    most = Math.max(most, (await server.ask('memory')).rss);
  }
  const grown = (most - before) / 2 ** 20;
  return [
    atRate(
      'review of all keys as CSV',
      rows,
      EXPORTED_PER_SECOND,
      (1000 * rows) / (performance.now() - start),
    ),
    {
      name: 'the same: memory beyond what was held before',
      count: rows,
      target: `flat: ${FLAT_MIB} MiB or less`,
      measured: `${whole(grown)} MiB`,
      holds: grown <= FLAT_MIB,
    },
  ];
}

function atRate(name, count, atLeast, perSecond) {
  return {
    name,
    count,
    target: `${whole(atLeast)} rows a second or more`,
    measured: `${whole(perSecond)} rows a second`,
    holds: perSecond >= atLeast,
  };
}

const whole = (value) => Math.round(value).toLocaleString('en');
