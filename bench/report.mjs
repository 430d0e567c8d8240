const atLeast = (limit) => (value) => value >= limit;
const atMost = (limit) => (value) => value <= limit;
const within = (least, most) => (value) => value >= least && value <= most;

/** What must hold: its words, the name of the ratio, when it holds (nothing: it is told alone), and that in words. */
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
  ['nginx, `auth_request`: p50 of our check − p50 of a 204, ms', 'check_minus_204_p50_ms', undefined, 'told'],
  ['nginx, `auth_request`: our check ÷ a 204, all CPU time', 'check_over_204', undefined, 'told'],
  [
    'pass-through ÷ `reply-from`, server alone, JSON of 2 kB',
    'pass_through_over_reply_from',
    atMost(2),
    '2× or less',
  ],
  ['the same, streams of 200 events', 'pass_through_over_reply_from_events', atMost(2), '2× or less'],
  ['pass-through − `reply-from`, p99 of JSON, ms', 'pass_through_minus_reply_from_p99_ms', undefined, 'told'],
  ['the same, streams of 200 events, ms', 'pass_through_minus_reply_from_events_p99_ms', undefined, 'told'],
  ['calls a second with one provider key', 'busy_key_calls_per_second', atLeast(990), '1,000, less 1 %'],
  ['of these, calls that the provider got and nobody counted', 'busy_key_calls_lost', atMost(0), 'none'],
  ['lines of management (below) that miss theirs', 'management_lines_missed', atMost(0), 'none'],
];

/** docs/benchmarks.md, or as much of it as was measured. */
export function reportOf(results, ratios, effort) {
  const { machine, peers, connections, shapes, tableSizes, logins, processes, memory } = results;
  const { gateway, passThrough, management } = results;
  return [
    '# What an authenticated request costs',
    `Written by \`npm run bench\`. The main figure is CPU time per request, in microseconds: of the server, of all of ` +
      `PostgreSQL's processes, and of both. Throughput stands beside it. It was the main figure before; but server, PostgreSQL and load ` +
      'generator share the cores of one machine, and what else runs there takes requests away and hardly CPU time per request. ' +
      `Figures are medians over rounds of ${effort.seconds} seconds (least–most in brackets), ${effort.rounds} of them; of our roads beside the peers and of ` +
      `table sizes ${effort.rounds} in each of ${effort.processes} processes of our service, for two of one build differ. Contenders are measured in turn, every other ` +
      "round in reverse order; a new server is measured once before, which doesn't count. Ratios are taken within one round. " +
      '[performance.md](performance.md) tells where the time goes.',
    '## What must hold',
    targetsTable(ratios),
    peers && [
      '## Our roads and the peers',
      '![CPU time per request, by server](benchmarks.svg)',
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
        'what the machine has no CPU time for is answered 429 at once.',
      figuresTable('beside', logins, 'no logins'),
    ],
    processes && [
      '## By number of processes (`WEB_CONCURRENCY`)',
      'On all cores, which load generator and PostgreSQL use as well: more processes than spare cores can gain nothing.',
      throughputTable('processes', processes),
    ],
    'gateway' in results && ['## Behind a real nginx', ...gatewayText(gateway)],
    passThrough && ['## Calls to providers', ...passThroughText(passThrough)],
    management && ['## Management at 1,000,000 keys', ...managementText(management)],
    memory && ['## Memory', ...memoryText(memory)],
    [
      '## The machine',
      table(['', ''], Object.entries(machine)),
      '## How to repeat it',
      '`npm ci && npm run bench` (forty minutes at most, where nothing else runs; writes this page and the plot). `npm run bench -- --quick --json` ' +
        'takes four at most, measures our roads, the peers, nginx and the pass-through in one process and one round each, writes no file, and ' +
        'ends with one line of JSON. The ' +
        'benchmark needs Node and npm alone: it installs its own packages in `bench/`, and starts the PostgreSQL that the ' +
        'service brings. CPU time is read from `/proc`, so it is measured on Linux. `--only <scenarios>`, `--rounds`, `--seconds` and `--minutes` ' +
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
      value === null || !holds ? '' : yesOrNo(holds(value)),
    ];
  });
  return table(['what', 'target', 'measured', 'holds'], rows);
}

/** Without CPU time, which is known of one process alone. */
function throughputTable(head, taken) {
  const rows = taken.names.map((name) => [
    name,
    throughput(taken.of(name, 'perSecond')),
    short(taken.of(name, 'p50').median),
    short(taken.of(name, 'p99').median),
  ]);
  return table([head, 'requests/s', 'p50 ms', 'p99 ms'], rows);
}

const throughput = ({ median, least, most }) => `${whole(median)} (${whole(least)}–${whole(most)})`;

/** `base`: what every contender is divided by, in CPU time of `by`. */
function figuresTable(head, taken, base, by = 'both') {
  const rows = taken.names.map((name) => {
    const [service, postgres, both, perSecond] = ['service', 'postgres', 'both', 'perSecond'].map((figure) =>
      taken.of(name, figure),
    );
    return [
      name,
      range(both),
      short(taken.ratio(name, base, by)),
      range(service),
      short(postgres.median),
      throughput(perSecond),
      short(taken.of(name, 'p50').median),
      short(taken.of(name, 'p99').median),
      short(taken.of(name, 'statements').median),
    ];
  });
  const heads = [
    head,
    'both µs',
    by === 'both' ? `÷ ${base}` : `÷ ${base}, ${by}`,
    'server µs',
    'PostgreSQL µs',
    'requests/s',
  ];
  return table([...heads, 'p50 ms', 'p99 ms', 'statements'], rows);
}

const range = ({ median, least, most }) => `${short(median)} (${short(least)}–${short(most)})`;

function managementText(lines) {
  const rows = lines.map(({ name, count, target, measured, holds }) => [
    name,
    count?.toLocaleString('en') ?? '',
    target,
    measured,
    yesOrNo(holds),
  ]);
  return [
    'One request after another over HTTP, on 1,000,000 keys of 500,000 users, an organization of 20,000 members, and 1,000,000 audit ' +
      'events; statistics and pages as after a vacuum. [ADR 0050](adr/0050-long-lists.md) tells how.',
    table(['what is asked', 'rows', 'target', 'measured', 'holds'], rows),
  ];
}

function gatewayText(taken) {
  if (!taken)
    return [
      'nginx was not installed on the machine of this run (Debian: nginx-light), so this was not measured.',
    ];
  const rows = taken.names.map((name) => [
    name,
    ...['p50', 'p99'].map((figure) => short(taken.of(name, figure).median)),
    range(taken.of(name, 'both')),
    ...['gateway', 'service', 'postgres'].map((figure) => short(taken.of(name, figure).median)),
    whole(taken.of(name, 'perSecond').median),
  ]);
  const heads = ['', 'p50 ms', 'p99 ms', 'all µs', 'nginx µs', 'service µs', 'PostgreSQL µs', 'requests/s'];
  return [
    'A file of nginx, 64 connections, 10,000 keys: for everybody; behind an `auth_request` to a location that returns 204; and behind ' +
      'ours, as `deploy/gateways/nginx` has it. nginx has one worker, on the core that the service has, too.',
    table(heads, rows),
  ];
}

function passThroughText({ json, events, counted }) {
  return [
    'A POST to a provider on this machine, 64 connections: to it alone, through `@fastify/reply-from`, which asks for no credential and ' +
      'counts nothing, and through us: key and member judged, the provider key opened and put in, the call counted before it is ' +
      'sent, and its outcome after. The provider and the load share a core.',
    'JSON of 2 kB:',
    figuresTable('road', json, 'reply-from', 'service'),
    'Streams of 200 events, each sent by itself:',
    figuresTable('road', events, 'reply-from', 'service'),
    `${whole(counted.perSecond)} calls a second with one provider key: ${whole(counted.arrived)} arrived at the provider, ` +
      `${whole(counted.counted)} were counted.`,
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

const yesOrNo = (holds) => (holds ? 'yes' : '**no**');
const whole = (value) => Math.round(value).toLocaleString('en');
const short = (value) => (value >= 100 ? whole(value) : String(Number(value.toPrecision(2))));
const signed = (value) => `${value >= 0 ? '+' : '−'}${short(Math.abs(value))}`;
