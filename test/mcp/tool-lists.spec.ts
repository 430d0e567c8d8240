import { readFileSync } from 'node:fs';
import type { SystemRole } from '../../src/access/system-roles.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Assistant } from '../support/assistant.js';
import type { Credential } from '../support/client.js';
import { bearerOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

// By hand from the contract, §3, §4 and §7, not from the code.
const ANYBODY = ['organization_list', 'access_key_list', 'access_key_retrieve'];
const VIEW = ['member_list', 'role_list', 'provider_key_list', 'provider_key_retrieve', 'call_summary_list'];
const AUDIT = ['audit_event_list'];
const MANAGE = ['provider_key_create', 'provider_key_update', 'provider_key_check'];
const OWN = [
  'access_key_request',
  'access_key_issue',
  'access_key_rotate',
  'access_key_suspend',
  'access_key_resume',
  'access_key_revoke',
];

async function listed(credential: Credential): Promise<string[]> {
  const assistant = await Assistant.connect(test.url, credential);
  return (await assistant.toolNames()).sort();
}

const sorted = (...names: string[][]): string[] => names.flat().sort();

describe.each<[SystemRole, readonly string[], readonly string[]]>([
  ['Owner', AUDIT, MANAGE],
  ['Administrator', AUDIT, MANAGE],
  ['Analyst', [], []],
  ['Viewer', [], []],
])('an assistant of an %s is shown', (role, reads, writes) => {
  it('with a read-only key what reads, with a full key also what a key may write, with a JWT also what a person may do', async () => {
    const user = await test.make.member(await test.make.org(), role);
    const readOnly = await test.make.accessKey(user, { level: 'read_only' });
    const full = await test.make.accessKey(user);

    expect(await listed(readOnly)).toEqual(sorted(ANYBODY, VIEW, [...reads]));
    expect(await listed(full)).toEqual(sorted(ANYBODY, VIEW, [...reads], [...writes]));
    expect(await listed(await bearerOf(test, user))).toEqual(
      sorted(ANYBODY, VIEW, [...reads], [...writes], OWN),
    );
  });
});

it('a tool is shown when one of the organizations that the credential reaches permits it, and only then', async () => {
  const viewed = await test.make.org();
  const user = await test.make.member(viewed, 'Viewer');
  await test.make.member(await test.make.org(), 'Owner', user);

  expect(await listed(await test.make.accessKey(user))).toEqual(sorted(ANYBODY, VIEW, AUDIT, MANAGE));
  expect(await listed(await test.make.accessKey(user, { organization: viewed }))).toEqual(
    sorted(ANYBODY, VIEW),
  );
});

it('without a permission none of its tools is shown, and without an organization only what is one’s own', async () => {
  const org = await test.make.org();
  const nothing = await test.make.member(org, await test.make.role(org, ['role.view']));

  expect(await listed(await test.make.accessKey(nothing))).toEqual(sorted(ANYBODY, ['role_list']));
  expect(await listed(await test.make.accessKey(await test.make.user()))).toEqual(sorted(ANYBODY));
});

it('nobody without an organization is shown, or offered, to ask for an access key', async () => {
  const staff = await bearerOf(test, await test.make.user({ staff: true }));
  const org = await test.make.org();
  const assistant = await Assistant.connect(test.url, staff);

  expect(await listed(staff)).not.toContain('access_key_request');
  const asked = { organization_id: org.id, access_level: 'read_only', name: 'x', reason: 'y' };
  const answer = await assistant.call('access_key_request', asked);
  expect(JSON.stringify(answer)).not.toContain('confirm_token');
  expect(JSON.stringify(answer)).toContain(`Invalid pk`);
});

it('a changed role changes the list of the next request', async () => {
  const user = await test.make.member(await test.make.org(), 'Administrator');
  const key = await test.make.accessKey(user);
  expect(await listed(key)).toEqual(sorted(ANYBODY, VIEW, AUDIT, MANAGE));

  await test.database.query(
    `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer') WHERE id = $1`,
    [user.memberId],
  );

  expect(await listed(key)).toEqual(sorted(ANYBODY, VIEW));
});

it('every tool says what it takes as a closed object, whether it only reads, and of a write that it takes two steps', async () => {
  const user = await test.make.member(await test.make.org(), 'Owner');
  const { tools } = await (await Assistant.connect(test.url, await bearerOf(test, user))).tools();

  expect(tools).toHaveLength(sorted(ANYBODY, VIEW, AUDIT, MANAGE, OWN).length);
  for (const { name, title, description = '', inputSchema, annotations } of tools) {
    const reads = [...ANYBODY, ...VIEW, ...AUDIT].includes(name);
    expect([name, inputSchema.type, inputSchema['additionalProperties']]).toEqual([name, 'object', false]);
    expect([name, annotations?.readOnlyHint]).toEqual([name, reads]);
    expect([name, 'confirm_token' in (inputSchema.properties ?? {})]).toEqual([name, !reads]);
    expect([name, description.includes('Two steps')]).toEqual([name, !reads]);
    expect([name, title?.length ?? 0]).not.toEqual([name, 0]);
  }
  const create = tools.find(({ name }) => name === 'provider_key_create')?.inputSchema;
  expect(create?.required).toEqual(['organization_id', 'key_type', 'key']);
  expect(create?.properties).toMatchObject({
    organization_id: { type: 'integer', minimum: 1 },
    key_type: { type: 'string', enum: ['H', 'T', 'O', 'W', 'C', 'A', 'P'] },
    key: { type: 'string', minLength: 8, maxLength: 512 },
    settings: { type: 'object' },
    enabled: { type: 'boolean' },
    confirm_token: { type: ['string', 'null'] },
  });
  const members = tools.find(({ name }) => name === 'member_list')?.inputSchema.properties ?? {};
  expect(Object.keys(members).sort()).toEqual(
    ['organization_id', 'limit', 'offset', 'sort_by', 'search', 'status', 'role_id', 'user_id'].sort(),
  );
});

it.each([
  ['access_key_issue', 'IssueOwnKeyBody', []],
  ['access_key_request', 'MakeRequestBody', []],
  ['access_key_rotate', 'RotateKeyBody', ['access_key_id']],
])('%s takes every field of the %s that REST takes', async (name, body, more) => {
  const user = await test.make.member(await test.make.org(), 'Owner');
  const { tools } = await (await Assistant.connect(test.url, await bearerOf(test, user))).tools();
  const { components } = JSON.parse(readFileSync('docs/api/openapi.json', 'utf8')) as {
    components: { schemas: Record<string, { properties: object }> };
  };

  const fields = Object.keys(components.schemas[body]?.properties ?? {});
  expect(fields).not.toEqual([]);
  const taken = Object.keys(tools.find((tool) => tool.name === name)?.inputSchema.properties ?? {});
  expect(taken.sort()).toEqual(
    [
      ...more,
      'confirm_token',
      ...fields.map((field) => (field === 'organization' ? 'organization_id' : field)),
    ].sort(),
  );
});
