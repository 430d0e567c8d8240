import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The counters of the rate limits, in the columns of rate-limiter-flexible: `expire` is in milliseconds since 1970.
 * Unlogged: a counter isn't worth a write to disk per attempt. A crash of PostgreSQL empties the table, no more.
 */
export class RateLimits1764000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE rate_limits (
        key varchar(255) CONSTRAINT pk_rate_limits PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      )`);
    await runner.query(`CREATE INDEX ix_rate_limits_expire ON rate_limits (expire)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rate_limits');
  }
}
