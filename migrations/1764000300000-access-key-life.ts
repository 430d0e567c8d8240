import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Suspension and rotation of access keys. */
export class AccessKeyLife1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_keys
        ADD suspended_at timestamptz,
        ADD suspended_until timestamptz,
        ADD suspended_as text CONSTRAINT ck_access_keys_suspended_as CHECK (suspended_as IN ('user', 'manager', 'staff')),
        ADD replaces_id integer CONSTRAINT fk_access_keys_replaces_id REFERENCES access_keys,
        ADD replaced_by_id integer CONSTRAINT fk_access_keys_replaced_by_id REFERENCES access_keys,
        ADD grace_seconds integer,
        ADD retires_at timestamptz`);
    await runner.query(`CREATE INDEX ix_access_keys_replaced_by_id ON access_keys (replaced_by_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_keys DROP suspended_at, DROP suspended_until, DROP suspended_as,
        DROP replaces_id, DROP replaced_by_id, DROP grace_seconds, DROP retires_at`);
  }
}
