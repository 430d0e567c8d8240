import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember } from '../support/callers.js';

let test: TestApp;
let org: { id: number };
let owner: Caller;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
afterEach(() => test.database.shiftClock(0));
beforeEach(async () => {
  org = await test.make.org();
  owner = await callingMember(test, org, 'Owner');
});

const calls = (query = '', { api }: Caller = owner) => api.get(`/api/orgs/${org.id}/call-summaries/${query}`);

async function storeKey(type: string, name: string): Promise<number> {
  const { status, body } = await owner.api.post(`/api/orgs/${org.id}/api-keys/`, {
    key_type: type,
    name,
    key: `provider-key-${type}-0123456789abcdef`,
  });
  expect(status).toBe(201);
  return body.id as number;
}

/** Of a day before today: what was folded of it. */
async function folded(key: number, daysAgo: number, [total, succeeded, failed]: number[]): Promise<string> {
  const [row] = await test.database.query<{ day: string }>(
    `INSERT INTO call_summaries (provider_key_id, day, calls, succeeded, failed, last_call_at)
     VALUES ($1, (app_now() AT TIME ZONE 'UTC')::date - $2::integer, $3, $4, $5, app_now() - make_interval(days => $2))
     RETURNING day::text`,
    [key, daysAgo, total, succeeded, failed],
  );
  return row?.day ?? '';
}

describe('GET /api/orgs/{org_pk}/call-summaries/', () => {
  it('a row per provider key, with the days on which it was used, newest first, and their sums', async () => {
    const [used, unused] = [await storeKey('H', 'used'), await storeKey('T', 'unused')];
    const older = await folded(used, 3, [5, 3, 1]);
    const newer = await folded(used, 1, [2, 2, 0]);
    const { status, body } = await calls();
    expect(status).toBe(200);
    expect(body).toEqual({
      count: 2,
      next: null,
      previous: null,
      results: [
        {
          id: used,
          key_type: 'H',
          name: 'used',
          enabled: true,
          calls: 7,
          succeeded: 5,
          failed: 1,
          days: [
            { date: newer, calls: 2, succeeded: 2, failed: 0 },
            { date: older, calls: 5, succeeded: 3, failed: 1 },
          ],
        },
        {
          id: unused,
          key_type: 'T',
          name: 'unused',
          enabled: true,
          calls: 0,
          succeeded: 0,
          failed: 0,
          days: [],
        },
      ],
    });
    const single = await owner.api.get(`/api/orgs/${org.id}/api-keys/${used}/call-summaries/`);
    expect(body.results[0].days).toEqual(single.body.results);
  });

  it('tells of the last 30 days, today among them, unless it is told otherwise', async () => {
    const key = await storeKey('H', 'thirty');
    const [today, first, before] = [
      await folded(key, 0, [1, 1, 0]),
      await folded(key, 29, [2, 2, 0]),
      await folded(key, 30, [4, 4, 0]),
    ];
    const dates = async (query: string) =>
      (await calls(query)).body.results[0].days.map(({ date }: { date: string }) => date) as string[];
    expect(await dates('')).toEqual([today, first]);
    expect(await dates(`?date_from=${before}`)).toEqual([today, first, before]);
    expect(await dates(`?date_to=${first}`)).toEqual([first, before]);
    expect(await dates(`?date_from=${first}&date_to=${first}`)).toEqual([first]);
    expect(await dates(`?date_from=${today}&date_to=${first}`)).toEqual([]);
  });

  it('takes 366 days and no more, and tells by field what a filter can not be', async () => {
    await storeKey('H', 'year');
    expect((await calls('?date_from=2027-12-31&date_to=2028-12-30')).status).toBe(200);
    expect(await calls('?date_from=2027-12-31&date_to=2028-12-31')).toMatchObject({
      status: 400,
      body: { date_from: ['Ask for 366 days at most.'] },
    });
    expect(await calls('?date_from=2020-01-01')).toMatchObject({ status: 400 });
    expect(await calls('?date_from=2028-13-01&date_to=tomorrow&key_type=Z')).toMatchObject({
      status: 400,
      body: {
        date_from: ['Enter a valid date.'],
        date_to: ['Enter a valid date.'],
        key_type: ['Select a valid choice. Z is not one of the available choices.'],
      },
    });
    expect((await calls('?page=2')).status).toBe(404);
  });

  it('narrows by type, searches by name, orders, and pages', async () => {
    const [first, second] = [await storeKey('H', 'Berlin desk'), await storeKey('T', 'Zurich desk')];
    const ids = async (query: string) =>
      (await calls(query)).body.results.map(({ id }: { id: number }) => id) as number[];
    expect(await ids('?key_type=T')).toEqual([second]);
    expect(await ids('?search=berlin')).toEqual([first]);
    expect(await ids('?ordering=-name')).toEqual([second, first]);
    expect(await ids('?page_size=1&page=2')).toEqual([second]);
  });

  it("tells nothing of another organization's keys; every role sees its own, who lacks the permission is 403", async () => {
    await storeKey('H', 'own');
    const viewer = await callingMember(test, org, 'Viewer');
    expect((await calls('', viewer)).body.count).toBe(1);
    const stranger = await callingMember(test, await test.make.org(), 'Owner');
    expect(await calls('', stranger)).toMatchObject({
      status: 404,
      text: '{"detail":"Not found.","code":"not_found"}',
    });
    const without = await test.make.role(org, ['provider_key.view']);
    expect(await calls('', await callingMember(test, org, without))).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    expect((await test.api.get(`/api/orgs/${org.id}/call-summaries/`)).status).toBe(401);
  });
});
