import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { CONTRACT_LIMITS, from, inARow, times } from '../support/limits.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const diagnose = (key: unknown) => test.api.post('/api/auth/access-keys/diagnose/', { key });

describe('POST /api/auth/access-keys/diagnose/', () => {
  it('tells who holds a working key what it may do, and where', async () => {
    const [org, closed, disabled] = [await test.make.org(), await test.make.org(), await test.make.org()];
    const user = await test.make.member(org, 'Analyst');
    await test.make.member(closed, 'Viewer', user);
    await test.make.member(disabled, 'Owner', user);
    await test.database.query('UPDATE organizations SET allow_user_wide_keys = false WHERE id = $1', [
      closed.id,
    ]);
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [
      disabled.id,
    ]);
    const wide = await test.make.accessKey(user, { level: 'read_only' });
    expect(await diagnose(wide.key)).toMatchObject({
      status: 200,
      body: {
        status: 'active',
        access_level: 'read_only',
        expires_at: null,
        revoked_at: null,
        organizations: [{ id: org.id, name: org.name, role: 'Analyst' }],
      },
    });
    const confined = await test.make.accessKey(user, { organization: closed, expiresInSeconds: 60 });
    expect((await diagnose(confined.key)).body).toEqual({
      status: 'active',
      access_level: 'full_access',
      expires_at: expect.any(String) as string,
      revoked_at: null,
      organizations: [{ id: closed.id, name: closed.name, role: 'Viewer' }],
    });
  });

  it('an unknown prefix, a wrong secret and what is no key at all are one answer, byte for byte', async () => {
    const { prefix } = await test.make.accessKey(await test.make.user());
    const answers = await Promise.all(
      [`${prefix}.${'A'.repeat(32)}`, `AAAAAAAA.${'A'.repeat(32)}`, prefix, 'garbage', 'ü'.repeat(41)].map(
        diagnose,
      ),
    );
    for (const { status, text } of answers)
      expect({ status, text }).toEqual({ status: 200, text: '{"status":"unknown"}' });
  });

  it('tells why a key does not work, and then no organization: every reason that a 401 hides', async () => {
    const staff = await callingStaff(test);
    const org = await test.make.org();
    const made = async (expiresInSeconds?: number) => {
      const user = await test.make.member(org, 'Viewer');
      const key = await test.make.accessKey(user, {
        organization: org,
        ...(expiresInSeconds && { expiresInSeconds }),
      });
      return { user, ...key };
    };
    const [revoked, suspended, expired, inactive, homeless] = [
      await made(),
      await made(),
      await made(60),
      await made(),
      await made(),
    ];
    await staff.api.post(`/api/admin/access-keys/${revoked.id}/revoke/`, {});
    await staff.api.post(`/api/admin/access-keys/${suspended.id}/suspend/`, {});
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.user.id]);
    await test.database.query('DELETE FROM members WHERE id = $1', [homeless.user.memberId]);
    await test.database.shiftClock(61);
    for (const [key, status] of [
      [revoked, 'revoked'],
      [suspended, 'suspended'],
      [expired, 'expired'],
      [inactive, 'user_inactive'],
      [homeless, 'not_a_member'],
    ] as const) {
      expect((await test.api.as(key).get('/api/orgs/')).status).toBe(401);
      expect((await diagnose(key.key)).body).toMatchObject({ status, organizations: [] });
    }
    expect((await diagnose(revoked.key)).body.revoked_at).toEqual(expect.any(String));
  });

  it('a rotated key is superseded and still works; asking is no use of it', async () => {
    const staff = await callingStaff(test);
    const key = await test.make.accessKey(await test.make.member(await test.make.org(), 'Viewer'));
    const successor = await staff.api.post(`/api/admin/access-keys/${key.id}/rotate/`, {});
    expect((await diagnose(successor.body.key)).body).toMatchObject({ status: 'active' });
    const old = await diagnose(key.key);
    expect(old.body).toMatchObject({ status: 'superseded', expires_at: null });
    expect(old.body.organizations).toHaveLength(1);
  });

  it('reads no credential, wants a text, and is limited to 20 a minute by address', async () => {
    const dead = test.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` });
    expect((await dead.post('/api/auth/access-keys/diagnose/', { key: 'x' })).status).toBe(200);
    for (const [key, problem] of [
      [undefined, 'This field is required.'],
      [[7], 'Not a valid string.'],
      ['', 'This field may not be blank.'],
    ]) {
      expect(await diagnose(key)).toMatchObject({ status: 400, body: { key: [problem] } });
    }
    const limited = await test.another(CONTRACT_LIMITS);
    try {
      const ask = (address: string) =>
        from(limited, address).post('/api/auth/access-keys/diagnose/', { key: 'x' });
      expect(await inARow(21, () => ask('192.0.2.1'))).toEqual([...times(200, 20), 429]);
      expect((await ask('192.0.2.2')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});
