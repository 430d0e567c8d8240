import { FakeProviders } from './fake-providers.js';

/** The one World-Check pair that the demo's fake accepts; every other fake takes any key that does not start with `bad-`. */
const WORLD_CHECK_PAIR = '0a3687c5-6b35-4b0c-9ad3-150900000583:demo-world-check-api-secret';

const firstPort = Number(process.argv[2] ?? 4701);
const fakes = new FakeProviders();
fakes.W.goodKeys.add(WORLD_CHECK_PAIR);
await fakes.start(firstPort);
console.log('Fake providers are running. Any key is good that does not start with bad-.');
console.log(`World Check takes ${WORLD_CHECK_PAIR}`);
for (const [type, fake] of Object.entries(fakes.byType))
  console.log(`  ${type}  ${fake.baseUrl}  ${fake.name}`);
console.log(
  'GET <url>/_fake/log shows what arrived; POST <url>/_fake/script ["rate_limited"] scripts what comes next.',
);
console.log(`PROVIDER_BASE_URLS='${JSON.stringify(fakes.baseUrls)}'`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fakes.stop());
