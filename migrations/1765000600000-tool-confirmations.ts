import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Writes that a tool has shown and that wait to be confirmed (docs/adr/0044): a keyed digest of the token, the credential,
 * the tool and its arguments, so that the row tells nobody any of them. Unlogged: a crash of PostgreSQL forgets what waits,
 * and who waited asks again.
 */
export class ToolConfirmations1765000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE tool_confirmations (
        digest text CONSTRAINT pk_tool_confirmations PRIMARY KEY,
        expires_at timestamptz NOT NULL CONSTRAINT ck_tool_confirmations_expires_at CHECK (isfinite(expires_at))
      )`);
    await runner.query('CREATE INDEX ix_tool_confirmations_expires_at ON tool_confirmations (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tool_confirmations');
  }
}
