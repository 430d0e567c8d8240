const atLeast = (limit) => (value) => value >= limit;
const atMost = (limit) => (value) => value <= limit;

/** What must hold: its words, the name of the ratio, when it holds, and that in words. */
const TARGETS = [
  [
    'API-key route against the same route open, 64 connections, 10,000 keys',
    'keyed_over_open',
    atLeast(0.65),
    '0.65 or more (aim 0.85)',
  ],
  [
    'the same against one query a request in our own server',
    'over_query_per_request',
    atLeast(3),
    '3× or more',
  ],
  ["against better-auth's plugin", 'over_better_auth', atLeast(20), '20× or more'],
  [
    'against the tutorial guard (Nest + Express, query a request)',
    'over_tutorial_guard',
    atLeast(5),
    '5× or more',
  ],
  ['against bcrypt-hashed keys', 'over_bcrypt_keys', atLeast(200), '200× or more'],
  ['JWT route against open', 'jwt_over_open', atLeast(0.55), '0.55 or more'],
  ['session route against open', 'session_over_open', atLeast(0.55), '0.55 or more'],
  ['1,000,000 keys against 10,000', 'million_keys_over_ten_thousand', atLeast(0.9), '0.9 or more'],
  [
    "garbage keys: the server's own CPU per request against good keys",
    'garbage_cpu_over_good',
    atMost(1),
    '1.0 or less',
  ],
  [
    'p99 of key traffic while 20 logins a second run, against none',
    'logins_p99_over_none',
    atMost(2),
    '2× or less',
  ],
  [
    'database statements per authenticated request, 64 connections',
    'statements_per_request',
    atMost(0.15),
    '0.15 or less',
  ],
];

/** docs/benchmarks.md, or as much of it as was measured. */
export function reportOf(results, ratios, effort) {
  const { machine, peers, credentials, shapes, tableSizes, logins, processes, memory } = results;
  return [
    '# What an authenticated request costs',
    `Written by \`npm run bench\`: figures are medians over rounds of ${effort.seconds} seconds (least–most in brackets), ` +
      `${effort.rounds} of them; for targets at 64 connections, ${effort.rounds} in each of ${effort.processes} ` +
      'processes of our service, for two of one build differ; a peer has one throughout. Contenders are measured in turn, every other round in reverse order; a new ' +
      "server is measured once before, which doesn't count. Absolute figures tell of the machine; what counts are the " +
      'ratios, each taken within one round. [performance.md](performance.md) tells where the time goes, ' +
      'and why a target is missed.',
    '## What must hold',
    targetsTable(ratios, memory),
    peers && [
      '## Beside its peers',
      '![Requests per second, by server](benchmarks.svg)',
      'A GET that answers `{"ok":true}`, 64 connections, 10,000 keys dealt out at random. *Query per request* is our own ' +
        'service with the grouping switched off. *better-auth* is its API-key plugin on Fastify. *Tutorial guard* is ' +
        "Nest on Express with Passport's `AuthGuard` and TypeORM, keys found by their SHA-256; *bcrypt keys* is the same " +
        'with 32 keys kept as bcrypt hashes of cost 10. *Bare Fastify* and *node:http* check nothing: the limits.',
      figuresTable('server', peers, { ratio: ['keyed', 'keyed is'] }),
    ],
    credentials && [
      '## By credential and number of connections',
      ...[...credentials.taken].flatMap(([connections, taken]) => [
        `${connections} connection${connections === 1 ? '' : 's'}:`,
        figuresTable('route', taken, { base: 'open' }),
      ]),
      addedText(credentials),
    ],
    shapes && [
      '## Hot, bad, and far-reaching keys',
      'Garbage keys have the right form and were never issued: after 300 in a minute an address is answered 429.',
      figuresTable('requests', shapes, { base: '10,000 keys' }),
    ],
    tableSizes && [
      '## By number of keys in the table',
      'Up to 10,000 of them in use, drawn at random from all.',
      figuresTable('keys', tableSizes, { base: '10,000' }),
    ],
    logins && [
      '## While people log in',
      `16 connections of key traffic, server on all cores, passwords hashed at cost 12. Of the logins, ${statuses(logins)}: ` +
        'what the machine has no processor time for is answered 429 at once.',
      figuresTable('beside', logins, { base: 'no logins' }),
    ],
    processes && [
      '## By number of processes (`WEB_CONCURRENCY`)',
      'On all cores, which load generator and PostgreSQL use as well: more processes than spare cores can gain nothing.',
      figuresTable('processes', processes, { base: '1', costs: false }),
    ],
    memory && ['## Memory', ...memoryText(memory)],
    [
      '## The machine',
      table(['', ''], Object.entries(machine)),
      '## How to repeat it',
      '`npm ci && npm run bench` (some two hours; writes this page and the plot). `npm run bench -- --quick --json` ' +
        'takes under five minutes, measures the first two tables, writes no file, and ends with one line of JSON. The ' +
        'benchmark needs Node and npm alone: it installs its own packages in `bench/`, and starts the PostgreSQL that the ' +
        'service brings. Leave the machine alone meanwhile. `--only <scenarios>`, `--rounds`, `--seconds` and `--minutes` ' +
        'make it shorter or longer; the scenarios are the functions of `bench/scenarios.mjs`.',
    ],
  ]
    .flat()
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

function targetsTable(ratios, memory) {
  const rows = TARGETS.map(([what, name, holds, words]) => {
    const value = ratios[name];
    return [
      what,
      words,
      value === null ? 'not measured' : String(value),
      value === null ? '' : holds(value) ? 'yes' : '**no**',
    ];
  });
  if (memory) {
    const { heap } = memory.windows.at(-1);
    rows.push([
      `memory growth over ${memory.minutes} minutes of load after warm-up`,
      'none (slope within noise)',
      `${signed(heap.slope)} MiB/min`,
      heap.least <= 0 ? 'yes' : '**no**',
    ]);
  }
  return table(['what', 'target', 'measured', 'holds'], rows);
}

function figuresTable(head, taken, { base, ratio, costs = true }) {
  const [ratioTo, ratioHead] = ratio ?? [base, `against ${base}`];
  const rows = taken.names.map((name) => {
    const perSecond = taken.of(name);
    const against = ratio ? taken.ratio(ratioTo, name) : taken.ratio(name, ratioTo);
    return [
      name,
      `${whole(perSecond.median)} (${whole(perSecond.least)}–${whole(perSecond.most)})`,
      ratio ? `${short(against)}×` : short(against),
      short(taken.of(name, 'p50').median),
      short(taken.of(name, 'p99').median),
      ...(costs ? [whole(taken.of(name, 'cpu').median), short(taken.of(name, 'statements').median)] : []),
    ];
  });
  const heads = [head, 'requests/s', ratioHead, 'p50 ms', 'p99 ms'];
  return table([...heads, ...(costs ? ['CPU µs', 'statements'] : [])], rows);
}

/** What a lone request waits for: the statement, and nothing else. */
function addedText({ taken, roundTrip }) {
  const alone = taken.get(1);
  const added = alone.of('API key', 'p50').median - alone.of('open', 'p50').median;
  return (
    `At one connection an API key adds ${short(added)} ms to the median answer; the statement alone, sent one after another by ` +
    `the same process with nothing else to do, takes ${short(roundTrip)} ms there and back.`
  );
}

function memoryText({ windows, last }) {
  const slope = ({ slope, least, most }) => `${signed(slope)} (${signed(least)} to ${signed(most)})`;
  const rows = windows.map(({ from, to, heap, rss }, index) => [
    `${whole(from)} to ${whole(to)}${index < windows.length - 1 ? ', warm-up' : ''}`,
    slope(heap),
    slope(rss),
  ]);
  return [
    'Under key traffic, read every half minute after a collection: the median of the slopes between all pairs of readings, and ' +
      'its interval of 95 % confidence (Theil and Sen), for now and then a reading is far off. Growth is within the noise if ' +
      'the interval includes zero.',
    table(['minutes', 'heap, MiB a minute', 'resident, MiB a minute'], rows),
    `At the end: heap ${short(last.heapUsed / 2 ** 20)} MiB, resident ${short(last.rss / 2 ** 20)} MiB.`,
  ];
}

function statuses(logins) {
  const total = {};
  for (const { beside } of logins.all('20 logins a second')) {
    for (const [status, count] of Object.entries(beside.statuses))
      total[status] = (total[status] ?? 0) + count;
  }
  return Object.entries(total)
    .map(([status, count]) => `${count} were answered ${status}`)
    .join(' and ');
}

/** A Markdown table whose columns line up, as the formatter wants it. */
function table(heads, rows) {
  const widths = heads.map((head, column) =>
    Math.max(3, ...[head, ...rows.map((row) => row[column])].map((c) => c.length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const whole = (value) => Math.round(value).toLocaleString('en');
const short = (value) => (value >= 100 ? whole(value) : String(Number(value.toPrecision(2))));
const signed = (value) => `${value >= 0 ? '+' : '−'}${short(Math.abs(value))}`;
