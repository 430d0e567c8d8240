import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { RefusalBudget } from '../../src/audit/refusals/refusal-budget.js';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { startTestApp, type TestApp } from '../support/app.js';

interface Event {
  action: string;
  organization_id: number | null;
  actor_id: number | null;
  actor_credential: string | null;
  subject_type: string | null;
  subject_id: number | null;
  user_id: number | null;
  ip: string | null;
  request_id: string | null;
  details: Record<string, unknown>;
}

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** The events of the request with this id, once the log has caught up. */
async function eventsOf(requestId: string): Promise<Event[]> {
  await test.app.get(RefusalLog).settled();
  return test.database.query<Event>(`SELECT * FROM audit_events WHERE request_id = $1`, [requestId]);
}

describe('a credential that is refused makes exactly one audit event (L1)', () => {
  it('an unknown key: its prefix and the reason, and where it came from', async () => {
    const { prefix, text } = newKey();
    const answer = await test.api.as({ key: text }).with({ 'x-request-id': 'unknown-key' }).get('/api/orgs/');
    expect(answer.status).toBe(401);
    const events = await eventsOf('unknown-key');
    expect(events).toMatchObject([
      {
        action: 'access_key.refused',
        actor_id: null,
        actor_credential: null,
        organization_id: null,
        ip: '127.0.0.1',
        details: { reason: 'unknown', prefix, request: 'GET /api/orgs' },
      },
    ]);
  });

  it("a revoked key: whose it is and in whose organization's log it belongs", async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const { id, prefix, key } = await test.make.accessKey(owner, { organization: org });
    await test.database.query(`UPDATE access_keys SET revoked_at = app_now() WHERE id = $1`, [id]);
    await test.api.as({ key }).with({ 'x-request-id': 'revoked-key' }).get('/api/orgs/');
    expect(await eventsOf('revoked-key')).toMatchObject([
      {
        action: 'access_key.refused',
        actor_id: null,
        organization_id: org.id,
        subject_type: 'access_key',
        subject_id: id,
        user_id: owner.id,
        details: { reason: 'revoked', prefix },
      },
    ]);
  });

  const [KEY, BEARER] = ['access_key.refused', 'bearer.refused'];

  it.each([
    ['wrong secret', (key: string) => `Api-Key ${key.slice(0, 9)}${'A'.repeat(32)}`, KEY, 'wrong_secret'],
    ['malformed key', (key: string) => `Api-Key ${key}x`, KEY, 'malformed'],
    ['token that is none', () => 'Bearer x.y.z', BEARER, 'unknown key'],
    ['token header in parts', () => 'Bearer a b', BEARER, 'bad_authorization_header'],
  ])('a %s', async (name, header, action, reason) => {
    const { key } = await test.make.accessKey(await test.make.user());
    const requestId = name.replaceAll(' ', '-');
    await test.api.with({ authorization: header(key), 'x-request-id': requestId }).get('/api/orgs/');
    const events = await eventsOf(requestId);
    expect(events).toMatchObject([{ action, details: { reason } }]);
  });

  it('nothing for a request without a credential: nobody tried anything', async () => {
    await test.api.with({ 'x-request-id': 'no-credential' }).get('/api/orgs/');
    expect(await eventsOf('no-credential')).toEqual([]);
  });
});

it('a flood of one reason from one address is cut off and the rest is counted, whatever the instance (L1)', async () => {
  const other = await test.another();
  const answers = await Promise.all(
    Array.from({ length: 20 + 7 }, () => other.api.as({ session: 'short' }).get('/api/orgs/')),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  await other.close(); // ends the window early, as the minute would
  const [row] = await test.database.query<{ count: string }>(
    `SELECT count(*) FROM audit_events WHERE action = 'session.refused' AND details->>'reason' = 'malformed'`,
  );
  expect(Number(row?.count)).toBe(20);
  expect(
    await test.database.query(`SELECT details FROM audit_events WHERE action = 'refusals.suppressed'`),
  ).toEqual([{ details: { count: 7, kinds: { 'session.refused/malformed': 7 } } }]);
});

it('a flood from very many addresses is cut off as well, and one address does not use up the share of another (L1)', () => {
  const budget = new RefusalBudget();
  const admitted = (address: string): boolean => budget.admit(address, 'access_key.refused/unknown', 0);
  const loud = Array.from({ length: 1_000 }, () => admitted('192.0.2.1')).filter(Boolean);
  expect(loud).toHaveLength(20);
  expect(budget.admit('192.0.2.1', 'access_key.refused/malformed', 0)).toBe(true);
  expect(admitted('192.0.2.2')).toBe(true);
  const many = Array.from({ length: 100_000 }, (_, n) => admitted(`2001:db8::${n.toString(16)}`)).filter(
    Boolean,
  );
  expect(loud.length + 2 + many.length).toBe(600);
  expect(budget.close()?.count).toBe(1_000 + 2 + 100_000 - 600);
  expect(admitted('192.0.2.1')).toBe(true);
});

it('no secret of a refused credential reaches the audit log (L5)', async () => {
  const known = await test.make.accessKey(await test.make.user());
  const canaries = [newKey().text, `${known.prefix}.${'C4n4ry'.repeat(6).slice(0, 32)}`];
  for (const canary of canaries) {
    await test.api
      .as({ key: canary })
      .with({ 'user-agent': `curl ${canary}` })
      .get('/api/orgs/?q=' + canary);
    await test.api.as({ bearer: canary }).get('/api/orgs/');
    await test.api.as({ session: canary }).get('/api/orgs/');
  }
  await test.app.get(RefusalLog).settled();
  const rows = await test.database.query<{ text: string }>(`SELECT e::text AS text FROM audit_events e`);
  const log = rows.map(({ text }) => text).join('\n');
  expect(log).toContain(known.prefix);
  for (const canary of canaries) {
    const secret = canary.slice(9);
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]) {
      expect(log).not.toContain(form);
    }
  }
});
