import type { StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { anonymous, type Principal } from '../../src/access/principal.js';
import { AuditEventsService } from '../../src/audit/audit-events.service.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';

let test: TestApp;
let org: { id: number };
let reader: Client;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  org = await test.make.org();
  reader = test.api.as(await test.make.accessKey(await test.make.member(org, 'Administrator')));
  staff = test.api.as(await test.make.accessKey(await test.make.user({ staff: true }), { admin: true }));
});
afterAll(() => test.close());

interface Recorded {
  organizationId?: number | null;
  action?: string;
  actor?: number;
  user?: number;
  subject?: { type: string; id: number };
  details?: Record<string, unknown>;
  userAgent?: string;
}

function record({
  organizationId = org.id,
  action = 'spec.acted',
  actor,
  user,
  userAgent = 'spec',
  ...rest
}: Recorded) {
  return test.app.get(DataSource).transaction((manager) =>
    test.app.get(AuditService).record(manager, {
      by: {
        ...anonymous({ ip: '192.0.2.9', userAgent, requestId: 'r-9' }),
        userId: actor ?? null,
        credential: actor ? { scheme: 'jwt', familyId: actor, expiresAt: new Date(0) } : null,
      },
      action,
      organizationId,
      userId: user ?? null,
      ...rest,
    }),
  );
}

const path = (query = '', organization = org): string => `/api/orgs/${organization.id}/audit-events/${query}`;
const resultsOf = ({ body }: Answer): Record<string, unknown>[] =>
  (body as unknown as { results: Record<string, unknown>[] }).results;
const lines = (text: string): { id: number; action: string }[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { id: number; action: string });

describe('GET /api/orgs/{org_pk}/audit-events/', () => {
  beforeAll(() =>
    record({
      action: 'access_key.issued',
      actor: 41,
      user: 42,
      subject: { type: 'access_key', id: 43 },
      details: { name: 'Nightly job' },
    }),
  );

  it('200 tells who did what, to what, for whom, through which credential, from where and in which request (L1)', async () => {
    const answer = await reader.get(path('?action=access_key.issued'));
    expect(answer).toMatchObject({ status: 200, body: { count: 1, next: null, previous: null } });
    expect(resultsOf(answer)[0]).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      action: 'access_key.issued',
      organization: org.id,
      actor: 41,
      credential: 'jwt:41',
      subject_type: 'access_key',
      subject_id: 43,
      user: 42,
      ip: '192.0.2.9',
      user_agent: 'spec',
      request_id: 'r-9',
      details: { name: 'Nightly job' },
    });
  });

  it.each([
    ['actor=41', 1],
    ['actor=42', 0],
    ['user=42', 1],
    ['subject_type=access_key&subject_id=43', 1],
    ['credential=jwt:41', 1],
    ['credential=%20&subject_id=43', 1],
    ['action=%20&subject_type=+&actor=41', 1],
    ['search=nightly', 1],
    ['search=192.0.2.9&action=access_key.issued', 1],
    ['search=%25', 0],
    ['since=2999-01-01T00:00:00Z', 0],
    ['until=2999-01-01T00:00:00Z&action=access_key.issued', 1],
    ['until=2001-01-01T00:00:00%2B02:00', 0],
    ['until=2001-01-01T00:00:00%2B23:59', 0], // PostgreSQL itself knows no zone so far away
    ['since=2999-01-01T00:00:00-16:00', 0],
  ])('200 filtered by ?%s, in the page and in the export alike', async (query, count) => {
    expect(await reader.get(path(`?${query}`))).toMatchObject({ status: 200, body: { count } });
    expect(lines((await reader.get(path(`?format=ndjson&${query}`))).text)).toHaveLength(count);
  });

  it('200 with the newest first, or in the order that is asked for', async () => {
    for (const action of ['order.b', 'order.c', 'order.a']) await record({ action });
    const actions = async (query: string): Promise<unknown> =>
      resultsOf(await reader.get(path(`?search=order.&${query}`))).map(({ action }) => action);
    expect(await actions('')).toEqual(['order.a', 'order.c', 'order.b']);
    expect(await actions('ordering=id')).toEqual(['order.b', 'order.c', 'order.a']);
    expect(await actions('ordering=-action')).toEqual(['order.c', 'order.b', 'order.a']);
    expect(await actions('ordering=details')).toEqual(['order.a', 'order.c', 'order.b']);
  });

  it('400 tells every bad filter by name', async () => {
    expect(await reader.get(path('?actor=me&since=yesterday&format=csv'))).toMatchObject({
      status: 400,
      body: {
        actor: ['Enter a number.'],
        since: ['Enter a valid date/time.'],
        format: ['Select a valid choice. csv is not one of the available choices.'],
      },
    });
  });

  it("404 and 403: another organization's log isn't there, one's own needs the permission", async () => {
    const other = await test.make.org();
    await record({ organizationId: other.id, action: 'other.acted' });
    expect(await reader.get(path('', other))).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await reader.get(path('?search=other.acted'))).toMatchObject({ body: { count: 0 } });
    const viewer = test.api.as(await test.make.accessKey(await test.make.member(org, 'Viewer')));
    expect(await viewer.get(path())).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(await reader.post(path(), {})).toMatchObject({ status: 405 });
  });

  it('a refused permission and a refused level are in the log themselves, with who was refused (L1)', async () => {
    const viewer = await test.make.member(org, 'Viewer');
    const viewing = await test.make.accessKey(viewer);
    await test.api.as(viewing).with({ 'x-request-id': 'no-role' }).get(path());
    const readOnly = await test.make.accessKey(await test.make.member(org, 'Owner'), { level: 'read_only' });
    const refused = test.api.as(readOnly).with({ 'x-request-id': 'no-level' });
    expect(await refused.patch(`/api/orgs/${org.id}/`, {})).toMatchObject({
      body: { code: 'read_only_key' },
    });
    await test.app.get(RefusalLog, { strict: false }).settled();
    const events = async (action: string): Promise<unknown> =>
      resultsOf(await reader.get(path(`?action=${action}`))).filter(({ request_id: id }) =>
        ['no-role', 'no-level'].includes(String(id)),
      );
    expect(await events('permission.refused')).toMatchObject([
      {
        actor: viewer.id,
        credential: `access_key:${viewing.id}`,
        details: { reason: 'permission_denied', request: 'GET /api/orgs/:org_pk/audit-events' },
      },
    ]);
    expect(await events('access_level.refused')).toMatchObject([
      { credential: `access_key:${readOnly.id}`, details: { reason: 'read_only_key' } },
    ]);
  });

  it('by its subject a rotation is found from both of its keys, and from no other (contract §4)', async () => {
    const user = await test.make.member(org, 'Analyst');
    const make = () => test.make.accessKey(user, { organization: org });
    const [old, other] = [await make(), await make()];
    const { body: successor } = await test.api.as(old).post('/api/auth/access-keys/current/rotate/', {});
    const rotations = async (id: number, type = '&subject_type=access_key') =>
      resultsOf(await reader.get(path(`?action=access_key.rotated&subject_id=${id}${type}`)));
    for (const id of [old.id, successor.id]) {
      for (const found of [await rotations(id), await rotations(id, '')]) {
        expect(found).toEqual([
          expect.objectContaining({ subject_type: 'access_key', subject_id: successor.id }),
        ]);
      }
    }
    expect(await rotations(other.id)).toEqual([]);
    expect(await rotations(old.id, '&subject_type=member')).toEqual([]);
  });
});

describe('?format=ndjson', () => {
  it('streams every event that was there when it began, once and in order, while others are added', async () => {
    const busy = await test.make.org();
    const auditor = test.api.as(await test.make.accessKey(await test.make.member(busy, 'Owner')));
    await test.database.query(
      `INSERT INTO audit_events (action, organization_id, details)
       SELECT 'bulk.acted', $1, jsonb_build_object('n', n, 'text', repeat('x', 200)) FROM generate_series(1, 5000) n`,
      [busy.id],
    );
    const before = await test.database.query<{ id: string }>(
      `SELECT id FROM audit_events WHERE organization_id = $1 ORDER BY id`,
      [busy.id],
    );
    let writing = true;
    const writers = [1, 2, 3].map(async () => {
      while (writing) await record({ organizationId: busy.id });
    });
    const answer = await auditor.get(path('?format=ndjson', busy));
    writing = false;
    await Promise.all(writers);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const ids = lines(answer.text).map(({ id }) => id);
    expect(ids.slice(0, before.length)).toEqual(before.map(({ id }) => Number(id)));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('holds no more than two batches in memory for a reader that does not read', async () => {
    await test.database.query(
      `INSERT INTO audit_events (action, details)
       SELECT 'slow.acted', jsonb_build_object('text', repeat('x', 1000)) FROM generate_series(1, 5000)`,
    );
    const query = { format: 'ndjson', action: 'slow.acted' } as const;
    const list = await test.app.get(AuditEventsService).listAsStaff({} as Principal, query);
    const stream = (list as StreamableFile).getStream();
    await once(stream, 'readable');
    for (let n = 0; n < 20; n += 1) await reader.get(path());
    expect(stream.readableLength).toBeLessThan(2 * 500 * 1_500);
    stream.destroy();
  });

  it('is one valid JSON object a line, whatever callers put into their names (L3)', async () => {
    const nasty = 'a\r\nb\u001b[31m\u202egnp.exe\u2028\u0085\u2066"}\n{"forged": true}';
    await record({ action: 'nasty.acted', userAgent: nasty, details: { name: nasty } });
    const { text } = await reader.get(path('?format=ndjson&action=nasty.acted'));
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(text)).toMatchObject({ user_agent: nasty, details: { name: nasty } });
  });

  it('answers HEAD without reading the log', async () => {
    const { status, headers, text } = await reader.send('HEAD', path('?format=ndjson'));
    expect([status, headers.get('content-type'), text]).toEqual([200, 'application/x-ndjson', '']);
  });
});

describe('GET /api/admin/audit-events/', () => {
  it('200 shows staff every organization and what belongs to none, 404 to anyone else', async () => {
    const other = await test.make.org();
    await record({ organizationId: other.id, action: 'everywhere.acted' });
    await record({ organizationId: null, action: 'everywhere.acted' });
    const admin = '/api/admin/audit-events/?action=everywhere.acted';
    expect(await staff.get(admin)).toMatchObject({ status: 200, body: { count: 2 } });
    expect(await staff.get(`${admin}&organization=${other.id}`)).toMatchObject({ body: { count: 1 } });
    expect(lines((await staff.get(`${admin}&format=ndjson`)).text)).toHaveLength(2);
    expect(await reader.get(admin)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await reader.get(path(`?organization=${other.id}&action=everywhere.acted`))).toMatchObject({
      body: { count: 0 },
    });
  });
});
