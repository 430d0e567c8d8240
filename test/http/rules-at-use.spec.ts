import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client, Credential } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { from } from '../support/limits.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

/**
 * Contract §4: every rule that is judged when a credential is used, against every credential and every way to use or to make
 * one. Written out by hand.
 */

const DAY = 86_400;
/** In the networks of the lists, and outside of them. */
const NETWORKS = ['192.0.2.0/24', '2001:db8::/48'];
const INSIDE = '192.0.2.7';
const OUTSIDE = '198.51.100.7';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => test.close());

/** An Owner with a key that is confined to their organization, and a user-wide one. */
interface Setting {
  readonly org: { id: number };
  readonly user: MadeUser;
  readonly confined: MadeKey;
  readonly wide: MadeKey;
}

async function newSetting(): Promise<Setting> {
  const org = await test.make.org();
  const user = await test.make.member(org, 'Owner');
  const confined = await test.make.accessKey(user, { organization: org, expiresInSeconds: 90 * DAY });
  return { org, user, confined, wide: await test.make.accessKey(user) };
}

const set = (table: string, change: string, id: number, ...values: unknown[]) =>
  test.database.query(`UPDATE ${table} SET ${change} WHERE id = $1`, [id, ...values]);

/** What a rule is about, and how it comes to be. */
const RULES = {
  none: async () => undefined,
  'a policy that blocks the key': async ({ org }) =>
    set('organizations', 'enforce_on_use = true, longest_key_lifetime_days = 30', org.id),
  'a list of the keys': async ({ confined, wide }) => {
    for (const { id } of [confined, wide]) await set('access_keys', 'allowed_networks = $2', id, NETWORKS);
  },
  'a list of the organization': async ({ org }) =>
    set('organizations', 'allowed_networks = $2', org.id, NETWORKS),
  'a stop of all issuing there': async ({ org }) => set('organizations', 'issuing_stopped = true', org.id),
  'a policy without user-wide keys': async ({ org }) =>
    set('organizations', 'allow_user_wide_keys = false', org.id),
  'an organization that staff disabled': async ({ org }) =>
    set('organizations', 'disabled_at = app_now()', org.id),
} satisfies Record<string, (setting: Setting) => Promise<unknown>>;
type Rule = keyof typeof RULES;

const CREDENTIALS = {
  'confined key': async ({ confined: { key } }) => ({ sent: { key }, text: key }),
  'user-wide key': async ({ wide: { key } }) => ({ sent: { key }, text: key }),
  token: async ({ user }) => {
    const sent = await bearerOf(test, user);
    return { sent, text: sent.bearer };
  },
  session: async ({ user }) => {
    const sent = await sessionOf(test, user);
    return { sent, text: sent.session };
  },
} satisfies Record<string, (setting: Setting) => Promise<{ sent: Credential; text: string }>>;
type CredentialName = keyof typeof CREDENTIALS;

/** Everything is as ever · the credential opens nothing · it works, but doesn't reach this organization. */
type Verdict = 'open' | 'refused' | 'unreachable';

const NOBODY = {
  'confined key': 'unreachable',
  'user-wide key': 'unreachable',
  token: 'unreachable',
  session: 'unreachable',
} as const;

/** The rules by what they say of each credential, from inside the lists and from outside. All that isn't here is open. */
const REFUSALS: readonly [Rule, string, Readonly<Partial<Record<CredentialName, Verdict>>>][] = [
  ['a policy that blocks the key', INSIDE, { 'confined key': 'refused' }],
  ['a policy that blocks the key', OUTSIDE, { 'confined key': 'refused' }],
  ['a list of the keys', OUTSIDE, { 'confined key': 'refused', 'user-wide key': 'refused' }],
  ['a list of the organization', OUTSIDE, { ...NOBODY, 'confined key': 'refused' }],
  ['a policy without user-wide keys', INSIDE, { 'user-wide key': 'unreachable' }],
  ['a policy without user-wide keys', OUTSIDE, { 'user-wide key': 'unreachable' }],
  ['an organization that staff disabled', INSIDE, NOBODY],
  ['an organization that staff disabled', OUTSIDE, NOBODY],
];
const verdictOf = (rule: Rule, address: string, credential: CredentialName): Verdict => {
  const outside = address === OUTSIDE || address === '2001:db9::7' ? OUTSIDE : INSIDE;
  const found = REFUSALS.find(([name, where]) => name === rule && where === outside);
  return found?.[2][credential] ?? 'open';
};

const told = ({ status, headers, body }: Answer): string => {
  const real = headers.get('x-auth-status') ?? String(status);
  return status === 409 ? `${real} ${String(body.code)}` : real;
};
const ids = (organizations: { id: number }[]): string => `[${organizations.map(({ id }) => id).join()}]`;
/** Of a tool's answer, which comes as the only event of a stream. */
const contentOf = ({ text }: Answer) =>
  (JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as { result: { structuredContent: Told } }).result
    .structuredContent;
interface Told {
  readonly results: { id: number }[];
  readonly count?: number;
  readonly code?: string;
}
interface Asking {
  readonly api: Client;
  readonly org: { id: number };
  readonly text: string;
  readonly address: string;
}
const target = (org: { id: number }): string => `/api/orgs/${org.id}/x/`;

/** Every way to use a credential, and what is told where it is open, refused and doesn't reach the organization. */
const USES: readonly [
  string,
  (asking: Asking) => Promise<string>,
  (org: string, credential: CredentialName) => Readonly<Record<Verdict, string>>,
][] = [
  [
    'the organization',
    async ({ api, org }) => told(await api.get(`/api/orgs/${org.id}/`)),
    () => ({ open: '200', refused: '401', unreachable: '404' }),
  ],
  [
    'a write in the organization',
    async ({ api, org }) => told(await api.patch(`/api/orgs/${org.id}/`, { name: 'Renamed' })),
    () => ({ open: '200', refused: '401', unreachable: '404' }),
  ],
  [
    'the organizations that it reaches',
    async ({ api }) => {
      const answer = await api.get('/api/orgs/');
      return answer.status === 200 ? ids(answer.body) : told(answer);
    },
    (org) => ({ open: `[${org}]`, refused: '401', unreachable: '[]' }),
  ],
  [
    'who it is',
    async ({ api }) => {
      const answer = await api.get('/api/auth/me/');
      return answer.status === 200 ? ids(answer.body.organizations) : told(answer);
    },
    (org) => ({ open: `[${org}]`, refused: '401', unreachable: '[]' }),
  ],
  [
    'a call to a provider',
    async ({ api, org }) => told(await api.get(`/api/orgs/${org.id}/providers/H/api/v1/address/x`)),
    () => ({ open: '409 no_enabled_key', refused: '401', unreachable: '404' }),
  ],
  [
    'a check for nginx',
    async ({ api, org }) =>
      told(
        await api
          .with({ 'x-original-method': 'GET', 'x-original-uri': target(org) })
          .get('/api/auth/check/nginx/'),
      ),
    () => ({ open: '204', refused: '401', unreachable: '404' }),
  ],
  [
    'a check for Caddy and Traefik',
    async ({ api, org }) =>
      told(
        await api
          .with({ 'x-forwarded-method': 'GET', 'x-forwarded-uri': target(org) })
          .get(`/api/auth/check/forward/require/${org.id}/provider_key.use/`),
      ),
    () => ({ open: '204', refused: '401', unreachable: '404' }),
  ],
  [
    'a check for Envoy',
    async ({ api, org }) => told(await api.get(`/api/auth/check/envoy${target(org)}`)),
    () => ({ open: '204', refused: '401', unreachable: '404' }),
  ],
  [
    'a check where no organization is named, and which one is told',
    async ({ api }) => {
      const asked = { 'x-original-method': 'GET', 'x-original-uri': '/elsewhere' };
      const answer = await api.with(asked).get('/api/auth/check/nginx/');
      return `${told(answer)} ${answer.headers.get('x-auth-organization') ?? '-'}`;
    },
    (org, credential) =>
      credential === 'confined key'
        ? { open: `204 ${org}`, refused: '401 -', unreachable: '404 -' }
        : { open: '204 ', refused: '401 -', unreachable: '204 ' },
  ],
  [
    'what an assistant is told by its tools',
    async ({ api, org }) => {
      const call = async (name: string, args: object): Promise<Answer> =>
        api.post('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
      const reached = await call('organization_list', {});
      if (reached.status !== 200) return told(reached);
      const members = contentOf(await call('member_list', { organization_id: org.id }));
      return `${ids(contentOf(reached).results)} ${members.code ?? members.count}`;
    },
    (org, credential) =>
      credential === 'session' // it reads no cookie
        ? { open: '401', refused: '401', unreachable: '401' }
        : { open: `[${org}] 1`, refused: '401', unreachable: '[] not_found' },
  ],
  [
    'introspection by a service that tells where the client is',
    async ({ text, address }) => {
      const service = test.api.as(await sessionOf(test, await test.make.user({ staff: true })));
      const { body } = await service.post('/api/auth/introspect/', { token: text, address });
      return body.active === true ? ids(body.organizations) : 'inactive';
    },
    (org, credential) => ({
      open: `[${org}]`,
      refused: 'inactive',
      unreachable: credential === 'confined key' ? 'inactive' : '[]', // as a check, it opens nothing elsewhere
    }),
  ],
];

const PLACES = [INSIDE, '::ffff:192.0.2.7', '2001:db8::7', OUTSIDE, '2001:db9::7'];

describe.each(Object.keys(RULES) as Rule[])('Under %s', (rule) => {
  describe.each(Object.keys(CREDENTIALS) as CredentialName[])('a %s', (name) => {
    it.each(PLACES)('from %s is answered as the rule says, whatever it is used for', async (address) => {
      const setting = await newSetting();
      const { sent, text } = await CREDENTIALS[name](setting);
      await RULES[rule](setting);
      const api = from(test, address).as(sent);
      const verdict = verdictOf(rule, address, name);
      const outcomes: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const [use, ask, answers] of USES) {
        outcomes[use] = await ask({ api, org: setting.org, text, address });
        expected[use] = answers(String(setting.org.id), name)[verdict];
      }
      expect({ verdict, ...outcomes }).toEqual({ verdict, ...expected });
    });
  });
});

interface Making extends Setting {
  readonly api: Client;
  readonly staff: Client;
  readonly grant: number;
}
const order = ({ org }: Making) => ({ organization: org.id, access_level: 'read_only', name: 'New' });

const GONE = '409 no_such_organization';

/** Every way to make a key from outside of the lists, and what each rule makes of it, in the order of RULES. */
const WAYS: readonly [string, (making: Making) => Promise<Answer>, readonly string[]][] = [
  [
    'an issue by staff',
    (making) => making.staff.post('/api/admin/access-keys/', { ...order(making), user: making.user.id }),
    ['201', '201', '201', '201', '409 issuing_stopped', '201', '400'],
  ],
  [
    'an issue for oneself',
    (making) => making.api.post('/api/auth/access-keys/', order(making)),
    ['201', '201', '201', '400', '409 issuing_stopped', '201', '400'],
  ],
  [
    'the redemption of a grant',
    ({ api, grant }) => api.post(`/api/auth/access-key-grants/${grant}/redeem/`),
    ['201', '201', '201', '409 grant_void', '409 issuing_stopped', '201', '409 grant_void'],
  ],
  [
    'a rotation by staff',
    ({ staff, confined }) => staff.post(`/api/admin/access-keys/${confined.id}/rotate/`, {}),
    ['201', '201', '201', '201', '409 issuing_stopped', '201', GONE],
  ],
  [
    'a rotation by its user',
    ({ api, confined }) => api.post(`/api/auth/access-keys/${confined.id}/rotate/`, {}),
    ['201', '201', '201', GONE, '409 issuing_stopped', '201', GONE],
  ],
  [
    'a rotation by itself',
    ({ confined: { key } }) =>
      from(test, OUTSIDE).as({ key }).post('/api/auth/access-keys/current/rotate/', {}),
    ['201', '401', '401', '401', '409 issuing_stopped', '201', GONE],
  ],
];

describe.each(['session', 'token'] as const)('Of a person with a %s, from outside', (scheme) => {
  it.each(WAYS)('%s is judged by every rule that asks it', async (_way, make, expected) => {
    const outcomes: string[] = [];
    for (const rule of Object.keys(RULES) as Rule[]) {
      const setting = await newSetting();
      const { sent } = await CREDENTIALS[scheme](setting);
      const staff = from(test, OUTSIDE).as(await sessionOf(test, await test.make.user({ staff: true })));
      const granted = await staff.post('/api/admin/access-key-grants/', {
        ...{ user: setting.user.id, organization: setting.org.id, access_level: 'read_only' },
        ...{ name: 'Granted', reason: 'R' },
      });
      await RULES[rule](setting);
      const api = from(test, OUTSIDE).as(sent);
      outcomes.push(told(await make({ ...setting, api, staff, grant: granted.body.id as number })));
    }
    expect(outcomes).toEqual(expected);
  });
});

describe('Where nobody tells the client’s address', () => {
  it.each(['nginx', 'forward', 'envoy'])(
    'a check for %s knows the gateway’s alone, and refuses what works from some networks only',
    async (convention) => {
      const setting = await newSetting();
      const everywhere = ['127.0.0.0/8', '::/0', '0.0.0.0/0'];
      await set('access_keys', 'allowed_networks = $2', setting.confined.id, everywhere);
      const ask = (key: MadeKey) =>
        test.api
          .as(key)
          .with({ 'x-original-method': 'GET', 'x-original-uri': target(setting.org) })
          .with({ 'x-forwarded-method': 'GET', 'x-forwarded-uri': target(setting.org) })
          .get(`/api/auth/check/${convention}${convention === 'envoy' ? target(setting.org) : '/'}`);
      expect(told(await ask(setting.confined))).toBe('401');
      expect(told(await ask(setting.wide))).toBe('204');
      await set('organizations', 'allowed_networks = $2', setting.org.id, everywhere);
      expect(told(await ask(setting.wide))).toBe('404');
    },
  );

  it('introspection tells such a key as inactive, and such an organization as not reached', async () => {
    const setting = await newSetting();
    const staff = test.api.as(await sessionOf(test, await test.make.user({ staff: true })));
    const ask = async ({ key }: MadeKey, address?: string) =>
      (await staff.post('/api/auth/introspect/', { token: key, address })).body;
    await set('access_keys', 'allowed_networks = $2', setting.confined.id, ['127.0.0.0/8']);
    expect(await ask(setting.confined)).toEqual({ active: false });
    expect(await ask(setting.confined, '127.0.0.1')).toMatchObject({ active: true });
    await set('organizations', 'allowed_networks = $2', setting.org.id, ['127.0.0.0/8']);
    expect(await ask(setting.wide)).toMatchObject({ active: true, organizations: [] });
    const bad = await staff.post('/api/auth/introspect/', { token: 'x', address: '127.0.0.0/8' });
    expect([bad.status, bad.body]).toEqual([400, { address: ['Enter a valid IPv4 or IPv6 address.'] }]);
  });
});
