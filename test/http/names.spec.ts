import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember, callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let owner: Caller;
let ownerInPerson: Client;
let staff: Caller;
let org: { id: number };
beforeAll(async () => {
  test = await startTestApp();
  org = await test.make.org();
  owner = await callingMember(test, org, 'Owner');
  ownerInPerson = test.api.as(await sessionOf(test, owner));
  staff = await callingStaff(test);
});
afterAll(() => test.close());

/** One of each kind that nobody sees: C0, C1, DEL, joiners, direction marks, soft hyphen, tags, line separators. */
const UNSEEN = [
  '\u0007',
  '\n',
  '\t',
  '\u0085',
  '\u007f',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2066',
  '\u00ad',
  '\ufeff',
].concat('\u{e0041}', '\u2028', '\u2029');

/** Everything that gives a name to an organization, a role or a key; each answers what the name became. */
const NAMED: Record<string, (name: string) => Promise<{ status: number; body: unknown }>> = {
  'a new organization': (name) => staff.api.post('/api/admin/orgs/', { name }),
  'an organization, by staff': (name) => staff.api.patch(`/api/admin/orgs/${org.id}/`, { name }),
  'an organization, by its Owner': (name) => owner.api.patch(`/api/orgs/${org.id}/`, { name }),
  'a new role': (name) => owner.api.post(`/api/orgs/${org.id}/roles/`, { name, permissions: [] }),
  'a role': async (name) =>
    owner.api.patch(`/api/orgs/${org.id}/roles/${await test.make.role(org, [], `Role ${Math.random()}`)}/`, {
      name,
    }),
  'a key of one’s own': (name) =>
    ownerInPerson.post('/api/auth/access-keys/', { name, organization: org.id, access_level: 'read_only' }),
  'a key that staff issue': (name) =>
    staff.api.post('/api/admin/access-keys/', {
      name,
      user: owner.id,
      organization: org.id,
      access_level: 'read_only',
    }),
  'a key that staff rename': async (name) => {
    const { id } = await test.make.accessKey(owner);
    return staff.api.patch(`/api/admin/access-keys/${id}/`, { name });
  },
  'a grant': (name) =>
    staff.api.post('/api/admin/access-key-grants/', {
      name,
      user: owner.id,
      organization: org.id,
      access_level: 'read_only',
      reason: 'Because.',
    }),
  'a request': (name) =>
    ownerInPerson.post('/api/auth/access-key-requests/', {
      name,
      organization: org.id,
      access_level: 'read_only',
      reason: 'Because.',
    }),
  'a provider key': (name) =>
    owner.api.post(`/api/orgs/${org.id}/api-keys/`, {
      name,
      key_type: 'H',
      key: 'canary-names-0123456789abcdef',
    }),
};

describe('Names that people tell things apart by', () => {
  it.each(Object.keys(NAMED))('%s: no character in it that nobody sees', async (what) => {
    const give = NAMED[what] as (typeof NAMED)[string];
    for (const unseen of UNSEEN) {
      expect(await give(`Risk${unseen}team`)).toMatchObject({
        status: 400,
        body: { name: ['Control and format characters are not allowed.'] },
      });
    }
    for (const invisible of ['\u3164', '\u115f\u1160', '\ufe0f']) {
      expect(await give(invisible)).toMatchObject({
        status: 400,
        body: { name: ['This field may not be blank.'] },
      });
    }
    const name = `Prüfung 監査 🛡 ${what}`;
    const { status, body } = await give(name);
    expect([200, 201]).toContain(status);
    expect(body).toMatchObject({ name });
  });
});

describe('A role’s name', () => {
  const roles = (): string => `/api/orgs/${org.id}/roles/`;
  const define = (name: string) => owner.api.post(roles(), { name, permissions: [] });

  it('is taken by any that looks like it, when defined and when changed; a role may resemble itself', async () => {
    const { body: role } = await define('Reviewer (EU)');
    expect(role).toMatchObject({ name: 'Reviewer (EU)' });
    const { body: other } = await define('Auditor');
    for (const name of [
      'REVIEWER (EU)',
      'Réviewer (ÉU)',
      'Rеviеwer (EU)',
      'Revlewer (EU)',
      'Revievver  (EU)',
      'Reviewer\u00a0(EU)',
    ]) {
      for (const answer of [await define(name), await owner.api.patch(`${roles()}${other.id}/`, { name })]) {
        expect(answer).toMatchObject({ status: 400, body: { non_field_errors: [expect.any(String)] } });
      }
    }
    expect(await owner.api.patch(`${roles()}${role.id}/`, { name: 'REVIEWER (EU)' })).toMatchObject({
      status: 200,
    });
    expect(await define('Reviewer (US)')).toMatchObject({ status: 201 });
  });

  it('is none that looks like a system role', async () => {
    for (const name of [
      '0wner',
      'Оwner',
      'Ownеr',
      'Öwner',
      'OWNER',
      'Ovvner',
      'Adm1nistrator',
      'AnaIyst',
      'Vìewer',
      'Vıewer',
    ]) {
      expect(await define(name)).toMatchObject({
        status: 400,
        body: { non_field_errors: [expect.any(String)] },
      });
    }
    expect(await define('Co-owner')).toMatchObject({ status: 201 });
  });
});
