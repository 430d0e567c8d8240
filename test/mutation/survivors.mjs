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
};

/** The reason of one, if it is known. */
export function reasonOf(key) {
  const [, file, rest] = /^(\S+?):\d+:\d+ (.*)$/s.exec(key) ?? [];
  const found = Object.entries(REASONS).find(([start]) =>
    `${String(file)} ${String(rest)}`.startsWith(start),
  );
  return found?.[1];
}
