import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Through what a key came to its end is kept with it: a thief may have ended the key, before anybody reported it as leaked. */
export class EndedVia1765005200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // It was only in the audit log, which takes long to search: before the column is added, for from then on all who use a key
    // wait. What had ended by itself before it was revoked is left as that.
    const ended = (await runner.query(`
      SELECT k.id, e.actor_credential AS via
      FROM audit_events e JOIN access_keys k ON k.id = e.subject_id
      WHERE e.action = 'access_key.revoked' AND e.actor_credential LIKE 'access_key:%' AND e.subject_type = 'access_key'
        AND (k.revoked_at < least(k.expires_at, k.retires_at)) IS NOT FALSE`)) as {
      id: number;
      via: string;
    }[];
    await runner.query('ALTER TABLE access_keys ADD ended_via text');
    await runner.query(
      `UPDATE access_keys k SET ended_via = ended.via
       FROM unnest($1::int[], $2::text[]) AS ended (id, via) WHERE k.id = ended.id`,
      [ended.map(({ id }) => id), ended.map(({ via }) => via)],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys DROP ended_via');
  }
}
