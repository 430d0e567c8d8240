import { startTestApp, type TestApp } from '../support/app.js';
import { Assistant } from '../support/assistant.js';
import type { Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** A member, an assistant with their JWT, and their browser. */
async function setting(): Promise<{
  org: { id: number };
  user: MadeUser;
  assistant: Assistant;
  browser: Client;
}> {
  const org = await test.make.org();
  const user = await test.make.member(org, 'Viewer');
  const assistant = await Assistant.connect(test.url, await bearerOf(test, user));
  return { org, user, assistant, browser: test.api.as(await sessionOf(test, user)) };
}

const redeem = (id: number): string => `/api/auth/access-key-grants/${id}/redeem/`;

it('an issue through a tool makes a grant and no key; the user redeems it by session, once, and nobody by the JWT', async () => {
  const { org, user, assistant, browser } = await setting();
  const order = { organization_id: org.id, access_level: 'read_only', name: 'Nightly' };

  const answer = await assistant.confirm('access_key_issue', order);

  const id = answer.content.access_key_grant_id;
  expect(answer.content).toMatchObject({
    status: 'ok',
    access_key_grant: {
      id,
      user: user.id,
      organization: org.id,
      status: 'open',
      access_key: null,
      rotates: null,
    },
  });
  expect((await assistant.call('access_key_list')).content.count).toBe(0);
  const byJwt = await test.api.as(await bearerOf(test, user)).post(redeem(id));
  expect([byJwt.status, byJwt.body.code]).toEqual([403, 'wrong_credential_kind']);
  const redeemed = await browser.post(redeem(id));
  expect(redeemed.status).toBe(201);
  expect(redeemed.body).toMatchObject({ name: 'Nightly', access_level: 'read_only', organization: org.id });
  expect(redeemed.body.expires_at).not.toBeNull();
  expect((await test.api.as({ key: redeemed.body.key }).get('/api/orgs/')).status).toBe(200);
  const again = await browser.post(redeem(id));
  expect([again.status, again.body.code]).toEqual([409, 'grant_not_open']);
});

it.each([
  ['access_key_issue', 'access_key_grant', {}],
  ['access_key_request', 'access_key_request', { reason: 'Weekly figures' }],
])(
  '%s takes the networks that the key is to work from, as REST does; one that is none is `invalid` by its place, and nothing is made',
  async (tool, made, more) => {
    const { org, assistant } = await setting();
    const order = { organization_id: org.id, access_level: 'read_only', name: 'Nightly', ...more };
    const networksOf = async (allowed_networks: unknown): Promise<unknown> =>
      (await assistant.confirm(tool, { ...order, allowed_networks })).content[made].allowed_networks;

    expect(await networksOf(['192.0.2.0/24', '2001:DB8::/32', '192.0.2.0/24'])).toEqual([
      '192.0.2.0/24',
      '2001:db8::/32',
    ]);
    expect(await networksOf([])).toEqual([]);
    const count = `SELECT (SELECT count(*) FROM access_key_grants) + (SELECT count(*) FROM access_key_requests) AS n`;
    const before = await test.database.query(count);
    expect(await assistant.call(tool, { ...order, allowed_networks: ['192.0.2.0/24', '192.0.2'] })).toEqual({
      isError: true,
      content: {
        status: 'error',
        code: 'invalid',
        detail: 'Invalid input.',
        errors: { allowed_networks: { 1: [expect.any(String)] } },
      },
    });
    expect(await test.database.query(count)).toEqual(before);
  },
);

it('a key granted for some networks through a tool works from these and from nowhere else', async () => {
  const { org, assistant, browser } = await setting();
  const keyFor = async (...networks: string[]) => {
    const order = { organization_id: org.id, access_level: 'full_access', name: 'Nightly' };
    const { content } = await assistant.confirm('access_key_issue', { ...order, allowed_networks: networks });
    const { body } = await browser.post(redeem(content.access_key_grant_id));
    expect(body.allowed_networks).toEqual(networks);
    return body as { key: string };
  };
  const use = async (key: { key: string }): Promise<number> =>
    (await test.api.as(key).get('/api/orgs/')).status;

  expect(await use(await keyFor('192.0.2.0/24'))).toBe(401);
  expect(await use(await keyFor('127.0.0.0/8', '::1/128'))).toBe(200);
});

it('a rotation through a tool makes a grant; redeeming it makes the successor, and the old key works on', async () => {
  const { org, user, assistant, browser } = await setting();
  const old = await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 });

  const answer = await assistant.confirm('access_key_rotate', { access_key_id: old.id, grace_seconds: 60 });

  expect(answer.content.access_key_grant).toMatchObject({ rotates: old.id, status: 'open' });
  expect(
    (await assistant.call('access_key_retrieve', { access_key_id: old.id })).content.replaced_by,
  ).toBeNull();
  const { status, body } = await browser.post(redeem(answer.content.access_key_grant_id));
  expect([status, body.replaces]).toEqual([201, old.id]);
  const { content } = await assistant.call('access_key_retrieve', { access_key_id: old.id });
  expect(content).toMatchObject({ replaced_by: body.id, grace_seconds: 60, status: 'superseded' });
});

it('what the policy or the role forbids is refused at the preview, and again when the grant is redeemed', async () => {
  const { org, user, assistant, browser } = await setting();
  const order = { organization_id: org.id, access_level: 'full_access', name: 'Nightly' };
  const { content } = await assistant.confirm('access_key_issue', order);
  const policy = (allowed: boolean): Promise<unknown> =>
    test.database.query('UPDATE organizations SET self_serve_keys = $1 WHERE id = $2', [allowed, org.id]);

  await policy(false);
  expect(await assistant.call('access_key_issue', order)).toMatchObject({
    isError: true,
    content: { code: 'permission_denied' },
  });
  const refused = await browser.post(redeem(content.access_key_grant_id));
  expect(refused.status).toBe(403);
  await policy(true);
  expect(
    (await assistant.call('access_key_issue', { ...order, expires_at: '2999-01-01T00:00:00Z' })).content,
  ).toMatchObject({ code: 'invalid', errors: { expires_at: [expect.any(String)] } });
  await test.database.query(`DELETE FROM members WHERE user_id = $1`, [user.id]);
  expect((await browser.post(redeem(content.access_key_grant_id))).status).toBe(409);
});

it('tells of arguments at once: names that are none, what lacks its form, what is past, and what there is not', async () => {
  const { assistant } = await setting();
  const order = { organization_id: 999_999, access_level: 'admin', expires_at: '2001-01-01T00:00:00Z' };
  expect(await assistant.call('access_key_issue', { ...order, name: 'Nightly', nmae: 'x' })).toMatchObject({
    isError: true,
    content: {
      code: 'invalid',
      errors: {
        nmae: ['Unknown argument.'],
        organization_id: ['Invalid pk "999999" - object does not exist.'],
        access_level: ['"admin" is not a valid choice.'],
        expires_at: ['This must be in the future.'],
      },
    },
  });
  const good = { ...order, access_level: 'read_only', organization_id: 999_999, name: 'Nightly', nmae: 'x' };
  expect((await assistant.call('access_key_issue', good)).content.errors).toEqual({
    nmae: ['Unknown argument.'],
    organization_id: ['Invalid pk "999999" - object does not exist.'],
    expires_at: ['This must be in the future.'],
  });
});

it('a foreign organization and a key of somebody else are refused as if they were not there', async () => {
  const { assistant } = await setting();
  const stranger = await setting();
  const theirs = await test.make.accessKey(stranger.user, { organization: stranger.org });
  const order = { access_level: 'read_only', name: 'Nightly' };
  const errorsFor = async (id: number): Promise<unknown> =>
    (await assistant.call('access_key_issue', { ...order, organization_id: id })).content;

  expect(await errorsFor(stranger.org.id)).toEqual({
    status: 'error',
    code: 'invalid',
    detail: 'Invalid input.',
    errors: { organization_id: [`Invalid pk "${stranger.org.id}" - object does not exist.`] },
  });
  expect(await assistant.call('access_key_rotate', { access_key_id: theirs.id })).toEqual(
    await assistant.call('access_key_rotate', { access_key_id: 2_147_483_647 }),
  );
});

it('a user-wide key is not rotated through a tool', async () => {
  const { user, assistant } = await setting();
  const { id } = await test.make.accessKey(user);

  expect(await assistant.call('access_key_rotate', { access_key_id: id })).toMatchObject({
    isError: true,
    content: { code: 'user_wide_key' },
  });
});

it('a key asked for through a tool waits for a manager’s decision', async () => {
  const { org, user, assistant } = await setting();
  const manager = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));

  const { content } = await assistant.confirm('access_key_request', {
    organization_id: org.id,
    access_level: 'read_only',
    name: 'Dashboard',
    reason: 'Weekly figures',
  });

  expect(content).toMatchObject({ status: 'ok', access_key_request: { user: user.id, status: 'open' } });
  const { body } = await manager.get(`/api/orgs/${org.id}/access-key-requests/`);
  expect(body.results).toMatchObject([{ id: content.access_key_request_id, reason: 'Weekly figures' }]);
});
