import { setTimeout as sleep } from 'node:timers/promises';

/** How long after the load what it held is let go. */
const SETTLING_MS = 500;

/** Statements sent to PostgreSQL by this process so far. */
let statements = 0;

/**
 * Answers the benchmark's questions about this process: CPU time and statements so far, and memory after a
 * collection. `pg` is the driver that the server uses, if it uses one: every statement goes through its Client,
 * whatever sits on top. `more`: other questions, and what answers them.
 */
export function answerProbes(pg, more = {}) {
  if (pg) countStatements(pg.Client.prototype);
  const answers = { cost, memory, ...more };
  process.on('message', async (question) => {
    if (Object.hasOwn(answers, question)) process.send(await answers[question]());
  });
}

function cost() {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, statements };
}

async function memory() {
  // The load's connections are closed first, and what a collection sets free may itself hold something.
  await sleep(SETTLING_MS);
  globalThis.gc();
  await sleep(0);
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

function countStatements(client) {
  const { query } = client;
  client.query = function counted(...values) {
    statements += 1;
    return query.apply(this, values);
  };
}
