// The load generator, a process of its own: fires what it is told to, and tells what came back.
import autocannon from 'autocannon';
import { setTimeout as sleep } from 'node:timers/promises';

process.on('message', ({ id, work, options }) => {
  works[work](options).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

const works = { fire, post };

/**
 * Keeps `connections` busy for `seconds`. `requests` (path and headers) are dealt out to the connections, and each goes
 * through its own again and again; with fewer requests than connections they share them. `rate`: requests a second that are sent at most.
 * `amount`: ends when so many are answered, whatever `seconds` says, and cuts none off.
 */
async function fire({ url, connections, seconds, requests, expectBody, rate, amount }) {
  let dealt = 0;
  const hand = () => {
    const at = dealt++ % connections;
    const mine = requests.filter((_, index) => index % connections === at);
    return (mine.length > 0 ? mine : [requests[at % requests.length]]).map((request) => ({ ...request }));
  };
  const running = autocannon({
    url,
    connections,
    ...(amount ? { amount } : { duration: seconds }),
    sampleInt: 100,
    timeout: 60,
    excludeErrorStats: true,
    setupClient: (client) => client.setRequests(hand()),
    ...(expectBody && { expectBody }),
    ...(rate && { overallRate: rate }),
  });
  // Its own duration counts the time in which it puts the requests together, when nothing is sent.
  let started = performance.now();
  running.on('start', () => (started = performance.now()));
  const milliseconds = []; // its own histogram knows whole milliseconds alone
  running.on('response', (_client, _status, _bytes, duration) => void milliseconds.push(duration));
  const { errors, timeouts, mismatches, statusCodeStats } = await running;
  const duration = (performance.now() - started) / 1000;
  milliseconds.sort((a, b) => a - b);
  const percentile = (part) => milliseconds[Math.floor(part * (milliseconds.length - 1))] ?? 0;
  return {
    perSecond: milliseconds.length / duration,
    answered: milliseconds.length,
    milliseconds: { p50: percentile(0.5), p99: percentile(0.99) },
    faults: errors + timeouts + mismatches,
    statuses: Object.fromEntries(
      Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]),
    ),
  };
}

/** Posts JSON bodies in turn, `perSecond` of them, whether or not earlier ones were answered. */
async function post({ url, bodies, perSecond, seconds }) {
  const statuses = {};
  const under = [];
  const started = performance.now();
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    await sleep(started + (sent * 1000) / perSecond - performance.now());
    const body = JSON.stringify(bodies[sent % bodies.length]);
    under.push(
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
        async (answer) => {
          await answer.arrayBuffer();
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        },
      ),
    );
  }
  await Promise.all(under);
  return { statuses };
}
