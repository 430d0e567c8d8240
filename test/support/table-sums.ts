import type { TestDatabase } from './database.js';

/** What a refused request or a read may leave behind: that a credential was used, and what log and limits keep of it. */
const MAY_CHANGE = {
  tables: ['audit_events', 'audit_unsealed', 'audit_links', 'audit_heads', 'rate_limits'],
  columns: ['last_used_at', 'last_used_ip', 'last_used_user_agent', 'last_seen_at', 'idle_expires_at'],
};

/** A checksum of every table, without what a request that writes nothing may change: compare two of them. */
export async function tableSums(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1) ORDER BY 1`,
    [MAY_CHANGE.tables],
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ sum: string }>(
      `SELECT coalesce(md5(string_agg(row, ',' ORDER BY row)), '') AS sum
       FROM (SELECT (to_jsonb(t) - $1::text[])::text AS row FROM "${name}" t) rows`,
      [MAY_CHANGE.columns],
    );
    sums[name] = row?.sum ?? '';
  }
  return sums;
}

/** The tables in which something changed between two checksums, for a message. */
export function changedTables(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string {
  return Object.keys(after)
    .filter((name) => after[name] !== before[name])
    .join(', ');
}
