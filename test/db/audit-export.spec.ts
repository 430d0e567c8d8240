import type { StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { DataSource, type Logger } from 'typeorm';
import { OPERATOR } from '../../src/access/principal.js';
import { AuditEventsService } from '../../src/audit/audit-events.service.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { sessionOf } from '../support/sign-in.js';

const EVENTS = 50_000;
const WINDOW = 20_000;

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: Plan[];
}

let test: TestApp;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  await test.app.get(AuditSealer).beforeApplicationShutdown(); // the log is read by exports alone
  await pauseRecurringJobs(test.app);
  staff = (await callingStaff(test)).api;
  await test.database.query(
    `INSERT INTO audit_events (action, request_id, details)
     SELECT 'spec.acted', CASE WHEN n % 10000 = 7 THEN 'rare' END, '{}' FROM generate_series(1, ${EVENTS}) AS n`,
  );
  await test.database.query('VACUUM (ANALYZE) audit_events');
});
afterAll(() => test.close());

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** How many events a statement looks at. */
async function readBy(sql: string, parameters: unknown[]): Promise<number> {
  const [row] = await test.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
    parameters,
  );
  return nodes(row?.['QUERY PLAN'][0].Plan as Plan)
    .filter((node) => node['Relation Name'] === 'audit_events')
    .reduce((sum, node) => sum + node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0), 0);
}

describe(`An export of the audit log among ${EVENTS.toLocaleString('en')} events`, () => {
  const exported = async (query: string): Promise<{ id: number }[]> =>
    (await staff.get(`/api/admin/audit-events/?format=ndjson&${query}`)).text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: number });
  const ids = async (condition: string): Promise<number[]> =>
    (
      await test.database.query<{ id: number }>(
        `SELECT id::int FROM audit_events WHERE ${condition} ORDER BY id`,
      )
    ).map(({ id }) => id);

  /** What is asked of the audit log meanwhile, with what was sent last before each. */
  const recorded = async (
    work: () => Promise<unknown>,
    onStatement: () => void = () => undefined,
  ): Promise<{ sql: string; parameters: unknown[] }[]> => {
    const sent: { sql: string; parameters: unknown[] }[] = [];
    const recording = {
      logQuery: (sql: string, parameters: unknown[] = []) => {
        if (!/SELECT.*FROM "?audit_events/s.test(sql)) return;
        sent.push({ sql, parameters });
        onStatement();
      },
    };
    const source = test.app.get(DataSource);
    const { logger } = source;
    source.logger = recording as Partial<Logger> as Logger;
    try {
      await work();
    } finally {
      source.logger = logger;
    }
    return sent;
  };

  it('of which the filters leave few reads them in windows: no statement looks at more than 20,000', async () => {
    let found: { id: number }[] = [];
    const reading = await recorded(async () => {
      found = await exported('search=rare');
    });
    const rare = await ids(`request_id = 'rare'`);
    expect(rare).toHaveLength(5);
    expect(found.map(({ id }) => id)).toEqual(rare);
    expect(reading.length).toBeGreaterThan(EVENTS / WINDOW);
    for (const { sql, parameters } of reading)
      expect(await readBy(sql, parameters)).toBeLessThanOrEqual(WINDOW);
  });

  it('of an organization is read past nobody else’s events', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    await test.database.query(
      `INSERT INTO audit_events (action, organization_id, details) VALUES ('spec.first', ${org.id}, '{}')`,
    );
    await test.database.query(
      `INSERT INTO audit_events (action, details) SELECT 'spec.between', '{}' FROM generate_series(1, ${WINDOW + 1})`,
    );
    await test.database.query(
      `INSERT INTO audit_events (action, organization_id, details) VALUES ('spec.last', ${org.id}, '{}')`,
    );
    const api = test.api.as(await sessionOf(test, owner));
    let lines: string[] = [];
    const reading = await recorded(async () => {
      const { text } = await api.get(`/api/orgs/${org.id}/audit-events/?format=ndjson`);
      lines = text.split('\n').filter((line) => line !== '');
    });
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
      'spec.first',
      'spec.last',
    ]);
    expect(reading).toHaveLength(4); // the newest id, the window's end, the events, that there is no other window
  });

  it('whose reader has gone away reads no further window', async () => {
    const events = test.app.get(AuditEventsService, { strict: false });
    const file = await events.listAsStaff(OPERATOR, { format: 'ndjson', search: 'no such event' });
    const stream = (file as StreamableFile).getStream();
    let windows = 0;
    const reading = await recorded(
      async () => {
        stream.resume();
        await once(stream, 'close');
      },
      () => {
        windows += 1;
        if (windows === 3) stream.destroy(); // after the newest id and the end of the first window: its events are being read
      },
    );
    expect(reading).toHaveLength(3);
  });

  it('has all that the filters leave, by ascending id, each once', async () => {
    const all = await ids(`action = 'spec.acted'`);
    expect(all).toHaveLength(EVENTS);
    expect((await exported('action=spec.acted')).map(({ id }) => id)).toEqual(all);
  });
});
