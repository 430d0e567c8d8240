import type { MigrationInterface, QueryRunner } from 'typeorm';

const working = (key: string): string => `
  CREATE OR REPLACE FUNCTION made_by_working_credential(via text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$
    SELECT coalesce(via, '') NOT LIKE 'access_key:%' OR EXISTS (
      SELECT FROM access_keys k WHERE k.id = split_part(via, ':', 2)::integer AND ${key}) $$`;

/** What a suspended or blocked key made stays shut when that key expires. What one made that only expired works on. */
export class ShutPastExpiry1765004100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Not by the status, where `expired` hides the others. Unused is a key for as long as it could be used: every expired one
    // would become it.
    await runner.query(
      working(`k.revoked_at IS NULL
        AND (k.suspended_at IS NULL OR (app_now() >= k.suspended_until) IS TRUE)
        AND NOT EXISTS (
          SELECT FROM organizations o
          WHERE o.id = k.organization_id AND o.enforce_on_use AND (
            access_key_outlives_policy(k, o)
            OR (coalesce(k.last_used_at, k.created_at)
              <= least(app_now(), access_key_end(k)) - o.longest_unused_days * interval '24 hours') IS TRUE))`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(working(`access_key_status(k) NOT IN ('revoked', 'blocked', 'suspended')`));
  }
}
