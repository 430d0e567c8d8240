/** Statements sent to PostgreSQL by this process so far. */
let statements = 0;

/**
 * Answers the benchmark's questions about this process: processor time and statements so far, and memory after a
 * collection. `pg` is the driver that the server uses, if it uses one: every statement goes through its Client,
 * whatever sits on top.
 */
export function answerProbes(pg) {
  if (pg) countStatements(pg.Client.prototype);
  process.on('message', (question) => {
    if (question === 'cost') process.send(cost());
    if (question === 'memory') process.send(memory());
  });
}

function cost() {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, statements };
}

function memory() {
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
