import { BCRYPT_KEYS, seedBetterAuth, seedTutorial } from './peers.mjs';
import * as requests from './requests.mjs';
import { CALLERS, seed, seedFamilies, seedMemberOfMany, seedPassword, seedSessions } from './seed.mjs';
import { hashPassword, newSession, tokenSigner } from './service.mjs';
import { slopeOf } from './statistics.mjs';

const CONNECTIONS = [1, 16, 64, 256];
/** Of so many connections targets are told. */
const TARGET_CONNECTIONS = 64;
const LOGINS_PER_SECOND = 20;
const PASSWORD = 'correct horse battery staple';
/**
 * For about so long V8 compiles what the load uses, and the heap grows by code and by lists of what depends on it. In the
 * first of them connections come and go: what opening and closing one takes would else be compiled late, function by function.
 */
const MEMORY_WARM_UP_MINUTES = 30;
const COMING_AND_GOING_MINUTES = 10;
/**
 * Seconds of load between two readings. A collection on demand lets go of the compiled code of a hundred functions and more,
 * which V8 compiles again in the seconds that follow, and the lists of what depends on it grow: the rarer, the less of what
 * is read comes from reading.
 */
const MEMORY_READ_SECONDS = 30;
const COMING_AND_GOING = { connections: 256, seconds: 0.5 };

/** (a) at 64 connections: our routes, our own service without grouping, and the peers. */
export async function peers(stage) {
  const { database, keys } = stage;
  const peer = (name, server, known = keys) => ({ name, server, requests: requests.toPeer(known) });
  const hashed = keys.filter((n) => n <= BCRYPT_KEYS);
  const http = await stage.startPeer('node-http.mjs');
  const fastify = await stage.startPeer('fastify.mjs');
  const betterAuth = await stage.startPeer('better-auth.mjs', {
    seed: (empty) => seedBetterAuth(empty, CALLERS),
  });
  const [tutorial, bcrypt] = await Promise.all(
    ['sha256', 'bcrypt'].map((HASH) =>
      stage.startPeer('tutorial.mjs', { HASH, seed: (empty) => seedTutorial(empty, HASH, CALLERS) }),
    ),
  );
  return stage.takeInProcesses(async () => {
    const service = await stage.startService(database);
    const ungrouped = await stage.startService(database, { GROUPING: 'off' });
    return [
      { name: 'open', server: service, requests: requests.open },
      { name: 'keyed', server: service, requests: requests.withKeys(keys) },
      { name: 'query per request', server: ungrouped, requests: requests.withKeys(keys) },
      peer('better-auth', betterAuth),
      peer('tutorial guard', tutorial),
      // Twice the time: it answers so few.
      { ...peer('bcrypt keys', bcrypt, hashed), seconds: 2 * stage.effort.seconds },
      peer('bare Fastify', fastify, [1]),
      peer('node:http', http, [1]),
    ];
  });
}

/**
 * (a) and (b): open, and behind each of the three credentials, by number of connections; and how long the lookup's
 * statement takes alone, just after one connection was measured.
 */
export async function credentials(stage) {
  const { service, database, keys } = stage;
  const sign = tokenSigner();
  const sessions = keys.map(newSession);
  await seedFamilies(database, CALLERS);
  await seedSessions(
    database,
    sessions.map(({ digest }) => digest),
  );
  const kinds = [
    { name: 'open', requests: requests.open },
    { name: 'API key', requests: requests.withKeys(keys) },
    { name: 'JWT', requests: requests.withTokens(keys.map(sign)) },
    { name: 'session', requests: requests.withSessions(sessions.map(({ id }) => id)) },
  ];
  const contendersOn = (server) => kinds.map((kind) => ({ ...kind, server }));
  const taken = new Map();
  let roundTrip;
  for (const connections of CONNECTIONS) {
    const rounds =
      connections === TARGET_CONNECTIONS
        ? await stage.takeInProcesses(async () => contendersOn(await stage.startService(database)), {
            connections,
          })
        : await stage.take(contendersOn(service), { connections });
    taken.set(connections, rounds);
    if (connections === 1) roundTrip = await service.ask('roundTrip');
  }
  return { taken, roundTrip };
}

/** (c), (e) and (f): one hot key, keys that nobody has, and who is a member of many organizations. */
export async function shapes(stage) {
  const { database, keys } = stage;
  const ofMany = CALLERS + 1;
  await seedMemberOfMany(database, ofMany);
  return stage.takeInProcesses(async () => {
    const server = await stage.startService(database);
    return [
      { name: '10,000 keys', server, requests: requests.withKeys(keys) },
      { name: 'one key', server, requests: requests.withKeys([1]) },
      { name: 'garbage keys', server, requests: requests.withGarbage(), accept: ['401', '429'] },
      { name: 'member of 1', server, requests: requests.memberOfOne() },
      { name: 'member of 200', server, requests: requests.memberOfMany(ofMany) },
    ];
  });
}

/** (d): how many keys there are in the table. 10,000 of them are in use. */
export async function tableSizes(stage) {
  const tables = [];
  for (const keys of [1_000, 10_000, 100_000, 1_000_000]) {
    const database = await stage.postgres.createMigrated(`keys_${keys}`);
    await seed(database, keys);
    const used = requests.sample(Math.min(keys, CALLERS), keys);
    tables.push({ name: keys.toLocaleString('en'), database, requests: requests.withKeys(used) });
  }
  return stage.takeInProcesses(() =>
    Promise.all(
      tables.map(async ({ database, ...table }) => ({
        ...table,
        server: await stage.startService(database),
      })),
    ),
  );
}

/** (g): key traffic while people log in, on all cores: hashing a password takes a core a quarter of a second. */
export async function logins(stage) {
  const { database, keys } = stage;
  await seedPassword(database, await hashPassword(PASSWORD));
  const server = await stage.startService(database, {}, { pinned: false });
  const bodies = keys.map((n) => ({ email: `user-${n}@bench.example`, password: PASSWORD }));
  const url = `${server.url}/api/auth/token`;
  const logIn = (seconds) => stage.generator.post({ url, bodies, perSecond: LOGINS_PER_SECOND, seconds });
  const traffic = { server, requests: requests.withKeys(keys), connections: 16 };
  return stage.take(
    [
      { name: 'no logins', ...traffic },
      { name: '20 logins a second', ...traffic, beside: logIn },
    ],
    { seconds: stage.effort.seconds * 2 },
  );
}

/** (h): one, two and four processes on one database, on all cores. */
export async function processes(stage) {
  const { database, keys } = stage;
  const contenders = [];
  for (const count of [1, 2, 4]) {
    const server = await stage.startService(database, { WEB_CONCURRENCY: String(count) }, { pinned: false });
    contenders.push({ name: String(count), server, requests: requests.withKeys(keys) });
  }
  return stage.take(contenders);
}

/**
 * Growth of memory in use, after a collection, over `minutes` of load: in the last of `windows`, after that of the
 * warm-up.
 */
export async function memory(stage, minutes) {
  const { service, keys } = stage;
  const load = { connections: 64, seconds: MEMORY_READ_SECONDS, requests: requests.withKeys(keys) };
  const start = performance.now();
  const now = () => (performance.now() - start) / 60_000;
  while (now() < COMING_AND_GOING_MINUTES) {
    await stage.generator.measure(service, { ...load, ...COMING_AND_GOING });
  }
  const points = [];
  while (now() < MEMORY_WARM_UP_MINUTES + minutes) {
    await stage.generator.measure(service, load);
    points.push({ minute: now(), ...(await service.ask('memory')) });
  }
  const windows = [
    [COMING_AND_GOING_MINUTES, MEMORY_WARM_UP_MINUTES],
    [MEMORY_WARM_UP_MINUTES, MEMORY_WARM_UP_MINUTES + minutes],
  ].map(([from, to]) => {
    const within = points.filter(({ minute }) => minute >= from && minute < to);
    const growth = (figure) => slopeOf(within.map((point) => [point.minute, point[figure] / 2 ** 20]));
    return { from, to, heap: growth('heapUsed'), rss: growth('rss') };
  });
  return { minutes, windows, last: points.at(-1) };
}
