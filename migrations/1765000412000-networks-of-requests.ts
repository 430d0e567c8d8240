import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The networks that a key which is asked for, or granted, is used from alone. */
export class NetworksOfRequests1765000412000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['access_key_requests', 'access_key_grants']) {
      await runner.query(`
        ALTER TABLE ${table}
          ADD allowed_networks cidr[] CONSTRAINT ck_${table}_allowed_networks
            CHECK (cardinality(allowed_networks) BETWEEN 1 AND 50)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['access_key_requests', 'access_key_grants'])
      await runner.query(`ALTER TABLE ${table} DROP allowed_networks`);
  }
}
