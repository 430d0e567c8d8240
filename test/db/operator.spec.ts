import { OPERATOR } from '../../src/access/principal.js';
import { InvalidInput, NotFound } from '../../src/common/errors.js';
import { MembersService } from '../../src/organizations/members.service.js';
import { OrganizationsService } from '../../src/organizations/organizations.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { startTestApp, type TestApp } from '../support/app.js';

let test: TestApp;
let users: UsersService;
let organizations: OrganizationsService;
let members: MembersService;
beforeAll(async () => {
  test = await startTestApp();
  users = test.app.get(UsersService, { strict: false });
  organizations = test.app.get(OrganizationsService, { strict: false });
  members = test.app.get(MembersService, { strict: false });
});
afterAll(() => test.close());

describe('the operator at the command line', () => {
  it('makes a user, an organization and a membership, each with its audit event', async () => {
    const user = await users.create(OPERATOR, { email: ' Ada@Example.COM ', name: 'Ada', isStaff: true });
    expect(user).toMatchObject({ email: 'ada@example.com', name: 'Ada', isStaff: true, isActive: true });
    const organization = await organizations.create(OPERATOR, { name: ' Acme ' });
    expect(organization).toMatchObject({ name: 'Acme', selfServeKeys: true, longestKeyLifetimeDays: 365 });
    const member = await members.add(OPERATOR, organization.id, { userId: user.id, role: 'Owner' });
    expect(member).toMatchObject({ status: 'active', userId: user.id, role: { name: 'Owner' } });
    const events = await test.database.query(
      `SELECT action, actor_id, actor_credential, user_id FROM audit_events WHERE subject_id = ANY($1) ORDER BY id`,
      [[user.id, organization.id, member.id]],
    );
    const operator = { actor_id: null, actor_credential: 'cli' };
    expect(events).toEqual([
      { action: 'user.created', ...operator, user_id: user.id },
      { action: 'organization.created', ...operator, user_id: null },
      { action: 'member.added', ...operator, user_id: user.id },
    ]);
  });

  it('is told by field what is wrong, like a caller over HTTP', async () => {
    const refusal = async (work: Promise<unknown>): Promise<unknown> =>
      (await work.catch((error: unknown) => error)) as InvalidInput;
    expect(await refusal(users.create(OPERATOR, { email: 'nobody', name: ' ' }))).toMatchObject({
      fields: { email: ['Enter a valid email address.'], name: ['This field may not be blank.'] },
    });
    const { id } = await test.make.user();
    const org = await test.make.org();
    expect(await refusal(members.add(OPERATOR, org.id, { userId: id, role: 'King' }))).toMatchObject({
      fields: { role: ['Object with name=King does not exist.'] },
    });
    expect(await refusal(members.add(OPERATOR, 999_999, { userId: id, role: 'Owner' }))).toBeInstanceOf(
      NotFound,
    );
    await members.add(OPERATOR, org.id, { userId: id, role: 'Viewer' });
    expect(await refusal(members.add(OPERATOR, org.id, { userId: id, role: 'Owner' }))).toMatchObject({
      fields: { non_field_errors: ['This user is already a member of this organization.'] },
    });
  });

  it('gives a member another role and ends the membership, but not of the last Owner', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const { memberId } = await test.make.member(org, 'Viewer');
    expect(await members.changeAsStaff(OPERATOR, org.id, memberId, { role: 'Analyst' })).toMatchObject({
      role: { name: 'Analyst' },
    });
    await expect(members.removeAsStaff(OPERATOR, org.id, owner.memberId)).rejects.toMatchObject({
      code: 'last_owner',
    });
    await expect(members.removeAsStaff(OPERATOR, 999_999, memberId)).rejects.toBeInstanceOf(NotFound);
    await members.removeAsStaff(OPERATOR, org.id, memberId);
    expect(await members.listAsStaff(org.id, {})).toMatchObject({ results: [{ id: owner.memberId }] });
  });

  it('finds a user by any spelling of the e-mail and deactivates it once', async () => {
    const { id, email } = await test.make.user();
    expect(await users.findByEmail(` ${email.toUpperCase().replace('@', '＠')}. `)).toMatchObject({ id });
    expect(await users.findByEmail('nobody@example.com')).toBeNull();
    expect(await users.deactivate(OPERATOR, id)).toMatchObject({ isActive: false, authEpoch: 2 });
    expect(await users.deactivate(OPERATOR, id)).toMatchObject({ isActive: false, authEpoch: 2 });
    await expect(users.deactivate(OPERATOR, 999_999)).rejects.toBeInstanceOf(NotFound);
  });
});
