import { Assistant, REVISIONS } from '../support/assistant.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { bearerOf } from '../support/sign-in.js';

let app: ProviderApp;
beforeAll(async () => {
  app = await startProviderApp();
});
afterAll(() => app.close());

describe.each(REVISIONS)('the official client, revision %s', (revision) => {
  it('a read-only key reads everything that its user may see, and writes nothing', async () => {
    const { make, url } = app.test;
    const org = await make.org();
    const owner = await make.member(org, 'Owner');
    const { key, id: keyId } = await make.accessKey(owner, { level: 'read_only' });
    const tenant = { organization_id: org.id };
    const { body: stored } = await app.test.api
      .as({ key: (await make.accessKey(owner)).key })
      .post(`/api/orgs/${org.id}/api-keys/`, { key_type: 'T', key: randomText(40) });

    const assistant = await Assistant.connect(url, { key }, revision);

    expect(assistant.revision).toBe(revision);
    const organizations = await assistant.call('organization_list');
    expect(organizations).toEqual({
      isError: false,
      content: {
        count: 1,
        limit: 25,
        offset: 0,
        results: [{ id: org.id, name: org.name, role: 'Owner' }],
      },
    });
    const members = await assistant.call('member_list', tenant);
    expect(members.content.results).toMatchObject([{ user: { id: owner.id, email: owner.email } }]);
    const roles = await assistant.call('role_list', { ...tenant, sort_by: 'name' });
    expect(roles.content.results.map(({ name }: { name: string }) => name)).toEqual([
      'Administrator',
      'Analyst',
      'Owner',
      'Viewer',
    ]);
    const providerKeys = await assistant.call('provider_key_list', tenant);
    expect(providerKeys.content.results).toMatchObject([{ id: stored.id, key_type: 'T' }]);
    const providerKey = { ...tenant, provider_key_id: stored.id };
    expect((await assistant.call('provider_key_retrieve', providerKey)).content).toEqual(stored);
    expect((await assistant.call('call_summary_list', providerKey)).content).toMatchObject({
      count: 0,
      results: [],
    });
    expect((await assistant.call('access_key_list', { access_level: 'read_only' })).content).toMatchObject({
      count: 1,
      results: [{ id: keyId, status: 'active' }],
    });
    expect((await assistant.call('access_key_retrieve', { access_key_id: keyId })).content).toMatchObject({
      id: keyId,
      access_level: 'read_only',
    });
    expect((await assistant.call('audit_event_list', tenant)).content.results).toMatchObject([
      { action: 'provider_key.stored', subject_id: stored.id },
    ]);

    expect(await assistant.call('provider_key_check', providerKey)).toEqual({
      isError: true,
      content: {
        status: 'error',
        code: 'read_only_key',
        detail: 'This API key is read-only. Use a full-access key for write requests.',
      },
    });
    expect(app.fakes.byType.T.received).toEqual([]);
  });

  it('a full key stores, changes and checks a provider key in two steps, and the audit log tells that it came by MCP', async () => {
    const { make, url } = app.test;
    const org = await make.org();
    const owner = await make.member(org, 'Owner');
    const tenant = { organization_id: org.id };
    const assistant = await Assistant.connect(url, { key: (await make.accessKey(owner)).key }, revision);
    const order = { ...tenant, key_type: 'H', name: 'Screening', key: randomText(64) };
    app.fakes.byType.H.goodKeys.add(order.key);

    const first = await assistant.call('provider_key_create', order);

    expect(first).toEqual({
      isError: false,
      content: {
        status: 'confirm',
        preview: { action: 'Store a provider key', arguments: { ...order, key: '********' } },
        confirm_token: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
        expires_in: 60,
      },
    });
    expect((await assistant.call('provider_key_list', tenant)).content.count).toBe(0);

    const created = await assistant.call('provider_key_create', {
      ...order,
      confirm_token: first.content.confirm_token,
    });

    const id = created.content.provider_key_id;
    expect(created).toMatchObject({
      isError: false,
      content: { status: 'ok', provider_key: { id, name: 'Screening', key_type: 'H', enabled: true } },
    });
    const which = { ...tenant, provider_key_id: id };
    const changed = await assistant.confirm('provider_key_update', { ...which, name: 'Old', enabled: false });
    expect(changed.content).toMatchObject({
      status: 'ok',
      provider_key_id: id,
      provider_key: { name: 'Old', enabled: false },
    });
    await assistant.confirm('provider_key_update', { ...which, enabled: true });
    const checked = await assistant.confirm('provider_key_check', which);
    expect(checked.content).toMatchObject({ status: 'ok', provider_key_id: id, outcome: 'ok' });
    await app.settled();
    expect((await assistant.call('call_summary_list', which)).content.results).toMatchObject([
      { calls: 1, succeeded: 1, failed: 0 },
    ]);

    const { content } = await assistant.call('audit_event_list', { ...tenant, sort_by: 'id' });
    expect(
      content.results.map(({ action, details }: { action: string; details: { via: string } }) => [
        action,
        details.via,
      ]),
    ).toEqual([
      ['provider_key.stored', 'mcp'],
      ['provider_key.changed', 'mcp'],
      ['provider_key.changed', 'mcp'],
    ]);
  });

  it('a JWT suspends, resumes and revokes the access keys of its user', async () => {
    const { make, url } = app.test;
    const owner = await make.member(await make.org(), 'Viewer');
    const { id, key } = await make.accessKey(owner);
    const assistant = await Assistant.connect(url, await bearerOf(app.test, owner), revision);
    const works = async (): Promise<number> => (await app.test.api.as({ key }).get('/api/orgs/')).status;

    expect((await assistant.confirm('access_key_suspend', { access_key_id: id })).content).toMatchObject({
      status: 'ok',
      access_key_id: id,
      access_key: { status: 'suspended' },
    });
    expect(await works()).toBe(401);
    await assistant.confirm('access_key_resume', { access_key_id: id });
    expect(await works()).toBe(200);
    const revoked = await assistant.confirm('access_key_revoke', { access_key_id: id, reason: 'Moved' });
    expect(revoked.content.access_key).toMatchObject({ status: 'revoked', revoke_reason: 'Moved' });
    expect(await works()).toBe(401);
    expect(await assistant.confirm('access_key_suspend', { access_key_id: id })).toMatchObject({
      isError: true,
      content: { code: 'key_not_live' },
    });
  });
});

it('lists give the slice that was asked for, in the order and with the filters that were asked for', async () => {
  const { make, url } = app.test;
  const tenant = await ProviderTenant.make(app);
  const { id } = tenant.org;
  await make.member(tenant.org, 'Viewer');
  await make.member(tenant.org, 'Viewer');
  const { key } = await make.accessKey(tenant.owner, { level: 'read_only' });
  const assistant = await Assistant.connect(url, { key });
  const all = await assistant.call('member_list', { organization_id: id, sort_by: 'id' });
  const ids = all.content.results.map((member: { id: number }) => member.id);
  const slice = async (args: object): Promise<unknown> =>
    (await assistant.call('member_list', { organization_id: id, ...args })).content;

  expect(ids).toHaveLength(3);
  expect(await slice({ sort_by: '-id', limit: 2 })).toMatchObject({
    count: 3,
    limit: 2,
    offset: 0,
    results: [{ id: ids[2] }, { id: ids[1] }],
  });
  expect(await slice({ sort_by: 'id', limit: 1, offset: 1 })).toMatchObject({
    count: 3,
    limit: 1,
    offset: 1,
    results: [{ id: ids[1] }],
  });
  expect(await slice({ offset: 100 })).toMatchObject({ count: 3, results: [] });
  for (const [tool, args] of [
    ['access_key_list', {}],
    ['audit_event_list', { organization_id: id }],
  ] as const) {
    const beyond = await assistant.call(tool, { ...args, offset: 1_000_000 });
    expect(beyond).toMatchObject({ content: { offset: 1_000_000, results: [] } });
  }
  expect(await slice({ user_id: tenant.owner.id })).toMatchObject({
    count: 1,
    results: [{ id: ids[0] }],
  });
  expect(await slice({ limit: 101, offset: -1, sort_by: 'email;', role_id: 'x' })).toEqual({
    status: 'error',
    code: 'invalid',
    detail: 'Invalid input.',
    errors: {
      limit: ['Ensure this value is less than or equal to 100.'],
      offset: ['Ensure this value is greater than or equal to 0.'],
      sort_by: [
        'Choose one of id, -id, email, -email, name, -name, role, -role, status, -status, created_at, -created_at.',
      ],
      role_id: ['Enter a number.'],
    },
  });
});
