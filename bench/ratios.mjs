const [OUR_CHECK, NO_CONTENT] = ['auth_request, our check', 'auth_request, 204'];

/**
 * The figures that matter, each a median over ratios (or differences) within one round; `null` for what this run did not
 * measure. Of CPU time per request: `both` of server and PostgreSQL together, `service` of the server alone.
 */
export function ratiosOf({ peers, tableSizes, logins, gateway, passThrough, management }) {
  const counted = passThrough?.counted;
  return round({
    better_auth_over_keyed: peers?.ratio('better-auth', 'keyed', 'both'),
    better_auth_over_check: peers?.ratio('better-auth', 'check', 'both'),
    query_per_request_over_keyed: peers?.ratio('query per request', 'keyed', 'both'),
    tutorial_guard_over_keyed: peers?.ratio('tutorial guard', 'keyed', 'both'),
    bcrypt_keys_over_keyed: peers?.ratio('bcrypt keys', 'keyed', 'both'),
    keyed_minus_open_by_fastify: peers?.differenceBy('keyed', 'open', 'bare Fastify', 'service'),
    fastify_over_check: peers?.ratio('bare Fastify', 'check', 'service'),
    jwt_over_keyed: peers?.ratio('JWT', 'keyed', 'both'),
    session_over_keyed: peers?.ratio('session', 'keyed', 'both'),
    garbage_over_keyed: peers?.ratio('garbage', 'keyed', 'both'),
    statements_per_request:
      peers &&
      Math.max(...['keyed', 'check', 'JWT', 'session'].map((name) => peers.of(name, 'statements').median)),
    million_keys_over_ten_thousand: tableSizes?.ratio('1,000,000', '10,000', 'both'),
    logins_p99_over_none: logins?.ratio('20 logins a second', 'no logins', 'p99'),
    check_minus_204_p50_ms: gateway?.difference(OUR_CHECK, NO_CONTENT, 'p50'),
    check_over_204: gateway?.ratio(OUR_CHECK, NO_CONTENT, 'both'),
    pass_through_over_reply_from: passThrough?.json.ratio('pass-through', 'reply-from', 'service'),
    pass_through_over_reply_from_events: passThrough?.events.ratio('pass-through', 'reply-from', 'service'),
    pass_through_minus_reply_from_p99_ms: passThrough?.json.difference('pass-through', 'reply-from', 'p99'),
    pass_through_minus_reply_from_events_p99_ms: passThrough?.events.difference(
      'pass-through',
      'reply-from',
      'p99',
    ),
    busy_key_calls_per_second: counted?.perSecond,
    busy_key_calls_lost: counted && Math.max(0, counted.arrived - counted.counted),
    management_lines_missed: management?.filter(({ holds }) => !holds).length,
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
