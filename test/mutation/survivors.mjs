/**
 * Why a mutant of the sample that no test notices may stay: by the beginning of its line in the report, without its
 * place in the file, `file mutator replacement`.
 */
const REASONS = {
  'src/access/allowed-networks.ts OptionalChaining row.within': 'A SELECT without a table gives one row.',
  'src/acts/authority.ts StringLiteral ""':
    'The reason of an act that nobody judges is for who reads the code.',
  'src/api-access-keys/life/editing.ts ConditionalExpression true':
    'Nothing is later than an expiry that was not sent.',
  'src/api-access-keys/life/issuing.ts ObjectLiteral {}':
    'It does not compile; for a release that names none, the database gives a key the same end and no networks.',
  'src/api-access-keys/life/issuing.ts ConditionalExpression false':
    'In no organization nobody has a standing: the statement would find none.',
  'src/acts/claims.ts OptionalChaining row.free': 'A SELECT without a table gives one row.',
  'src/audit/archive/audit-archiver.ts ConditionalExpression true':
    'Only a disk that gives back another last line than was written a moment before would show it.',
  'src/checks/original-organization.ts Regex /^(?:\\/[\\w~-][^\\w~.-]*)*\\/?$/':
    'A path that it takes for plain has no name of two letters, so that it names no organization; others are read the long way.',
  'src/common/fields.ts EqualityOperator Number(value) < LARGEST_ID':
    'There is nothing with the largest id of all: both say so, in the same words.',
  'src/database/embedded/lease.ts StringLiteral ""':
    'The name is for who looks at the sessions of the server.',
  'src/database/embedded/postmaster.ts ObjectLiteral {}':
    'The file was read a moment before: this is for one that has gone since.',
  'src/database/embedded/program.ts ConditionalExpression false':
    'What could not be copied is missed a moment later: the start fails all the same.',
  'src/database/session-check.ts OptionalChaining rows[0].value': 'A SELECT without a table gives one row.',
  'src/mcp/tools/arguments.ts EqualityOperator orderingsOf(type as Type<ListQuery>).length >= 0':
    'Nothing but a list has arguments of these names.',
  'src/organizations/member-rows.ts StringLiteral ""': 'PostgreSQL calls a count `count` by itself.',
  'src/provider-calls/outbound/target.ts EqualityOperator code <= 0xa0':
    'Compatibility folding has made a space of U+00A0 before.',
};

/** The reason of one, if it is known. */
export function reasonOf(key) {
  const [, file, rest] = /^(\S+?):\d+:\d+ (.*)$/s.exec(key) ?? [];
  const found = Object.entries(REASONS).find(([start]) =>
    `${String(file)} ${String(rest)}`.startsWith(start),
  );
  return found?.[1];
}
