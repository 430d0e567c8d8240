import { keysInSql, keyText } from './seed.mjs';

/** How large the tables are that management is measured on. */
export const LARGE = {
  keys: 1_000_000,
  users: 500_000,
  organizations: 200,
  members: 20_000,
  events: 1_000_000,
};

/** The key of a member of staff, good for admin paths. */
export const STAFF_KEY = keyText(0);
/** A user-wide key of an Owner of the organization 1. */
export const MANAGER_KEY = keyText(101);

/**
 * Puts a service in place after years of use, by SQL alone: `keys` access keys of `users` users, each of whom is a member
 * of one of `organizations`; the first of these has `members` of them. Half of the keys are user-wide. Of the keys, one in 1,000
 * is suspended, one in 20 revoked, one in three expires; `events` audit events tell of them. The words that a search finds few
 * of are in the names: `quarterly` in 500 of them.
 */
export async function seedLarge(database, { keys, users, organizations, members, events } = LARGE) {
  const home = (user) => `CASE WHEN ${user} <= ${members} THEN 1 ELSE 2 + ${user} % ${organizations - 1} END`;
  const ago = (n, days) => `app_now() - (${n}::bigint * 7919 % ${days * 1440}) * interval '1 minute'`;
  const indexes = await database.run(`SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'public' AND indexname LIKE 'ix\\_%'`);
  // Made when the rows are there, they are made in a tenth of the time.
  await database.run(`DROP INDEX ${indexes.map(({ name }) => name).join(', ')}`);
  await database.run(
    `INSERT INTO organizations (id, name) OVERRIDING SYSTEM VALUE
     SELECT n, 'Organization ' || n FROM generate_series(1, ${organizations}) AS n`,
    `INSERT INTO users (id, email, name, created_at) OVERRIDING SYSTEM VALUE
     SELECT n, 'user-' || n || '@bench.example', (ARRAY['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald'])[1 + n % 5] || ' ' || n,
       ${ago('n', 1000)}
     FROM generate_series(1, ${users}) AS n`,
    `INSERT INTO members (organization_id, user_id, status, role_id, created_at)
     SELECT ${home('u.id')}, u.id, 'active', r.id, u.created_at
     FROM users u JOIN roles r ON r.organization_id IS NULL AND r.name = CASE WHEN u.id % 100 = 1 THEN 'Owner' ELSE 'Viewer' END`,
    `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via, created_at, expires_at,
       last_used_at, revoked_at, suspended_at, suspended_as)
     SELECT left(key, 8), sha256(convert_to(key, 'UTF8')), 1 + (n - 1) % ${users},
       CASE WHEN n > ${keys / 2} THEN ${home(`(1 + (n - 1) % ${users})`)} END,
       CASE WHEN n % 3 = 0 THEN 'full_access' ELSE 'read_only' END,
       (ARRAY['Screening', 'Reporting', 'Dashboard', 'Nightly job'])[1 + n % 4]
         || CASE WHEN n % ${Math.floor(keys / 500)} = 0 THEN ' quarterly' ELSE '' END || ' ' || n,
       'cli', ${ago('n', 900)},
       CASE WHEN n % 3 = 0 THEN app_now() + (n % 525600 - 100000) * interval '1 minute' END,
       CASE WHEN n % 4 <> 0 THEN ${ago('n', 200)} END,
       CASE WHEN n % 20 = 0 THEN ${ago('n', 30)} END,
       CASE WHEN n % 1000 = 1 THEN ${ago('n', 30)} END, CASE WHEN n % 1000 = 1 THEN 'staff' END
     FROM ${keysInSql(keys)} ORDER BY n ON CONFLICT DO NOTHING`,
    'ALTER TABLE audit_events DISABLE TRIGGER audit_event_added', // what is not sealed would be sealed while others are measured
    `INSERT INTO audit_events (at, action, organization_id, actor_id, actor_credential, subject_type, subject_id, user_id, ip,
       user_agent, request_id, details)
     SELECT app_now() - (${events} - n) * interval '20 seconds',
       (ARRAY['access_key.issued', 'login.succeeded', 'access_key.rotated', 'access_key.refused'])[1 + n % 4], ${home(`(1 + n % ${users})`)},
       1 + n % ${users}, 'session:' || n, 'access_key', n, 1 + n % ${users}, '203.0.113.' || n % 256,
       'Mozilla/5.0 (X11; Linux x86_64)', md5(n::text), jsonb_build_object('name', 'Key ' || n)
     FROM generate_series(1, ${events}) AS n`,
    'ALTER TABLE audit_events ENABLE TRIGGER audit_event_added',
    `SELECT setval(pg_get_serial_sequence(name, 'id'), 2000000) FROM unnest(ARRAY['users', 'organizations']) AS name`,
    {
      text: `INSERT INTO users (email, name, is_staff) VALUES ('staff@bench.example', 'Staff', true)`,
    },
    {
      text: `INSERT INTO access_keys (prefix, digest, user_id, access_level, admin, name, issued_via)
        SELECT left($1, 8), sha256(convert_to($1, 'UTF8')), id, 'full_access', true, 'Staff', 'cli' FROM users WHERE is_staff`,
      values: [STAFF_KEY],
    },
    ...indexes.map(({ definition }) => definition),
    'VACUUM (ANALYZE)',
  );
}
