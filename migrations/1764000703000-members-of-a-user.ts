import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The lookup of a credential asks for one membership of a user, of whom it must not read all others as well. */
export class MembersOfAUser1764000703000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX ix_members_user_id_organization_id ON members (user_id, organization_id)',
    );
    await runner.query('DROP INDEX ix_members_user_id');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX ix_members_user_id ON members (user_id)');
    await runner.query('DROP INDEX ix_members_user_id_organization_id');
  }
}
