import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of another system keep the hash that they came with until their first use, when they get a digest of ours. */
export class ImportedKeys1764000702000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE access_keys
        ALTER digest DROP NOT NULL,
        ADD imported_hash text,
        ADD CONSTRAINT ck_access_keys_digest CHECK ((digest IS NULL) <> (imported_hash IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_keys DROP imported_hash, ALTER digest SET NOT NULL');
  }
}
