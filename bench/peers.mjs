import { getMigrations } from 'better-auth/db/migration';
import bcrypt from 'bcrypt';
import { optionsOf } from './servers/better-auth-setup.mjs';
import { keysInSql, keyText } from './seed.mjs';

/** Cost of the hashes of the bcrypt guard: the least that OWASP accepts. Tutorials take it, too. */
const BCRYPT_COST = 10;
/** Keys of the bcrypt guard. Hashing 10,000 would take ten minutes, and it answers some dozen requests a second. */
export const BCRYPT_KEYS = 32;

/** better-auth's tables with `count` of the benchmark's keys, in the form that its plugin looks for. */
export async function seedBetterAuth(database, count) {
  const options = optionsOf(database.url);
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  await options.database.end();
  await database.run(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     VALUES ('bench', 'Bench', 'bench@bench.example', true, now(), now())`,
    `INSERT INTO apikey (id, "configId", "referenceId", key, enabled, "rateLimitEnabled", "requestCount", "createdAt", "updatedAt")
     SELECT 'key-' || n, 'default', 'bench',
       rtrim(translate(encode(sha256(convert_to(key, 'UTF8')), 'base64'), '+/', '-_'), '='),
       true, false, 0, now(), now()
     FROM ${keysInSql(count)}`,
    'VACUUM (ANALYZE)',
  );
}

/** The tutorials' table with `count` keys by their digests, and one with the first few as bcrypt hashes. */
export async function seedTutorial(database, hash, count) {
  await database.run(`CREATE TABLE api_keys (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text NOT NULL UNIQUE,
    hash text NOT NULL UNIQUE,
    user_id integer NOT NULL,
    expires_at timestamptz,
    revoked boolean NOT NULL DEFAULT false
  )`);
  if (hash === 'sha256') {
    await database.run(`INSERT INTO api_keys (prefix, hash, user_id)
      SELECT left(key, 8), encode(sha256(convert_to(key, 'UTF8')), 'hex'), n FROM ${keysInSql(count)}`);
  } else {
    const texts = Array.from({ length: BCRYPT_KEYS }, (_, index) => keyText(index + 1));
    const hashes = await Promise.all(texts.map((text) => bcrypt.hash(text, BCRYPT_COST)));
    await database.run({
      text: `INSERT INTO api_keys (prefix, hash, user_id)
        SELECT left(key, 8), hash, n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k(key, hash, n)`,
      values: [texts, hashes],
    });
  }
  await database.run('VACUUM (ANALYZE)');
}
