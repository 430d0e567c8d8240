import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What requests with an `Idempotency-Key` were answered. */
export class IdempotencyKeys1765000411000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `answer` as text that keeps the order of its fields; of an answer that held a secret the id alone.
    await runner.query(`
      CREATE TABLE idempotency_keys (
        digest bytea CONSTRAINT pk_idempotency_keys PRIMARY KEY,
        body_digest bytea NOT NULL,
        answer json,
        version integer,
        issued_id integer,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        CONSTRAINT ck_idempotency_keys_digests CHECK (length(digest) = 32 AND length(body_digest) = 32),
        CONSTRAINT ck_idempotency_keys_answer CHECK ((answer IS NULL) <> (issued_id IS NULL))
      )`);
    await runner.query('CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
