import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember, callingStaff } from '../support/callers.js';

let test: TestApp;
let org: { id: number };
let auditor: Caller;
beforeAll(async () => {
  test = await startTestApp();
});
beforeEach(async () => {
  org = await test.make.org();
  auditor = await callingMember(test, org, 'Administrator');
  await test.database.query('UPDATE access_keys SET revoked_at = app_now() WHERE user_id = $1', [auditor.id]);
  auditor = {
    ...auditor,
    api: test.api.as(await test.make.accessKey(auditor, { organization: org, expiresInSeconds: 600 })),
  };
});
afterAll(() => test.close());

const review = (query = '') => auditor.api.get(`/api/orgs/${org.id}/access-keys/review/${query}`);
const breachesOf = async ({ id }: { id: number }): Promise<string[]> => {
  const rows = (await review()).body.results as { id: number; breaches: string[] }[];
  return rows.find((row) => row.id === id)?.breaches ?? ['not listed'];
};
const change = (sql: string, { id }: { id: number }) =>
  test.database.query(`UPDATE access_keys SET ${sql} WHERE id = $1`, [id]);

describe('GET /api/orgs/{org_pk}/access-keys/review/', () => {
  it('tells of each key who made it, for whom, through what, level, age, expiry and last use', async () => {
    const staff = await callingStaff(test);
    const member = await test.make.member(org, 'Viewer');
    const { body: key } = await staff.api.post('/api/admin/access-keys/', {
      user: member.id,
      organization: org.id,
      access_level: 'read_only',
      name: 'Nightly',
    });
    await change(
      `created_at = created_at - interval '10 days', last_used_at = app_now()`,
      key as { id: number },
    );
    const { status, body } = await review(`?user=${member.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      count: 1,
      next: null,
      previous: null,
      results: [
        {
          id: key.id,
          name: 'Nightly',
          prefix: key.prefix,
          user: { id: member.id, email: member.email },
          organization: org.id,
          access_level: 'read_only',
          status: 'active',
          created_by: { id: staff.id, email: staff.email },
          issued_via: key.issued_via,
          created_at: expect.any(String) as string,
          age_days: 10,
          expires_at: null,
          last_used_at: expect.any(String) as string,
          breaches: ['no_expiry', 'against_policy'],
        },
      ],
    });
  });

  it('names every breach: never used, unused 90 days, no expiry, longer than policy, user-wide, owner inactive', async () => {
    const member = await test.make.member(org, 'Viewer');
    const fresh = (over: object = {}) =>
      test.make.accessKey(member, { organization: org, expiresInSeconds: 600, ...over });
    const fine = await fresh();
    await change('last_used_at = app_now()', fine);
    expect(await breachesOf(fine)).toEqual([]);
    const unused = await fresh();
    expect(await breachesOf(unused)).toEqual(['never_used']);
    await change(`created_at = app_now() - interval '90 days'`, unused);
    expect(await breachesOf(unused)).toEqual(['never_used', 'unused_90_days']);
    const stale = await fresh();
    await change(`last_used_at = app_now() - interval '91 days'`, stale);
    expect(await breachesOf(stale)).toEqual(['unused_90_days']);
    const long = await fresh({ expiresInSeconds: 366 * 86_400 });
    await change('last_used_at = app_now()', long);
    expect(await breachesOf(long)).toEqual(['longer_than_policy', 'against_policy']);
    const wide = await fresh({ organization: undefined });
    await change('last_used_at = app_now(), expires_at = NULL', wide);
    expect(await breachesOf(wide)).toEqual(['no_expiry', 'user_wide']);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [member.id]);
    expect(await breachesOf(fine)).toEqual(['owner_inactive']);
    await test.database.query('UPDATE users SET is_active = true WHERE id = $1', [member.id]);
    await test.database.query('DELETE FROM members WHERE id = $1', [member.memberId]);
    expect(await breachesOf(fine)).toEqual(['owner_inactive']);
  });

  it('a dead key is listed and breaches nothing; filters and orders narrow the review', async () => {
    const member = await test.make.member(org, 'Viewer');
    const [dead, live] = [await test.make.accessKey(member), await test.make.accessKey(member)];
    await change('revoked_at = app_now()', dead);
    const ids = async (query: string) =>
      (await review(query)).body.results.map(({ id }: { id: number }) => id) as number[];
    expect(await breachesOf(dead)).toEqual([]);
    expect(await ids(`?user=${member.id}&breach=no_expiry`)).toEqual([live.id]);
    expect(await ids(`?user=${member.id}&status=revoked`)).toEqual([dead.id]);
    expect(await ids(`?user=${member.id}&ordering=-id&page_size=1&page=last`)).toEqual([dead.id]);
    expect(await ids(`?search=${member.email}`)).toEqual([dead.id, live.id]);
    expect(await review('?breach=none&format=xml')).toMatchObject({
      status: 400,
      body: {
        breach: ['Select a valid choice. none is not one of the available choices.'],
        format: ['Select a valid choice. xml is not one of the available choices.'],
      },
    });
  });

  it('as CSV: all keys at once, RFC 4180, and no cell that a spreadsheet would run', async () => {
    const member = await test.make.member(org, 'Viewer');
    const key = await test.make.accessKey(member, { organization: org, level: 'read_only' });
    await change(`name = '=HYPERLINK("x"), "y"'`, key);
    const { status, headers, text } = await review(`?format=csv&user=${member.id}&page_size=1`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(headers.get('content-disposition')).toContain('attachment');
    const [header, first, ...rest] = text.split('\r\n');
    expect(header).toBe(
      '"id","name","prefix","user_id","user_email","organization","access_level","status","created_by_id","created_by_email",' +
        '"issued_via","created_at","age_days","expires_at","last_used_at","breaches"',
    );
    expect(first).toMatch(
      new RegExp(
        `^${key.id},"'=HYPERLINK\\(""x""\\), ""y""","${key.prefix}",${member.id},"${member.email}",${org.id},"read_only","active",,,"cli",` +
          `[^,]+Z,0,,,"never_used no_expiry against_policy"$`,
      ),
    );
    expect(rest).toEqual(['']);
  });

  it.each([
    ['=1+1', `"'=1+1"`],
    ["x;=cmd|' /C calc'!A0", `"x;'=cmd|' /C calc'!A0"`],
    ['a\t=1', `"a\t'=1"`],
    ['a,-1', `"a,'-1"`],
    ['a,,@SUM(1)', `"a,,'@SUM(1)"`],
    ['\uFF1D1+1', `"'\uFF1D1+1"`],
    ['a;\uFF0B1', `"a;'\uFF0B1"`],
    ['\uFF0D1', `"'\uFF0D1"`],
    ['\uFF20x', `"'\uFF20x"`],
    ['x;"=1+1;', `"x;'""=1+1;"`],
    ['a,""@SUM(1)', `"a,'""""@SUM(1)"`],
    ['"-1', `"'""-1"`],
    ['a-b = c', '"a-b = c"'],
    ['a;"b=c"', '"a;""b=c"""'],
    ['say "so"', '"say ""so"""'],
  ])('as CSV the name %j stands as %j', async (name, cell) => {
    const member = await test.make.member(org, 'Viewer');
    const key = await test.make.accessKey(member, { organization: org });
    await test.database.query('UPDATE access_keys SET name = $1 WHERE id = $2', [name, key.id]);
    const { text } = await review(`?format=csv&user=${member.id}`);
    expect(text.split('\r\n')[1]?.startsWith(`${key.id},${cell},"${key.prefix}",`)).toBe(true);
  });

  it('more keys than one statement of the export reads are all there, once', async () => {
    const member = await test.make.member(org, 'Viewer');
    await test.database.query(
      `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via)
       SELECT 'R' || lpad(n::text, 7, '0'), sha256(n::text::bytea), $1, $2, 'read_only', 'many', 'cli' FROM generate_series(1, 4001) n`,
      [member.id, org.id],
    );
    const lines = (await review(`?format=csv&user=${member.id}`)).text.trimEnd().split('\r\n').slice(1);
    expect(lines).toHaveLength(4001);
    expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(4001);
  });

  it('holds nothing of other tenants, and no address', async () => {
    const elsewhere = await test.make.org();
    const member = await test.make.member(org, 'Viewer');
    await test.make.member(elsewhere, 'Owner', member);
    const foreign = await test.make.accessKey(member, { organization: elsewhere });
    const own = await test.make.accessKey(member, { organization: org });
    await change(`last_used_ip = '192.0.2.7', last_used_at = app_now()`, own);
    for (const query of ['', '?format=csv']) {
      const { status, text } = await review(query);
      expect(status).toBe(200);
      expect(text).toContain(own.prefix);
      expect(text).not.toMatch(new RegExp(`${foreign.prefix}|192\\.0\\.2\\.7`));
    }
    expect((await auditor.api.get(`/api/orgs/${elsewhere.id}/access-keys/review/`)).status).toBe(404);
    const viewer = await callingMember(test, org, 'Viewer');
    expect((await viewer.api.get(`/api/orgs/${org.id}/access-keys/review/?format=csv`)).status).toBe(403);
  });
});

describe('GET /api/admin/access-keys/review/', () => {
  const PATH = '/api/admin/access-keys/review/';
  let staff: Caller;
  beforeAll(async () => {
    staff = await callingStaff(test);
  });

  it('reviews the keys of all organizations, each by the policy of its own, and user-wide ones by none', async () => {
    const member = await test.make.member(org, 'Viewer');
    const strict = await test.make.org();
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 1 WHERE id = $1', [
      strict.id,
    ]);
    await test.make.member(strict, 'Viewer', member);
    const twoDays = { expiresInSeconds: 2 * 86_400 };
    const [fine, long, wide] = [
      await test.make.accessKey(member, { organization: org, ...twoDays }),
      await test.make.accessKey(member, { organization: strict, ...twoDays }),
      await test.make.accessKey(member, twoDays),
    ];
    for (const key of [fine, long, wide]) await change('last_used_at = app_now()', key);
    const { body } = await staff.api.get(`${PATH}?user=${member.id}`);
    expect(body.results).toMatchObject([
      { id: fine.id, organization: org.id, user: { email: member.email }, breaches: [] },
      { id: long.id, organization: strict.id, breaches: ['longer_than_policy', 'against_policy'] },
      { id: wide.id, organization: null, breaches: ['user_wide'] },
    ]);
    await test.database.query('DELETE FROM members WHERE id = $1', [member.memberId]);
    const after = await staff.api.get(`${PATH}?user=${member.id}&breach=owner_inactive`);
    expect(after.body.results).toMatchObject([{ id: fine.id }]);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [member.id]);
    expect((await staff.api.get(`${PATH}?user=${member.id}&breach=owner_inactive`)).body.count).toBe(3);
  });

  it('judges each key as if its organization had the policy that is proposed, and changes none', async () => {
    const member = await test.make.member(org, 'Viewer');
    const twoDays = { organization: org, expiresInSeconds: 2 * 86_400 };
    const [short, idle] = [
      await test.make.accessKey(member, { organization: org, expiresInSeconds: 3600 }),
      await test.make.accessKey(member, twoDays),
    ];
    await change(`last_used_at = app_now()`, short);
    await change(`last_used_at = app_now() - interval '5 days'`, idle);
    const against = async (proposed: string): Promise<number[]> => {
      const answers = [
        await staff.api.get(`${PATH}?user=${member.id}&breach=against_policy&ordering=id&${proposed}`),
        await review(`?user=${member.id}&breach=against_policy&ordering=id&${proposed}`),
      ];
      const [all, own] = answers.map(({ body }) => (body.results as { id: number }[]).map(({ id }) => id));
      expect(own).toEqual(all);
      return all ?? [];
    };
    expect(await against('')).toEqual([]);
    expect(await against('longest_key_lifetime_days=1')).toEqual([idle.id]);
    expect(await against('longest_unused_days=4')).toEqual([idle.id]);
    expect(await against('longest_unused_days=6')).toEqual([]);
    await test.database.query(
      'UPDATE organizations SET longest_unused_days = 1, longest_key_lifetime_days = 1 WHERE id = $1',
      [org.id],
    );
    expect(await against('')).toEqual([idle.id]);
    expect(await against('longest_unused_days=0')).toEqual([idle.id]);
    expect(await against('longest_unused_days=0&longest_key_lifetime_days=2')).toEqual([]);
    const bad = await staff.api.get(`${PATH}?longest_unused_days=x&longest_key_lifetime_days=0`);
    expect(bad).toMatchObject({
      status: 400,
      body: {
        longest_unused_days: ['Enter a number.'],
        longest_key_lifetime_days: ['Ensure this value is greater than or equal to 1.'],
      },
    });
  });

  it('narrows to an organization, tells bad filters by field, and is a CSV on request', async () => {
    const member = await test.make.member(org, 'Viewer');
    const confined = await test.make.accessKey(member, { organization: org });
    await test.make.accessKey(member);
    const { body } = await staff.api.get(`${PATH}?organization=${org.id}&user=${member.id}`);
    expect(body.results).toMatchObject([{ id: confined.id }]);
    expect(await staff.api.get(`${PATH}?organization=x&breach=none`)).toMatchObject({
      status: 400,
      body: {
        organization: ['Enter a number.'],
        breach: ['Select a valid choice. none is not one of the available choices.'],
      },
    });
    const csv = await staff.api.get(`${PATH}?format=csv&user=${member.id}`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.text.trimEnd().split('\r\n')).toHaveLength(3);
  });

  it('is there for staff alone', async () => {
    const text = '{"detail":"Not found.","code":"not_found"}';
    expect(await auditor.api.get(PATH)).toMatchObject({ status: 404, text });
    expect((await test.api.get(PATH)).status).toBe(401);
  });
});
