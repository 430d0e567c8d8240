import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys have a lineage with an end, and what a credential made names it. */
export class Lineage1765000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_keys
        ADD renewable_until timestamptz CONSTRAINT ck_access_keys_renewable_until CHECK (isfinite(renewable_until)),
        ADD renewal_bound boolean NOT NULL DEFAULT false`);
    // Until now rotation had no end; from now on it ends where the key itself does, and a person issues anew.
    await runner.query('UPDATE access_keys SET renewable_until = expires_at WHERE expires_at IS NOT NULL');
    // Whoever writes a key that succeeds none begins a lineage, an older release beside this one included.
    await runner.query(`
      CREATE FUNCTION begin_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.renewable_until := NEW.expires_at;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER begin_lineage BEFORE INSERT ON access_keys FOR EACH ROW
      WHEN (NEW.replaces_id IS NULL AND NEW.renewable_until IS NULL) EXECUTE FUNCTION begin_lineage()`);
    await runner.query('CREATE INDEX ix_access_keys_issued_via ON access_keys (issued_via)');
    await runner.query('ALTER TABLE access_key_grants ADD redeemed_again_at timestamptz');
    await runner.query('CREATE INDEX ix_access_key_grants_issued_via ON access_key_grants (issued_via)');
    await runner.query(`
      ALTER TABLE password_links
        ADD created_by_id integer CONSTRAINT fk_password_links_created_by_id REFERENCES users,
        ADD created_via text`);
    await runner.query('CREATE INDEX ix_password_links_created_via ON password_links (created_via)');
    await runner.query(`
      ALTER TABLE members
        ADD invited_by_id integer CONSTRAINT fk_members_invited_by_id REFERENCES users,
        ADD invited_via text`);
    await runner.query('CREATE INDEX ix_members_invited_via ON members (invited_via)');
    // Who invited whom, and who made a link, was only in the audit log.
    await runner.query(`
      UPDATE password_links l SET created_by_id = e.actor_id, created_via = e.actor_credential
      FROM audit_events e
      WHERE e.action = 'password_link.created' AND e.subject_type = 'password_link' AND e.subject_id = l.id`);
    await runner.query(`
      UPDATE members m SET invited_by_id = e.actor_id, invited_via = e.actor_credential
      FROM audit_events e
      WHERE m.status = 'invited' AND e.action = 'member.invited' AND e.subject_type = 'member' AND e.subject_id = m.id`);
    // A rotation is found from the key that it replaced, too.
    await runner.query(`
      CREATE INDEX ix_audit_events_replaces ON audit_events (((details ->> 'replaces')::integer))
      WHERE action = 'access_key.rotated'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_audit_events_replaces');
    await runner.query('ALTER TABLE members DROP invited_by_id, DROP invited_via');
    await runner.query('ALTER TABLE password_links DROP created_by_id, DROP created_via');
    await runner.query('DROP INDEX ix_access_key_grants_issued_via');
    await runner.query('ALTER TABLE access_key_grants DROP redeemed_again_at');
    await runner.query('DROP INDEX ix_access_keys_issued_via');
    await runner.query('DROP TRIGGER begin_lineage ON access_keys');
    await runner.query('DROP FUNCTION begin_lineage()');
    await runner.query('ALTER TABLE access_keys DROP renewable_until, DROP renewal_bound');
  }
}
