import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An invitation is of whoever gave it its role, who may be staff; until now it was of a member, always. */
export class WhoGaveTheRole1765005100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE members ADD invited_as text NOT NULL DEFAULT 'manager'
        CONSTRAINT ck_members_invited_as CHECK (invited_as IN ('manager', 'staff'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE members DROP invited_as');
  }
}
