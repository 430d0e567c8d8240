import { BCRYPT_KEYS, seedBetterAuth, seedTutorial } from './peers.mjs';
import { hasNginx } from './gateway.mjs';
import { callsOfOne, callsThrough, callTo, countedCalls, storeProviderKeys } from './providers.mjs';
import * as requests from './requests.mjs';
import { CALLERS, seed, seedMemberOfMany, seedPassword, seedSessions } from './seed.mjs';
import { askManagement, exportReview, importKeys } from './management.mjs';
import { seedLarge } from './seed-large.mjs';
import { hashPassword, newSession, startService, tokenSigner } from './service.mjs';
import { EVENT_STREAM, JSON_TEXT } from './servers/provider-answers.mjs';
import { slopeOf } from './statistics.mjs';

const CONNECTIONS = [1, 16, 256];
const LOGINS_PER_SECOND = 20;
const PASSWORD = 'correct horse battery staple';
/**
 * For about half an hour V8 compiles what the load uses, and the heap grows by code and by lists of what depends on it: what a run of
 * minutes shows is a leak that is large, and `npm run soak` the small ones. In the first of these minutes connections come and go: what opening and closing one takes would else be compiled late, function by function.
 */
const MEMORY_WARM_UP_MINUTES = 4;
const COMING_AND_GOING_MINUTES = 1;
/**
 * Seconds of load between two readings. A collection on demand lets go of the compiled code of a hundred functions and more,
 * which V8 compiles again in the seconds that follow, and the lists of what depends on it grow: the rarer, the less of what
 * is read comes from reading.
 */
const MEMORY_READ_SECONDS = 30;
const COMING_AND_GOING = { connections: 256, seconds: 0.5 };

/** At 64 connections: our roads, our own service without grouping, and the peers. */
export async function peers(stage) {
  const { database, keys } = stage;
  const peer = (name, server, known = keys) => ({ name, server, requests: requests.toPeer(known) });
  const hashed = keys.filter((n) => n <= BCRYPT_KEYS);
  const sign = tokenSigner();
  const sessions = keys.map(newSession);
  await seedSessions(
    database,
    sessions.map(({ digest }) => digest),
  );
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
  return stage.takeInProcesses(async (n) => {
    const service = await stage.startService(database);
    // What no target is told of is measured beside the first process alone.
    const beyond =
      n > 0
        ? []
        : [
            {
              name: 'query per request',
              server: await stage.startService(database, { GROUPING: 'off' }),
              requests: requests.withKeys(keys),
            },
            peer('tutorial guard', tutorial),
            // Twice the time: it answers so few.
            { ...peer('bcrypt keys', bcrypt, hashed), seconds: 2 * stage.effort.seconds },
            peer('node:http', http, [1]),
          ];
    return [
      { name: 'open', server: service, requests: requests.open },
      { name: 'keyed', server: service, requests: requests.withKeys(keys) },
      { name: 'check', server: service, requests: requests.checksOf(keys), accept: ['204'] },
      { name: 'JWT', server: service, requests: requests.withTokens(keys.map(sign)) },
      { name: 'session', server: service, requests: requests.withSessions(sessions.map(({ id }) => id)) },
      { name: 'garbage', server: service, requests: requests.withGarbage(), accept: ['401', '429'] },
      peer('better-auth', betterAuth),
      peer('bare Fastify', fastify, [1]),
      ...beyond,
    ];
  });
}

/** Open and behind a key, by number of connections; and how long the lookup's statement takes alone. */
export async function connections(stage) {
  const { service, keys } = stage;
  const kinds = [
    { name: 'open', requests: requests.open, server: service },
    { name: 'keyed', requests: requests.withKeys(keys), server: service },
  ];
  const taken = new Map();
  let roundTrip;
  for (const count of CONNECTIONS) {
    taken.set(count, await stage.take(kinds, { connections: count }));
    if (count === 1) roundTrip = await service.ask('roundTrip');
  }
  return { taken, roundTrip };
}

/**
 * A file behind a real nginx: for everybody, for whom a location of nginx answers 204, and for whom our check does. Undefined
 * where there is no nginx.
 */
export async function gateway(stage) {
  if (!hasNginx) {
    console.error(
      '  nginx is not installed (Debian: apt-get install nginx-light): its figures are left out.',
    );
    return undefined;
  }
  const service = await stage.startService(stage.database);
  const asked = requests.withKeys(stage.keys, '/');
  const contenders = [];
  for (const [name, check] of [
    ['no check', 'none'],
    ['auth_request, 204', 'nginx'],
    ['auth_request, our check', 'service'],
  ]) {
    const server = await stage.startGateway({ check, service: check === 'service' ? service : undefined });
    contenders.push({ name, server, requests: asked });
  }
  return stage.take(contenders);
}

const CALLS_PER_SECOND = 1_000;
const COUNTED = 10_000;
/** Calls of a measurement: no stream is cut off, so that each costs all that it costs. */
const CALLS = { json: 8_000, events: 640 };

/** Calls to a provider: to it alone, through @fastify/reply-from, through us; and whether all calls of a busy key are counted. */
export async function passThrough(stage) {
  const { database, effort } = stage;
  const provider = await stage.startPeer('provider.mjs', { behind: true });
  const replyFrom = await stage.startPeer('reply-from.mjs', { PROVIDER: provider.url });
  const service = await stage.startService(database, {
    NODE_ENV: 'development', // production calls the providers alone
    PROVIDER_BASE_URLS: JSON.stringify({ A: provider.url }),
  });
  const keyId = await storeProviderKeys(database, service);
  const share = effort.rounds > 1 ? 1 : 0.5; // a quick run is quick
  const take = (target, answer, amount) =>
    stage.take(
      [
        { name: 'provider alone', server: provider, requests: [callTo(target)], answer, amount },
        { name: 'reply-from', server: replyFrom, requests: [callTo(target)], answer, amount },
        { name: 'pass-through', server: service, requests: callsThrough(target), answer, amount },
      ],
      { rounds: 2 * effort.rounds },
    );
  const json = await take('/v1/chat/completions', JSON_TEXT, CALLS.json * share);
  const events = await take('/v1/responses', EVENT_STREAM, CALLS.events * share);
  return { json, events, counted: await countBusyKey(stage, { keyId, provider, service }) };
}

/** Many calls with one key: how many were answered, arrived at the provider, and were counted. */
async function countBusyKey({ database, generator }, { keyId, provider, service }) {
  const arrived = async () => (await provider.ask('received')).received;
  const before = [await arrived(), await countedCalls(database, keyId)];
  const perSecond = await generator.fireAt(CALLS_PER_SECOND, service, {
    connections: 32, // what one organization may have under way
    amount: COUNTED,
    requests: callsOfOne('/v1/chat/completions'),
  });
  await service.rest();
  return {
    perSecond,
    arrived: (await arrived()) - before[0],
    counted: (await countedCalls(database, keyId)) - before[1],
  };
}

/** Management at a million keys: what people wait for. */
export async function management({ postgres }) {
  const database = await postgres.createMigrated('large');
  await seedLarge(database);
  const server = await startService(database, {}, { pinned: false });
  try {
    return [...(await askManagement(server)), ...(await exportReview(server)), await importKeys(database)];
  } finally {
    await server.stop();
  }
}

/** One hot key, and who is a member of many organizations. */
export async function shapes(stage) {
  const { database, keys, service: server } = stage;
  const ofMany = CALLERS + 1;
  await seedMemberOfMany(database, ofMany);
  return stage.take([
    { name: '10,000 keys', server, requests: requests.withKeys(keys) },
    { name: 'one key', server, requests: requests.withKeys([1]) },
    { name: 'member of 1', server, requests: requests.memberOfOne() },
    { name: 'member of 200', server, requests: requests.memberOfMany(ofMany) },
  ]);
}

/** How many keys there are in the table. 10,000 of them are in use. */
export async function tableSizes(stage) {
  const tables = [];
  for (const keys of [10_000, 1_000_000]) {
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

/** Key traffic while people log in, on all cores: hashing a password takes a core a quarter of a second. */
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

/** One, two and four processes on one database, on all cores. */
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
