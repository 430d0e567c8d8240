import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The chain over the audit log: every event gets a link, every batch of links a signed head. Links and heads stand
 * apart from the events, so that all three tables are only ever added to. What has no link yet is listed in
 * audit_unsealed, by a trigger, so that it doesn't matter in which order transactions commit.
 */
export class AuditChain1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_unsealed (
        event_id bigint CONSTRAINT pk_audit_unsealed PRIMARY KEY
      )`);
    await runner.query(`
      CREATE TABLE audit_links (
        event_id bigint CONSTRAINT pk_audit_links PRIMARY KEY,
        chain text NOT NULL,
        sequence bigint NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT uq_audit_links_chain_sequence UNIQUE (chain, sequence)
      )`);
    await runner.query(`
      CREATE TABLE audit_heads (
        chain text,
        sequence bigint,
        hash bytea NOT NULL,
        signed_at timestamptz NOT NULL,
        kid text NOT NULL,
        signature bytea NOT NULL,
        CONSTRAINT pk_audit_heads PRIMARY KEY (chain, sequence)
      )`);
    await runner.query(`
      CREATE FUNCTION audit_event_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO audit_unsealed (event_id) VALUES (NEW.id);
          RETURN NULL;
        END $$`);
    await runner.query(`
      CREATE TRIGGER audit_event_added AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_event_added()`);
    await runner.query(`INSERT INTO audit_unsealed (event_id) SELECT id FROM audit_events`);
    // The lists are filtered by these; `at` grows with the table, so block ranges are enough for it.
    await runner.query(`CREATE INDEX ix_audit_events_actor_id_id ON audit_events (actor_id, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_user_id_id ON audit_events (user_id, id)`);
    await runner.query(`
      CREATE INDEX ix_audit_events_subject_type_subject_id_id ON audit_events (subject_type, subject_id, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_at ON audit_events USING brin (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER audit_event_added ON audit_events');
    await runner.query('DROP FUNCTION audit_event_added()');
    await runner.query('DROP TABLE audit_heads, audit_links, audit_unsealed');
    await runner.query(
      'DROP INDEX ix_audit_events_actor_id_id, ix_audit_events_user_id_id, ix_audit_events_subject_type_subject_id_id, ix_audit_events_at',
    );
  }
}
