import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { UsersService } from '../../src/users/users.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Credential } from '../support/client.js';
import { type CommandShell, startCommandShell } from '../support/command-shell.js';
import { runCommand } from '../support/command.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { settingsOf } from '../support/service-process.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let shell: CommandShell;
beforeAll(async () => {
  test = await startTestApp();
  shell = startCommandShell(test);
});
afterAll(async () => {
  await shell.close();
  await test.close();
});

/** What a command told that was done. */
async function done(...words: string[]): Promise<Record<string, unknown>> {
  const { status, told } = await shell.json(...words);
  expect({ status, told }).toMatchObject({ status: 0 });
  return told;
}

/** What a command told that was refused. */
async function refused(...words: string[]): Promise<Record<string, unknown>> {
  const { status, told } = await shell.json(...words);
  expect(status).toBe(1);
  return told.error as Record<string, unknown>;
}

const ids = ({ results }: Record<string, unknown>): unknown[] =>
  (results as { id: unknown }[]).map(({ id }) => id);

/** What the audit log says that the operator did to a thing, oldest first. */
async function acts(type: string, id: number): Promise<string[]> {
  const rows = await test.database.query<{ action: string }>(
    `SELECT action FROM audit_events WHERE subject_type = $1 AND subject_id = $2 AND actor_credential = 'cli' ORDER BY id`,
    [type, id],
  );
  return rows.map(({ action }) => action);
}

describe('lists', () => {
  it('are tables under headings for people, and the answers of HTTP with their number as JSON', async () => {
    const org = await test.make.org({ name: 'Northwind' });
    const { status, lines } = await shell.run('orgs', 'list', '--search', 'Northwind');
    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^ID +NAME +DISABLED AT +ISSUING +CREATED AT$/);
    expect(lines[1]).toMatch(new RegExp(`^${org.id} +Northwind +- +allowed +20`));
    expect(lines).toHaveLength(2);
    const staff = (await callingStaff(test)).api;
    const { body } = await staff.get('/api/admin/orgs/?search=Northwind');
    expect(await done('orgs', 'list', '--search', 'Northwind')).toEqual({ count: 1, results: body.results });
  });

  it.each([
    ['access-keys list', 'ID, PREFIX, NAME, USER, ORG, LEVEL, STATUS, EXPIRES AT, LAST USED AT'],
    ['access-keys review', 'ID, PREFIX, NAME, USER, ORG, LEVEL, STATUS, EXPIRES AT, LAST USED AT, BREACHES'],
    ['audit list', 'ID, AT, ACTION, ORG, ACTOR, CREDENTIAL, SUBJECT, IP, DETAILS'],
    ['grants list', 'ID, STATUS, USER, ORG, LEVEL, NAME, EXPIRES AT, KEY'],
    ['members list', 'ID, STATUS, USER, EMAIL, NAME, ROLE'],
    ['orgs list', 'ID, NAME, DISABLED AT, ISSUING, CREATED AT'],
    ['provider-keys list', 'ID, TYPE, NAME, KEY, ENABLED, PREFERRED, HEALTH, CALLS, LAST USED AT'],
    ['requests list', 'ID, STATUS, USER, ORG, LEVEL, NAME, REASON, LAPSES AT'],
    ['users list', 'ID, EMAIL, NAME, STAFF, ACTIVE, CREATED AT'],
  ])('%s: a table under %s, also where there is nothing', async (command, headings) => {
    const org = await test.make.org();
    const ofOne = /^(?:members|provider-keys) /.test(command) ? ['--org', String(org.id)] : [];
    const { status, lines } = await shell.run(...command.split(' '), ...ofOne);
    expect({ status, headings: lines[0]?.split(/ {2,}/).join(', ') }).toEqual({ status: 0, headings });
  });

  it('hold every row, over all pages, or as many as are asked for, in the order that is asked for', async () => {
    const org = await test.make.org();
    for (let number = 0; number < 230; number += 1) await test.make.member(org, 'Viewer');
    const members = ['members', 'list', '--org', String(org.id)];
    const all = ids(await done(...members));
    expect(new Set(all).size).toBe(230);
    expect(ids(await done(...members, '--limit', '150'))).toEqual(all.slice(0, 150));
    expect(ids(await done(...members, '--limit', '2', '--ordering', '-id'))).toEqual(all.slice(-2).reverse());
    expect((await shell.run(...members)).lines).toHaveLength(231);
    expect((await shell.run(...members, '--limit', '3')).lines).toHaveLength(4);
  });

  it('refuse what they can’t filter or order by, and an organization that isn’t there', async () => {
    expect(await refused('users', 'list', '--ordering', 'shoe_size')).toMatchObject({
      code: 'invalid',
      message: 'ordering: Unknown: shoe_size. There is: id, email, name, created_at.',
    });
    expect((await shell.json('users', 'list', '--is-staff', 'perhaps')).status).toBe(2);
    expect((await shell.json('access-keys', 'list', '--status', 'dead')).status).toBe(2);
    expect((await shell.json('orgs', 'list', '--limit', '0')).status).toBe(2);
    for (const group of ['members', 'provider-keys'])
      expect(await refused(group, 'list', '--org', '4711')).toMatchObject({
        message: 'There is no organization 4711.',
      });
  });

  it('show nothing that a terminal obeys', async () => {
    const { email } = await test.make.user();
    await test.database.query(`UPDATE users SET name = $1 WHERE email = $2`, ['\u001b[2Jgone\u202e', email]);
    const { lines } = await shell.run('users', 'list', '--search', email);
    expect(lines[1]).toContain(String.raw`\u001b[2Jgone\u202e`);
  });
});

describe('users', () => {
  it('are made, found, renamed, shut out and let in again', async () => {
    const email = 'ada@example.com';
    const made = await done('users', 'create', '--email', email, '--name', 'Ada', '--staff');
    expect(made).toMatchObject({ email, name: 'Ada', is_staff: true, is_active: true });
    await test.make.user({ staff: true });
    expect(await done('users', 'rename', '--email', 'ADA@example.com', '--name', 'Ada L.')).toMatchObject({
      name: 'Ada L.',
    });
    expect(await done('users', 'deactivate', '--email', email)).toMatchObject({ is_active: false });
    expect(ids(await done('users', 'list', '--is-active', 'off', '--is-staff', 'on'))).toEqual([made.id]);
    expect(await refused('users', 'password-link', '--email', email)).toMatchObject({
      code: 'user_inactive',
    });
    expect(await done('users', 'activate', '--email', email)).toMatchObject({ is_active: true });
    expect(await done('users', 'show', '--email', email)).toMatchObject({ id: made.id, name: 'Ada L.' });
    expect((await done('users', 'password-link', '--email', email)).url).toMatch(/\/set-password#token=/);
    expect(await acts('user', made.id as number)).toEqual([
      'user.created',
      'user.changed',
      'user.deactivated',
      'user.activated',
    ]);
    expect(await refused('users', 'create', '--email', 'no', '--name', 'N')).toMatchObject({
      fields: { email: [expect.any(String)] },
    });
    expect(await refused('users', 'show', '--email', 'nobody@example.com')).toMatchObject({
      fields: { email: ['No user has this e-mail address.'] },
    });
  });
});

describe('our own staff', () => {
  it('an account that exists becomes one of them at once, and no longer: sessions of before end, admin paths and keys follow', async () => {
    const user = await test.make.user();
    const { id, email } = user;
    const was = await sessionOf(test, user);
    const shown = { id, email, is_active: true };
    expect(await done('users', 'add-staff', '--email', email)).toMatchObject({ ...shown, is_staff: true });
    expect((await test.api.as(was).get('/api/auth/me/')).status).toBe(401);
    const now = await sessionOf(test, user);
    const key = await test.make.accessKey(user, { admin: true });
    const admin = async (by: Credential): Promise<number> =>
      (await test.api.as(by).get('/api/admin/users/')).status;
    expect([await admin(now), await admin(key)]).toEqual([200, 200]);
    await test.make.user({ staff: true }); // not the last one
    const gone = { ...shown, is_staff: false };
    expect(await done('users', 'remove-staff', '--email', email)).toMatchObject(gone);
    expect([await admin(now), await admin(key)]).toEqual([401, 404]);
    expect(await admin(await sessionOf(test, user))).toBe(404);
    expect(await done('users', 'remove-staff', '--email', email)).toMatchObject(gone);
    expect(await acts('user', id)).toEqual(['user.staff_added', 'user.staff_removed']);
  });

  it('of the last two who are active one stays, whatever is asked at once', async () => {
    await test.database.query('UPDATE users SET is_staff = false');
    const [one, other] = [await test.make.user({ staff: true }), await test.make.user({ staff: true })];
    const users = test.app.get(UsersService, { strict: false });
    const outcomes = await Promise.allSettled([
      users.setStaff(one.id, false),
      users.setStaff(other.id, false),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [left] = ids(await done('users', 'list', '--is-staff', 'on'));
    const { email } = left === one.id ? one : other;
    expect(await refused('users', 'remove-staff', '--email', email)).toMatchObject({ code: 'last_staff' });
    expect(ids(await done('users', 'list', '--is-staff', 'on'))).toEqual([left]);
  });
});

describe('organizations and their members', () => {
  it('are made, renamed, taken away and given back', async () => {
    const made = await done('orgs', 'create', '--name', 'Acme');
    const org = ['--org', String(made.id)];
    expect(await done('orgs', 'rename', ...org, '--name', 'Acme Ltd')).toMatchObject({ name: 'Acme Ltd' });
    expect(await done('orgs', 'disable', ...org)).toMatchObject({ disabled: true });
    expect(ids(await done('orgs', 'list', '--disabled', 'on'))).toEqual([made.id]);
    expect(await done('orgs', 'enable', ...org)).toMatchObject({ disabled: false });
    expect(await done('orgs', 'show', ...org)).toMatchObject({ name: 'Acme Ltd', disabled: false });
    expect(await refused('orgs', 'show', '--org', '4711')).toMatchObject({
      message: 'There is no organization 4711.',
    });
  });

  it('are given the role that the operator gave their invitation, whoever sent it', async () => {
    const org = await test.make.org();
    const user = await test.make.user();
    const inviter = await test.make.member(org, 'Administrator');
    const order = { email: user.email, role: 'Viewer' };
    const sent = await test.api
      .as(await sessionOf(test, inviter))
      .post(`/api/orgs/${org.id}/members/`, order);
    const id = sent.body.id as number;
    const which = ['--org', String(org.id), '--member', String(id)];
    expect(await done('members', 'change', ...which, '--role', 'Owner')).toMatchObject({ status: 'invited' });
    const person = test.api.as(await sessionOf(test, user));
    expect((await person.post(`/api/auth/invitations/${id}/accept/`)).body.role).toMatchObject({
      name: 'Owner',
    });
  });

  it('join, change their role and leave; the last Owner stays', async () => {
    const org = await test.make.org();
    const user = await test.make.user();
    const where = ['--org', String(org.id)];
    const added = await done('members', 'add', ...where, '--user', String(user.id), '--role', 'Owner');
    const member = [...where, '--member', String(added.id)];
    expect(await refused('members', 'change', ...member, '--role', 'Viewer')).toMatchObject({
      code: 'last_owner',
    });
    await test.make.member(org, 'Owner');
    expect(await done('members', 'change', ...member, '--role', 'Viewer')).toMatchObject({
      role: { name: 'Viewer' },
    });
    expect(await done('members', 'show', ...member)).toMatchObject({
      user: { id: user.id },
      role: { name: 'Viewer' },
    });
    expect(await done('members', 'remove', ...member)).toEqual({
      id: added.id,
      organization: org.id,
      removed: true,
    });
    expect(await refused('members', 'show', ...member)).toMatchObject({
      message: `There is no member ${String(added.id)} in organization ${org.id}.`,
    });
    expect(await acts('member', added.id as number)).toEqual([
      'member.added',
      'member.role_changed',
      'member.removed',
    ]);
  });
});

describe('access keys', () => {
  it('are issued, changed, suspended, resumed, rotated and revoked, and work accordingly', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Owner');
    const order = [
      '--user',
      String(user.id),
      '--org',
      String(org.id),
      '--level',
      'full_access',
      '--name',
      'Job',
    ];
    const issued = await done('access-keys', 'issue', ...order, '--networks', '127.0.0.0/8');
    const prefix = issued.prefix as string;
    const call = async (key: unknown): Promise<number> =>
      (await test.api.as({ key: key as string }).get(`/api/orgs/${org.id}/`)).status;
    expect(await call(issued.key)).toBe(200);
    expect(await done('access-keys', 'change', prefix, '--networks', '192.0.2.0/24')).toMatchObject({
      allowed_networks: ['192.0.2.0/24'],
    });
    expect(await call(issued.key)).toBe(401);
    expect(
      await done('access-keys', 'change', prefix, '--networks', 'none', '--level', 'read_only'),
    ).toMatchObject({ allowed_networks: [], access_level: 'read_only' });
    expect(await refused('access-keys', 'change', prefix, '--level', 'full_access')).toMatchObject({
      fields: { access_level: [expect.any(String)] },
    });
    expect(await refused('access-keys', 'change', prefix)).toMatchObject({ code: 'refused' });
    expect(await done('access-keys', 'suspend', prefix)).toMatchObject({ status: 'suspended' });
    expect(await call(issued.key)).toBe(401);
    expect(await done('access-keys', 'resume', prefix)).toMatchObject({ status: 'active' });
    const successor = await done('access-keys', 'rotate', prefix, '--grace-seconds', '0');
    expect(successor).toMatchObject({ replaces: issued.id, grace_seconds: null });
    expect(await call(successor.key)).toBe(200);
    expect(await call(issued.key)).toBe(401);
    expect(
      await done('access-keys', 'revoke', prefix, '--reason', 'R', '--include-successors'),
    ).toMatchObject({ status: 'revoked', ended: [{ type: 'access_key', id: successor.id }] });
    expect(await call(successor.key)).toBe(401);
    expect(await done('access-keys', 'show', prefix)).toMatchObject({ revoke_reason: 'R', revoked_by: null });
    expect(await done('access-keys', 'made', prefix)).toEqual({ count: 0, results: [] });
    expect(await refused('access-keys', 'suspend', 'aaaaaaaa')).toMatchObject({
      message: 'There is no access key aaaaaaaa.',
    });
  });

  it('are found by a whole key as well, of which nothing but the prefix is told', async () => {
    const { key, prefix } = await test.make.accessKey(await test.make.user());
    const [, secret = ''] = key.split('.');
    const shown = await done('access-keys', 'show', key);
    expect(shown).toMatchObject({ prefix });
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(await refused('access-keys', 'suspend', `aaaaaaaa.${secret}`)).toEqual({
      code: 'refused',
      message: 'There is no access key aaaaaaaa.',
    });
  });

  it('that were made through a key are named', async () => {
    const staff = await test.make.user({ staff: true });
    const admin = await test.api.as(await sessionOf(test, staff)).post('/api/admin/access-keys/', {
      user: staff.id,
      access_level: 'full_access',
      name: 'Provisioning',
      admin: true,
    });
    const user = await test.make.user();
    const made = await test.api
      .as({ key: admin.body.key as string })
      .post('/api/admin/access-keys/', { user: user.id, access_level: 'read_only', name: 'Made' });
    expect(await done('access-keys', 'made', admin.body.prefix as string)).toEqual({
      count: 1,
      results: [{ type: 'access_key', id: made.body.id, name: 'Made', status: 'active' }],
    });
  });

  it('are revoked by the dozen only with the token of their count, and these alone', async () => {
    const user = await test.make.user();
    const keys = [];
    for (let number = 0; number < 60; number += 1) keys.push(await test.make.accessKey(user));
    const filter = ['access-keys', 'bulk-revoke', '--user', String(user.id), '--reason', 'stolen'];
    const counted = await done(...filter);
    expect(counted).toMatchObject({ dry_run: true, count: 60, by_user: [{ user: user.id, count: 60 }] });
    const later = await test.make.accessKey(user);
    const token = ['--confirm-token', counted.confirm_token as string];
    expect(await refused(...filter, '--never-used', ...token)).toMatchObject({
      fields: { confirm_token: [expect.any(String)] },
    });
    expect(await done(...filter, ...token)).toMatchObject({ dry_run: false, revoked: 60, remaining: 0 });
    expect((await test.api.as(later).get('/api/orgs/')).status).toBe(200);
    for (const key of keys) expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
  });

  it('are told as revoked even where what is left fails, and the same token goes on with the rest', async () => {
    const user = await test.make.user();
    await test.database.query(
      `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
       SELECT 'C' || lpad(n::text, 7, '0'), sha256(('C' || n)::bytea), $1, 'read_only', 'Key ' || n, 'cli'
       FROM generate_series(1, 1001) n`,
      [user.id],
    );
    const last = await test.make.accessKey(user);
    const words = ['access-keys', 'bulk-revoke', '--user', String(user.id), '--reason', 'stolen'];
    const { confirm_token: token } = await done(...words);
    words.push('--confirm-token', token as string);
    await test.database.query(
      `ALTER TABLE access_keys ADD CONSTRAINT stays CHECK (id <> ${last.id} OR revoked_at IS NULL)`,
    );
    const { status, lines } = await shell.run('--json', ...words);
    expect(status).toBe(4);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { dry_run: false, revoked: 1000, vanished: [], ended: [], remaining: 2 },
      { error: expect.anything() },
    ]);
    await test.database.query('ALTER TABLE access_keys DROP CONSTRAINT stays');
    expect(await done(...words)).toMatchObject({ revoked: 1002, remaining: 0 });
    expect((await test.api.as(last).get('/api/orgs/')).status).toBe(401);
  });
});

describe('the policy', () => {
  it('is shown, changed and previewed, and holds for keys that exist once it is enforced', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Owner');
    const endless = await test.make.accessKey(user, { organization: org });
    const where = ['--org', String(org.id)];
    expect(
      await done(
        'policy',
        'set',
        ...where,
        '--longest-key-lifetime-days',
        '30',
        '--longest-unused-days',
        '10',
      ),
    ).toMatchObject({
      longest_key_lifetime_days: 30,
      longest_unused_days: 10,
      enforce_on_use: false,
    });
    expect(ids(await done('policy', 'preview', ...where))).toEqual([endless.id]);
    expect((await test.api.as(endless).get(`/api/orgs/${org.id}/`)).status).toBe(200);
    await done('policy', 'set', ...where, '--enforce-on-use', 'on', '--longest-unused-days', 'none');
    expect((await test.api.as(endless).get(`/api/orgs/${org.id}/`)).status).toBe(401);
    expect(await done('policy', 'show', ...where)).toMatchObject({
      enforce_on_use: true,
      longest_unused_days: null,
      longest_key_lifetime_days: 30,
    });
    expect(await done('policy', 'set', ...where, '--networks', '192.0.2.0/24,2001:db8::/32')).toMatchObject({
      allowed_networks: ['192.0.2.0/24', '2001:db8::/32'],
    });
    expect(await done('policy', 'set', ...where, '--networks', 'none')).toMatchObject({
      allowed_networks: [],
    });
    expect(await refused('policy', 'set', ...where, '--networks', 'everywhere')).toMatchObject({
      code: 'invalid',
    });
    expect(await refused('policy', 'set', ...where)).toMatchObject({ code: 'refused' });
  });

  it('stops the issuing of one organization or of all, and allows it again', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Owner');
    const person = test.api.as(await sessionOf(test, user));
    const issue = async (): Promise<unknown> => {
      const order = { organization: org.id, access_level: 'read_only', name: 'Own' };
      const { status, body } = await person.post('/api/auth/access-keys/', order);
      return status === 201 ? 'issued' : body.code;
    };
    for (const scope of [['--org', String(org.id)], []]) {
      expect(await done('policy', 'stop-issuing', ...scope)).toMatchObject({ issuing_stopped: true });
      expect(await issue()).toBe('issuing_stopped');
      expect(await done('policy', 'allow-issuing', ...scope)).toMatchObject({ issuing_stopped: false });
      expect(await issue()).toBe('issued');
    }
    expect(await done('policy', 'show')).toEqual({ issuing_stopped: false });
  });
});

describe('grants, reviews and provider keys', () => {
  it('a grant is issued, listed, and redeemed by its user alone; a cancelled one is not', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Analyst');
    const order = [
      '--user',
      String(user.id),
      '--org',
      String(org.id),
      '--level',
      'read_only',
      '--name',
      'Reports',
    ];
    const issue = () => done('grants', 'issue', ...order, '--reason', 'R', '--networks', '127.0.0.0/8');
    const [first, second] = [await issue(), await issue()];
    expect(ids(await done('grants', 'list', '--user', String(user.id), '--status', 'open'))).toEqual([
      second.id,
      first.id,
    ]);
    const person = test.api.as(await sessionOf(test, user));
    const redeem = async ({ id }: Record<string, unknown>): Promise<number> =>
      (await person.post(`/api/auth/access-key-grants/${String(id)}/redeem/`)).status;
    expect(await redeem(first)).toBe(201);
    expect(await done('grants', 'cancel', String(second.id))).toMatchObject({ status: 'cancelled' });
    expect(await redeem(second)).toBe(409);
    expect(await refused('grants', 'cancel', String(first.id))).toMatchObject({ code: 'grant_not_open' });
    expect(await refused('grants', 'cancel', '4711')).toMatchObject({ message: 'There is no grant 4711.' });
  });

  it('a review names what is wrong with each key, as a table, as JSON and as CSV for a spreadsheet', async () => {
    const user = await test.make.user();
    const { id, prefix } = await test.make.accessKey(user);
    const of = ['access-keys', 'review', '--user', String(user.id)];
    expect(await done(...of, '--breach', 'user_wide')).toMatchObject({
      count: 1,
      results: [{ id, breaches: expect.arrayContaining(['never_used', 'user_wide']) as string[] }],
    });
    expect(await refused(...of, '--format', 'csv')).toMatchObject({ code: 'refused' });
    const { lines } = await shell.run(...of, '--format', 'csv');
    expect(lines[0]).toMatch(/^"id","name","prefix","user_id","user_email","organization",/);
    expect(lines[1]).toContain(`,"${prefix}",${user.id},"${user.email}",,`);
    expect(lines).toHaveLength(2);
  });

  it('provider keys are listed by their masks', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const api = test.api.as(await test.make.accessKey(owner));
    const secret = 'chainalysis-secret-of-the-test-1234';
    const { body } = await api.post(`/api/orgs/${org.id}/api-keys/`, { key_type: 'H', key: secret });
    const listed = await done('provider-keys', 'list', '--org', String(org.id), '--key-type', 'H');
    expect(listed).toEqual({ count: 1, results: [body] });
    const { lines } = await shell.run('provider-keys', 'list', '--org', String(org.id), '--enabled', 'on');
    expect(lines[1]).toContain(body.masked_key as string);
    expect(lines.join('\n')).not.toContain('secret-of-the-test');
  });
});

describe('the audit log', () => {
  it('is listed by its filters and exported whole, oldest first; its state is what was last verified', async () => {
    const org = await test.make.org();
    for (const name of ['One', 'Two', 'Three'])
      await done('orgs', 'rename', '--org', String(org.id), '--name', name);
    const of = ['--org', String(org.id), '--action', 'organization.changed', '--credential', 'cli'];
    const listed = await done('audit', 'list', ...of, '--limit', '2');
    expect(listed).toMatchObject({
      count: 3,
      results: [{ details: { name: 'Three' } }, { details: { name: 'Two' } }],
    });
    const table = await shell.run('audit', 'list', ...of, '--limit', '1');
    expect(table.lines[1]).toMatch(
      new RegExp(
        String.raw`^\d+ +20\S+ +organization\.changed +${org.id} +- +cli +organization:${org.id} +- +\{.*"Three".*\}$`,
      ),
    );
    const { lines } = await shell.run('audit', 'export', ...of);
    expect(lines.map((line) => (JSON.parse(line) as { details: object }).details)).toEqual([
      { name: 'One' },
      { name: 'Two' },
      { name: 'Three' },
    ]);
    expect(await done('audit', 'state')).toMatchObject({ state: 'never', finished_at: null });
    await done('audit', 'verify');
    expect(await done('audit', 'state')).toMatchObject({ state: 'ok', breaks: 0 });
    expect(await refused('audit', 'verify', '--head', '/nowhere/heads.json')).toMatchObject({
      message: "/nowhere/heads.json can't be read: ENOENT.",
    });
    expect(await refused('audit', 'verify', '--head', 'package.json')).toMatchObject({
      message: 'package.json: The file holds no heads of audit chains.',
    });
  });
});

describe('long work', () => {
  it('is told of while it is done, on standard error and where it was asked for', async () => {
    await pauseRecurringJobs(test.app); // so that none is sealed between the count and the verification
    await test.app.get(AuditSealer).seal();
    const [{ links } = { links: 0 }] = await test.database.query<{ links: number }>(
      'SELECT count(*)::int AS links FROM audit_links',
    );
    expect(links).toBeGreaterThan(0);
    await test.database.query('ANALYZE audit_links'); // the total is PostgreSQL's estimate: here it has just counted
    const count = links.toLocaleString('en');
    const lines = new RegExp(
      `^(?:verified: .*\\n)*verified: ${count} of ${count} \\(100 %\\), [\\d,]+/s\\n$`,
    );
    expect((await runCommand(['--progress', 'audit', 'verify'], settingsOf(test))).stderr).toMatch(lines);
    expect((await runCommand(['audit', 'verify'], settingsOf(test))).stderr).toBe('');
    const opened = await runCommand(['--progress', 'keyring', 'status'], settingsOf(test));
    expect(opened.stderr).toMatch(/^opened: 1 of 1 \(100 %\), [\d,]+\/s\n$/);
  });
});
