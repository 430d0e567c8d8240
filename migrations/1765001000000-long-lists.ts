import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists need to stay quick at a million keys (docs/adr/0050). */
export class LongLists1765001000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A trusted extension: whoever may make things in the database makes it.
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(
      'CREATE INDEX ix_access_keys_search ON access_keys USING gin (name gin_trgm_ops, prefix gin_trgm_ops)',
    );
    await runner.query(
      'CREATE INDEX ix_users_search ON users USING gin (email gin_trgm_ops, name gin_trgm_ops)',
    );

    // The orders of lists. Nulls go last either way, which takes an index each. None of the last use, which is written every
    // minute: with an index on it every one of these writes would be one to every index.
    await runner.query('CREATE INDEX ix_access_keys_name_id ON access_keys (name, id)');
    await runner.query('CREATE INDEX ix_access_keys_created_at_id ON access_keys (created_at, id)');
    await runner.query('CREATE INDEX ix_access_keys_expires_at_id ON access_keys (expires_at, id)');
    await runner.query(
      'CREATE INDEX ix_access_keys_expires_at_desc ON access_keys (expires_at DESC NULLS LAST, id DESC)',
    );
    await runner.query('CREATE INDEX ix_users_name_id ON users (name, id)');
    await runner.query('CREATE INDEX ix_users_created_at_id ON users (created_at, id)');
    await runner.query('CREATE INDEX ix_users_staff ON users (id) WHERE is_staff');

    // The filters.
    await runner.query('CREATE INDEX ix_access_keys_organization_id_id ON access_keys (organization_id, id)');
    await runner.query('DROP INDEX ix_access_keys_organization_id');
    await runner.query(
      'CREATE INDEX ix_access_keys_user_wide ON access_keys (user_id, id) WHERE organization_id IS NULL',
    );
    await runner.query('CREATE INDEX ix_access_keys_end ON access_keys (least(expires_at, retires_at))');
    await runner.query(
      'CREATE INDEX ix_access_keys_revoked ON access_keys (id) WHERE revoked_at IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX ix_access_keys_suspended ON access_keys (id) WHERE suspended_at IS NOT NULL',
    );
    await runner.query('CREATE INDEX ix_access_keys_no_grace ON access_keys (id) WHERE grace_seconds = 0');
    await runner.query('CREATE INDEX ix_audit_events_action_id ON audit_events (action, id)');
    await runner.query(
      'CREATE INDEX ix_audit_events_actor_credential_id ON audit_events (actor_credential, id)',
    );
    await runner.query('CREATE INDEX ix_audit_events_subject_id_id ON audit_events (subject_id, id)');

    // How many keys there are: the sum of the rows. Every statement that adds keys adds a row, so nobody waits for anybody, and
    // every snapshot sums up what it sees. Keys are never deleted. With its owner's rights: a release that doesn't know of the
    // tally makes keys, too, and takes away the rights that it doesn't know of when it migrates.
    await runner.query('CREATE TABLE access_key_tally (keys bigint NOT NULL)');
    await runner.query(`
      CREATE FUNCTION access_keys_added() RETURNS trigger LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
          INSERT INTO access_key_tally (keys) SELECT count(*) FROM added HAVING count(*) > 0;
          RETURN NULL;
        END $$`);
    await runner.query(`
      CREATE TRIGGER access_keys_added AFTER INSERT ON access_keys REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION access_keys_added()`);
    await runner.query('INSERT INTO access_key_tally (keys) SELECT count(*) FROM access_keys'); // nobody adds any meanwhile
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER access_keys_added ON access_keys');
    await runner.query('DROP FUNCTION access_keys_added()');
    await runner.query('DROP TABLE access_key_tally');
    await runner.query(
      'DROP INDEX ix_audit_events_action_id, ix_audit_events_actor_credential_id, ix_audit_events_subject_id_id',
    );
    await runner.query('CREATE INDEX ix_access_keys_organization_id ON access_keys (organization_id)');
    await runner.query(`
      DROP INDEX ix_access_keys_no_grace, ix_access_keys_suspended, ix_access_keys_revoked, ix_access_keys_end, ix_access_keys_user_wide,
        ix_access_keys_organization_id_id, ix_users_staff, ix_users_created_at_id, ix_users_name_id, ix_access_keys_expires_at_desc,
        ix_access_keys_expires_at_id, ix_access_keys_created_at_id, ix_access_keys_name_id, ix_users_search, ix_access_keys_search`);
    // The extension stays: it may have been there before, and not be ours to drop.
  }
}
