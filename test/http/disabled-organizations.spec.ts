import { OPERATOR } from '../../src/access/principal.js';
import { KeyImport } from '../../src/api-access-keys/imported/key-import.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { sha512Key } from '../support/django-keys.js';
import type { MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Caller;
let org: { id: number };
let user: MadeUser;
let person: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
});
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Owner');
  person = test.api.as(await sessionOf(test, user));
});
afterAll(() => test.close());

const order = () => ({ organization: org.id, access_level: 'read_only', name: 'Nightly' });
const disable = () => staff.api.patch(`/api/admin/orgs/${org.id}/`, { disabled: true });
const keys = () => test.database.query('SELECT FROM access_keys WHERE user_id = $1', [user.id]);

describe('An organization that staff disabled issues no key (A19, A22)', () => {
  const absent = () => ({
    status: 400,
    body: { organization: [`Invalid pk "${org.id}" - object does not exist.`] },
  });

  it.each([
    ['its member, for themselves', () => person.post('/api/auth/access-keys/', order())],
    ['staff', () => staff.api.post('/api/admin/access-keys/', { ...order(), user: user.id })],
    [
      'staff, by a grant',
      () => staff.api.post('/api/admin/access-key-grants/', { ...order(), user: user.id, reason: 'x' }),
    ],
  ])('to %s: 400 as if it were not there, and issues again once it is enabled', async (_whom, issue) => {
    await disable();
    expect(await issue()).toMatchObject(absent());
    expect(await keys()).toEqual([]);
    await staff.api.patch(`/api/admin/orgs/${org.id}/`, { disabled: false });
    expect((await issue()).status).toBe(201);
  });

  it('to who redeems a grant from before', async () => {
    const grant = await staff.api.post('/api/admin/access-key-grants/', {
      ...order(),
      user: user.id,
      reason: 'x',
    });
    expect(grant.status).toBe(201);
    await disable();
    const redeem = () => person.post(`/api/auth/access-key-grants/${grant.body.id}/redeem/`);
    expect(await redeem()).toMatchObject({ status: 409, body: { code: 'grant_void' } });
    expect(await keys()).toEqual([]);
    await staff.api.patch(`/api/admin/orgs/${org.id}/`, { disabled: false });
    expect((await redeem()).status).toBe(201);
  });

  it('to who imports one', async () => {
    await disable();
    const { prefix, hashed_key } = sha512Key();
    const row = { ...order(), prefix, hashed_key, user_email: user.email };
    const report = await test.app
      .get(KeyImport, { strict: false })
      .importLines(OPERATOR, [JSON.stringify(row)]);
    expect(report).toMatchObject({ imported: 0, refused: [{ errors: absent().body }] });
    expect(await keys()).toEqual([]);
  });
});
