import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A password link ends with its user's authentication epoch, and expired refresh tokens are found by an index. */
export class PasswordLinkEpochs1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No user has the epoch 0: links made before this column existed are dead, and are made again.
    await runner.query(`ALTER TABLE password_links ADD auth_epoch integer NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE password_links ALTER auth_epoch DROP DEFAULT`);
    await runner.query(`CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_refresh_tokens_expires_at');
    await runner.query('ALTER TABLE password_links DROP auth_epoch');
  }
}
