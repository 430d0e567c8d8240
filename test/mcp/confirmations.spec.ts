import { Confirmations } from '../../src/mcp/confirmations.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Assistant, type Revision, type ToolAnswer } from '../support/assistant.js';
import { bearerOf } from '../support/sign-in.js';

let test: TestApp;
let other: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  other = await test.another();
});
afterAll(async () => {
  await other.close();
  await test.close();
});

const NOT_CONFIRMED = {
  isError: true,
  content: {
    status: 'error',
    code: 'confirmation_invalid',
    detail:
      'This confirm_token is not, or no longer, good for this call. Call without it to see what would happen, and for a new one.',
  },
};

/** Somebody who may store provider keys, an order for one, and how many there are. */
async function setting(revision: Revision = '2026-07-28') {
  const org = await test.make.org();
  const owner = await test.make.member(org, 'Owner');
  const assistant = await Assistant.connect(
    test.url,
    { key: (await test.make.accessKey(owner)).key },
    revision,
  );
  const order = { organization_id: org.id, key_type: 'H', key: randomText(64), settings: {} };
  const offer = async (): Promise<string> => {
    const { content } = await assistant.call('provider_key_create', order);
    return content.confirm_token as string;
  };
  const stored = async (): Promise<number> => {
    const { content } = await assistant.call('provider_key_list', { organization_id: org.id });
    return content.count as number;
  };
  return { org, owner, assistant, order, offer, stored };
}

const waiting = (): Promise<{ digest: string }[]> =>
  test.database.query('SELECT digest FROM tool_confirmations');

it('a confirm token works once: replayed it is refused, and nothing is done twice', async () => {
  const { assistant, order, offer, stored } = await setting();
  const call = { ...order, confirm_token: await offer() };

  expect((await assistant.call('provider_key_create', call)).content.status).toBe('ok');
  expect(await assistant.call('provider_key_create', call)).toEqual(NOT_CONFIRMED);
  expect(await stored()).toBe(1);
});

it('of many confirmations with one token at the same moment, at two instances, exactly one is done', async () => {
  const { assistant, order, offer, stored } = await setting();
  const mine = await assistant.at(other.url, '2025-11-25');
  const call = { ...order, confirm_token: await offer() };
  const here = [...Array<undefined>(5)].map(() => assistant.call('provider_key_create', call));
  const elsewhere = [...Array<undefined>(5)].map(() => mine.call('provider_key_create', call));

  const answers = await Promise.all([...here, ...elsewhere]);

  expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
  expect(answers.filter(({ isError }) => isError)).toEqual(Array<ToolAnswer>(9).fill(NOT_CONFIRMED));
  expect(await stored()).toBe(1);
});

it.each([
  ['another argument', { name: 'Another' }],
  ['a changed argument', { key_type: 'T' }],
  ['another secret', { key: randomText(64) }],
  ['a deeper change', { settings: { product: 'kyt' } }],
  ['an argument in another form', { enabled: true }],
])(
  'a confirm token is refused with %s, and still good for the call that it was given for',
  async (_what, change) => {
    const { assistant, order, offer, stored } = await setting();
    const confirm_token = await offer();

    expect(await assistant.call('provider_key_create', { ...order, ...change, confirm_token })).toEqual(
      NOT_CONFIRMED,
    );
    expect(await stored()).toBe(0);
    expect((await assistant.call('provider_key_create', { ...order, confirm_token })).content.status).toBe(
      'ok',
    );
  },
);

it('the order in which arguments are sent makes no difference', async () => {
  const { assistant, order, offer } = await setting();
  const confirm_token = await offer();
  const reversed = Object.fromEntries(Object.entries({ ...order, confirm_token }).reverse());

  expect((await assistant.call('provider_key_create', reversed)).content.status).toBe('ok');
});

it('a confirm token of another credential is refused: of another key of the same user, of a JWT of theirs, of a stranger', async () => {
  const { org, owner, order, offer, stored } = await setting();
  const confirm_token = await offer();
  const stranger = await test.make.member(org, 'Owner');
  const others = [
    { key: (await test.make.accessKey(owner)).key },
    await bearerOf(test, owner),
    { key: (await test.make.accessKey(stranger)).key },
  ];
  const answers: ToolAnswer[] = [];

  for (const credential of others) {
    const assistant = await Assistant.connect(test.url, credential);
    answers.push(await assistant.call('provider_key_create', { ...order, confirm_token }));
  }

  expect(answers).toEqual([NOT_CONFIRMED, NOT_CONFIRMED, NOT_CONFIRMED]);
  expect(await stored()).toBe(0);
});

it('a confirm token of another tool is refused', async () => {
  const { owner } = await setting();
  const { id } = await test.make.accessKey(owner);
  const assistant = await Assistant.connect(test.url, await bearerOf(test, owner));
  const { content } = await assistant.call('access_key_suspend', { access_key_id: id });
  const { confirm_token } = content as { confirm_token: string };

  expect(await assistant.call('access_key_revoke', { access_key_id: id, confirm_token })).toEqual(
    NOT_CONFIRMED,
  );
});

it('a confirm token made up is refused', async () => {
  const { assistant, order } = await setting();
  const invented = { ...order, confirm_token: 'A'.repeat(32) };

  expect(await assistant.call('provider_key_create', invented)).toEqual(NOT_CONFIRMED);
});

it("a confirm token lives 60 seconds by the database's clock, and the clean-up removes it afterwards", async () => {
  const { assistant, order, offer, stored } = await setting();
  const [late, inTime] = [await offer(), await offer()];
  try {
    await test.database.shiftClock(58);
    expect(
      (await assistant.call('provider_key_create', { ...order, confirm_token: inTime })).content.status,
    ).toBe('ok');
    await test.database.shiftClock(61);
    expect(await assistant.call('provider_key_create', { ...order, confirm_token: late })).toEqual(
      NOT_CONFIRMED,
    );
    expect(await stored()).toBe(1);

    expect((await waiting()).length).toBeGreaterThan(0);
    await test.app.get(Confirmations).run();
    expect(await waiting()).toEqual([]);
  } finally {
    await test.database.shiftClock(0);
  }
});

it('a write that is refused leaves its token as good as it was', async () => {
  const { owner } = await setting();
  const { id, key } = await test.make.accessKey(owner);
  const assistant = await Assistant.connect(test.url, await bearerOf(test, owner));
  const { content } = await assistant.call('access_key_resume', { access_key_id: id });
  const call = { access_key_id: id, confirm_token: (content as { confirm_token: string }).confirm_token };

  expect(await assistant.call('access_key_resume', call)).toMatchObject({
    isError: true,
    content: { code: 'not_suspended' },
  });
  await test.api.as(await bearerOf(test, owner)).post(`/api/auth/access-keys/${id}/suspend/`, {});
  expect((await test.api.as({ key }).get('/api/orgs/')).status).toBe(401);
  expect(await assistant.call('access_key_resume', call)).toMatchObject({
    isError: false,
    content: { status: 'ok' },
  });
});

it('a token given by one instance confirms at another, also where the revisions of the protocol differ', async () => {
  const { order, offer, stored, assistant } = await setting('2025-11-25');
  const confirm_token = await offer();

  const elsewhere = await assistant.at(other.url, '2026-07-28');
  const { content } = await elsewhere.call('provider_key_create', { ...order, confirm_token });

  expect(content.status).toBe('ok');
  expect(await stored()).toBe(1);
});

it('what waits to be confirmed is kept as a digest alone: neither token nor arguments are in the database', async () => {
  const { order, offer } = await setting();
  const before = new Set((await waiting()).map(({ digest }) => digest));
  const token = await offer();

  const rows = await test.database.query<{ digest: string; row: string }>(
    'SELECT digest, t::text AS row FROM tool_confirmations t',
  );
  const mine = rows.filter(({ digest }) => !before.has(digest));
  expect(mine).toHaveLength(1);
  expect(mine[0]?.row).toMatch(/^\([\w-]{43},"[\d :.+-]+"\)$/);
  expect(mine[0]?.row).not.toContain(token);
  expect(mine[0]?.row).not.toContain(order.key);
});
