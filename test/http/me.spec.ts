import { startTestApp, type TestApp } from '../support/app.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

describe('GET /api/auth/me/', () => {
  it('tells a full key its user, its own terms and the organizations it reaches, with permissions', async () => {
    const org = await test.make.org();
    const viewer = await test.make.member(org, 'Viewer');
    const { key, prefix } = await test.make.accessKey(viewer, { level: 'read_only' });
    const answer = await test.api.as({ key }).get('/api/auth/me/');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      user: { id: viewer.id, email: viewer.email, name: expect.any(String), is_staff: false },
      credential: {
        scheme: 'api_key',
        access_level: 'read_only',
        prefix,
        expires_at: null,
        organization: null,
      },
      organizations: [
        {
          id: org.id,
          name: org.name,
          role: 'Viewer',
          permissions: [
            'organization.view',
            'member.view',
            'role.view',
            'provider_key.view',
            'call_summary.view',
            'access_key.issue',
          ],
        },
      ],
    });
  });

  it('shows a confined key its organization alone, a user-wide key those that allow such keys', async () => {
    const [home, other, strict] = [await test.make.org(), await test.make.org(), await test.make.org()];
    const user = await test.make.user();
    for (const org of [home, other, strict]) await test.make.member(org, 'Owner', user);
    await test.database.query('UPDATE organizations SET allow_user_wide_keys = false WHERE id = $1', [
      strict.id,
    ]);
    const confined = await test.make.accessKey(user, { organization: home });
    const wide = await test.make.accessKey(user);
    const ids = async (key: string): Promise<number[]> =>
      (await test.api.as({ key }).get('/api/auth/me/')).body.organizations.map(
        ({ id }: { id: number }) => id,
      );
    expect(await ids(confined.key)).toEqual([home.id]);
    expect(await ids(wide.key)).toEqual([home.id, other.id]);
    const { body } = await test.api.as({ key: confined.key }).get('/api/auth/me/');
    expect(body.credential.organization).toBe(home.id);
  });

  it('names the scheme of a token and of a session, with their ends and no level', async () => {
    const user = await test.make.user({ staff: true });
    const byToken = await test.api.as(await bearerOf(test, user)).get('/api/auth/me/');
    const bySession = await test.api.as(await sessionOf(test, user)).get('/api/auth/me/');
    const none = { access_level: null, prefix: null, organization: null, expires_at: expect.any(String) };
    expect(byToken.body.credential).toEqual({ scheme: 'jwt', ...none });
    expect(bySession.body.credential).toEqual({ scheme: 'session', ...none });
    expect(byToken.body.user.is_staff).toBe(true);
    expect(bySession.body.user).toEqual(byToken.body.user);
  });

  it('401 without a credential', async () => {
    expect(await test.api.get('/api/auth/me/')).toMatchObject({ status: 401 });
  });
});
