import { Acts } from '../../src/acts/acts.js';
import { asOperator } from '../../src/acts/authority.js';
import { KeyMinting } from '../../src/api-access-keys/life/minting.js';
import { type ClearKey, newKey } from '../../src/api-access-keys/key-format.js';
import { startTestApp, type TestApp } from '../support/app.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** Issues a key while the generator draws these, in order. */
async function mintWith(userId: number, draws: ClearKey[]): Promise<string> {
  const minting = new KeyMinting(() => draws.shift() ?? newKey());
  const plan = {
    userId,
    organizationId: null,
    accessLevel: 'full_access',
    name: 'Drawn',
    expiresAt: null,
    admin: false,
    renewableUntil: null,
    renewalBound: false,
    allowedNetworks: null,
    networksSetAs: null,
  } as const;
  const issued = await test.app
    .get(Acts)
    .run(asOperator(), (act) => minting.mint(act, plan, 'access_key.issued'));
  return issued.key;
}

const drawnAgain = (prefix: string): ClearKey => ({ prefix, text: `${prefix}.${newKey().text.slice(9)}` });

describe('A prefix that is taken (A5)', () => {
  it('drawn twice, then a free one: the new key works, and so does the old one', async () => {
    const user = await test.make.member(await test.make.org(), 'Viewer');
    const old = await test.make.accessKey(user);
    const key = await mintWith(user.id, [drawnAgain(old.prefix), drawnAgain(old.prefix)]);
    expect(key.slice(0, 8)).not.toBe(old.prefix);
    expect((await test.api.as({ key }).get('/api/orgs/')).status).toBe(200);
    expect((await test.api.as(old).get('/api/orgs/')).status).toBe(200);
  });

  it('drawn five times in a row: 503, and nothing is written', async () => {
    const user = await test.make.user();
    const { prefix } = await test.make.accessKey(user);
    const count = () => test.database.query('SELECT count(*) FROM access_keys');
    const before = await count();
    await expect(
      mintWith(
        user.id,
        Array.from({ length: 5 }, () => drawnAgain(prefix)),
      ),
    ).rejects.toMatchObject({ status: 503 });
    expect(await count()).toEqual(before);
  });
});
