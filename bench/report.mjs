const atLeast = (limit) => (value) => value >= limit;
const atMost = (limit) => (value) => value <= limit;
const within = (least, most) => (value) => value >= least && value <= most;

/** What must hold: its words, the name of the ratio, when it holds, and that in words. */
const TARGETS = [
  ["better-auth's plugin ÷ API key, both", 'better_auth_over_keyed', atLeast(21), '21× or more (aim 23×)'],
  ["better-auth's plugin ÷ check, both", 'better_auth_over_check', atLeast(22), '22× or more (aim 24×)'],
  ['bare Fastify ÷ check, server alone', 'fastify_over_check', atLeast(0.56), '0.56 or more'],
  [
    'API key − open, server alone, in requests of bare Fastify',
    'keyed_minus_open_by_fastify',
    atMost(7 / 13),
    '0.54 or less (7 µs where bare Fastify takes 13)',
  ],
  ['JWT ÷ API key, both', 'jwt_over_keyed', within(0.85, 1.15), '0.85 to 1.15'],
  ['session ÷ API key, both', 'session_over_keyed', within(0.85, 1.15), '0.85 to 1.15'],
  ['garbage keys ÷ good keys, both', 'garbage_over_keyed', atMost(1), '1.0 or less'],
  [
    'statements a request, on the road that needs most',
    'statements_per_request',
    atMost(0.05),
    '0.05 or less',
  ],
  ['1,000,000 keys ÷ 10,000, both', 'million_keys_over_ten_thousand', atMost(1.1), '1.1 or less'],
  ['p99 of key traffic while 20 logins a second run ÷ none', 'logins_p99_over_none', atMost(2), '2× or less'],
];

/** docs/benchmarks.md, or as much of it as was measured. */
export function reportOf(results, ratios, effort) {
  const { machine, peers, connections, shapes, tableSizes, logins, processes, memory, management } = results;
  return [
    '# What an authenticated request costs',
    `Written by \`npm run bench\`. The main figure is processor time per request, in microseconds: of the server, of all of ` +
      `PostgreSQL's processes, and of both. Throughput stands beside it. It was the main figure before; but server, PostgreSQL and load ` +
      'generator share the cores of one machine, and what else runs there takes requests away and hardly processor time per request. ' +
      `Figures are medians over rounds of ${effort.seconds} seconds (least–most in brackets), ${effort.rounds} of them; at 64 connections ` +
      `${effort.rounds} in each of ${effort.processes} processes of our service, for two of one build differ. Contenders are measured in turn, every other ` +
      "round in reverse order; a new server is measured once before, which doesn't count. Ratios are taken within one round. " +
      '[performance.md](performance.md) tells where the time goes.',
    '## What must hold',
    targetsTable(ratios),
    peers && [
      '## Our roads and the peers',
      '![Processor time per request, by server](benchmarks.svg)',
      'A GET that answers `{"ok":true}` (a check: 204), 64 connections, 10,000 keys, tokens or sessions dealt out at random. *Garbage* ' +
        'has the form of a key and was never issued: after 300 in a minute an address is answered 429. *Query per request* is our own ' +
        'service with the grouping switched off. *better-auth* is its API-key plugin on Fastify. *Tutorial guard* is ' +
        "Nest on Express with Passport's `AuthGuard` and TypeORM, keys found by their SHA-256; *bcrypt keys* is the same " +
        'with 32 keys kept as bcrypt hashes of cost 10. *Bare Fastify* and *node:http* check nothing: the limits.',
      figuresTable('server', peers, 'keyed'),
    ],
    connections && [
      '## By number of connections',
      ...[...connections.taken].flatMap(([count, taken]) => [
        `${count} connection${count === 1 ? '' : 's'}:`,
        figuresTable('route', taken, 'open'),
      ]),
      addedText(connections),
    ],
    shapes && ['## Hot and far-reaching keys', figuresTable('requests', shapes, '10,000 keys')],
    tableSizes && [
      '## By number of keys in the table',
      'Up to 10,000 of them in use, drawn at random from all.',
      figuresTable('keys', tableSizes, '10,000'),
    ],
    logins && [
      '## While people log in',
      `16 connections of key traffic, server on all cores, passwords hashed at cost 12. Of the logins, ${statuses(logins)}: ` +
        'what the machine has no processor time for is answered 429 at once.',
      figuresTable('beside', logins, 'no logins'),
    ],
    processes && [
      '## By number of processes (`WEB_CONCURRENCY`)',
      'On all cores, which load generator and PostgreSQL use as well: more processes than spare cores can gain nothing. The processor ' +
        'time is that of the first process alone.',
      figuresTable('processes', processes, '1'),
    ],
    management && ['## Management at 1,000,000 keys', ...managementText(management)],
    memory && ['## Memory', ...memoryText(memory)],
    [
      '## The machine',
      table(['', ''], Object.entries(machine)),
      '## How to repeat it',
      '`npm ci && npm run bench` (some forty minutes; writes this page and the plot). `npm run bench -- --quick --json` ' +
        'takes some four minutes, measures the first two tables, writes no file, and ends with one line of JSON. The ' +
        'benchmark needs Node and npm alone: it installs its own packages in `bench/`, and starts the PostgreSQL that the ' +
        'service brings. Processor time is read from `/proc`, so it is measured on Linux. `--only <scenarios>`, `--rounds`, `--seconds` and `--minutes` ' +
        'make it shorter or longer; the scenarios are the functions of `bench/scenarios.mjs`.',
    ],
  ]
    .flat()
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

function targetsTable(ratios) {
  const rows = TARGETS.map(([what, name, holds, words]) => {
    const value = ratios[name];
    return [
      what,
      words,
      value === null ? 'not measured' : String(value),
      value === null ? '' : holds(value) ? 'yes' : '**no**',
    ];
  });
  return table(['what', 'target', 'measured', 'holds'], rows);
}

/** `base`: what every contender is divided by. */
function figuresTable(head, taken, base) {
  const rows = taken.names.map((name) => {
    const [service, postgres, both, perSecond] = ['service', 'postgres', 'both', 'perSecond'].map((figure) =>
      taken.of(name, figure),
    );
    return [
      name,
      range(both),
      short(taken.ratio(name, base, 'both')),
      range(service),
      short(postgres.median),
      `${whole(perSecond.median)} (${whole(perSecond.least)}–${whole(perSecond.most)})`,
      short(taken.of(name, 'p50').median),
      short(taken.of(name, 'p99').median),
      short(taken.of(name, 'statements').median),
    ];
  });
  const heads = [head, 'both µs', `÷ ${base}`, 'server µs', 'PostgreSQL µs', 'requests/s'];
  return table([...heads, 'p50 ms', 'p99 ms', 'statements'], rows);
}

const range = ({ median, least, most }) => `${short(median)} (${short(least)}–${short(most)})`;

function managementText({ asked, review, imported }) {
  const rows = asked.map(({ name, count, atMost, median, least, most }) => [
    name,
    count.toLocaleString('en'),
    `${whole(atMost)} ms`,
    `${whole(median)} (${whole(least)}–${whole(most)}) ms`,
    median <= atMost ? 'yes' : '**no**',
  ]);
  return [
    'One request after another over HTTP, on 1,000,000 keys of 500,000 users, an organization of 20,000 members, and 1,000,000 audit ' +
      'events; statistics and pages as after a vacuum. [ADR 0050](adr/0050-long-lists.md) tells how.',
    table(['what is asked', 'rows', 'at most', 'measured', 'holds'], rows),
    `The review of all keys as CSV: ${whole(review.perSecond)} rows a second, at most ${whole(review.most)} MiB of memory. ` +
      `An import: ${whole(imported)} rows a second.`,
  ];
}

/** What a lone request waits for: the statement, and nothing else. */
function addedText({ taken, roundTrip }) {
  const alone = taken.get(1);
  const added = alone.of('keyed', 'p50').median - alone.of('open', 'p50').median;
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
