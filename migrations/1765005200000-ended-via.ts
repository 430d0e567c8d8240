import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Through what a key came to its end is kept with it: a thief may have ended the key, before anybody reported it as leaked. */
export class EndedVia1765005200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys ADD ended_via text');
    // It was only in the audit log. What had ended by itself before it was revoked is left as that.
    await runner.query(`
      UPDATE access_keys k SET ended_via = e.actor_credential
      FROM audit_events e
      WHERE e.action = 'access_key.revoked' AND e.actor_credential LIKE 'access_key:%'
        AND e.subject_type = 'access_key' AND e.subject_id = k.id
        AND (k.revoked_at < least(k.expires_at, k.retires_at)) IS NOT FALSE`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys DROP ended_via');
  }
}
