/**
 * The figures that matter, each a median of ratios within one round; `null` for what this run did not measure. `over_`:
 * how many times as many requests per second behind an API key of ours.
 */
export function ratiosOf({ peers, credentials, shapes, tableSizes, logins }) {
  const at64 = credentials?.taken.get(64);
  return round({
    keyed_over_open: peers?.ratio('keyed', 'open'),
    over_query_per_request: peers?.ratio('keyed', 'query per request'),
    over_better_auth: peers?.ratio('keyed', 'better-auth'),
    over_tutorial_guard: peers?.ratio('keyed', 'tutorial guard'),
    over_bcrypt_keys: peers?.ratio('keyed', 'bcrypt keys'),
    jwt_over_open: at64?.ratio('JWT', 'open'),
    session_over_open: at64?.ratio('session', 'open'),
    million_keys_over_ten_thousand: tableSizes?.ratio('1,000,000', '10,000'),
    garbage_cpu_over_good: shapes?.ratio('garbage keys', '10,000 keys', 'cpu'),
    logins_p99_over_none: logins?.ratio('20 logins a second', 'no logins', 'p99'),
    statements_per_request: peers?.of('keyed', 'statements').median,
  });
}

function round(ratios) {
  return Object.fromEntries(
    Object.entries(ratios).map(([name, value]) => [
      name,
      value === undefined ? null : Number(value.toPrecision(3)),
    ]),
  );
}
