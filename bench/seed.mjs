import { createHash } from 'node:crypto';

/** How many users there are, and how many keys, tokens and sessions the load is drawn from. */
export const CALLERS = 10_000;
/** Every user is a member of one of these; the member of many is one of all. */
const ORGANIZATIONS = 200;
/** The user who is a member of every organization. */
const MEMBER_OF_MANY = CALLERS + 1;

/** The benchmark's n-th key, the same here and in SQL below: 8 characters, a dot, 32 characters. */
export function keyText(n) {
  const text = createHash('sha256')
    .update(`bench key ${n}`)
    .digest('base64')
    .replaceAll('+', 'a')
    .replaceAll('/', 'b');
  return `${text.slice(0, 8)}.${text.slice(8, 40)}`;
}

/** A subquery that gives the `count` first keys: n and key. */
export function keysInSql(count) {
  return `(
    SELECT n, left(text, 8) || '.' || substr(text, 9, 32) AS key
    FROM (
      SELECT n, translate(encode(sha256(convert_to('bench key ' || n, 'UTF8')), 'base64'), '+/', 'ab') AS text
      FROM generate_series(1, ${Number(count)}) AS n
    ) AS texts
  ) AS k`;
}

/** Puts users, organizations, members and `keys` access keys in place, as many as there would be after years of use. */
export async function seed(database, keys) {
  await database.run(
    `INSERT INTO organizations (name) SELECT 'Organization ' || n FROM generate_series(1, ${ORGANIZATIONS}) AS n`,
    `INSERT INTO users (id, email, name) OVERRIDING SYSTEM VALUE
     SELECT n, 'user-' || n || '@bench.example', 'User ' || n FROM generate_series(1, ${MEMBER_OF_MANY}) AS n`,
    `INSERT INTO members (organization_id, user_id, status, role_id)
     SELECT o.id, u.id, 'active', r.id
     FROM users u JOIN organizations o ON o.id = ${homeOf('u.id')} OR u.id = ${MEMBER_OF_MANY}
     JOIN roles r ON r.organization_id IS NULL AND r.name = 'Viewer'`,
    insertKeys(`1 + n % ${CALLERS}`, keysInSql(keys)),
    'VACUUM (ANALYZE)',
  );
}

/** Gives the user who is a member of many a key of their own, number `n`. */
export function seedMemberOfMany(database, n) {
  return database.run(insertKeys(String(MEMBER_OF_MANY), `(SELECT ${n} AS n, '${keyText(n)}' AS key) AS k`));
}

/** Live sessions, number n of user n, found by `digests[n - 1]`. */
export function seedSessions(database, digests) {
  return database.run({
    text: `INSERT INTO sessions (digest, user_id, auth_epoch, idle_expires_at, expires_at)
      SELECT digest, n, 1, app_now() + interval '1 day', app_now() + interval '1 day'
      FROM unnest($1::bytea[]) WITH ORDINALITY AS s(digest, n)`,
    values: [digests],
  });
}

/** Live token families, number n of user n, with a token each, for the clean-up deletes a family that has none. */
export function seedFamilies(database, count) {
  return database.run(
    `INSERT INTO token_families (id, user_id, auth_epoch, expires_at) OVERRIDING SYSTEM VALUE
     SELECT n, n, 1, app_now() + interval '1 day' FROM generate_series(1, ${count}) AS n`,
    `INSERT INTO refresh_tokens (family_id, digest, expires_at)
     SELECT id, sha256(id::text::bytea), expires_at FROM token_families`,
    `SELECT setval(pg_get_serial_sequence('token_families', 'id'), ${count})`,
  );
}

/** Gives every user the password with this hash. */
export function seedPassword(database, hash) {
  return database.run(
    { text: 'UPDATE users SET password_hash = $1', values: [hash] },
    'VACUUM (ANALYZE) users',
  );
}

/** The one organization of user `n` (not of the member of many). */
export const organizationOf = (n) => 1 + (n % ORGANIZATIONS);
/** Whose key `n` is. */
export const userOfKey = (n) => 1 + (n % CALLERS);
/** All organizations. */
export const organizations = Array.from({ length: ORGANIZATIONS }, (_, index) => index + 1);

function homeOf(user) {
  return `1 + ${user} % ${ORGANIZATIONS}`;
}

function insertKeys(user, keys) {
  return `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
    SELECT left(key, 8), sha256(convert_to(key, 'UTF8')), ${user}, 'full_access', 'Key ' || n, 'cli' FROM ${keys}
    ORDER BY n ON CONFLICT DO NOTHING`;
}
