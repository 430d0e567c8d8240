import fc from 'fast-check';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { anonymous } from '../../src/access/principal.js';
import { AuditHeads } from '../../src/audit/chain/audit-heads.js';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { AuditService } from '../../src/audit/audit.service.js';
import type { Finding, Problem } from '../../src/audit/verification/findings.js';
import { EVENT_COLUMNS, type EventRow } from '../../src/audit/chain/canonical.js';
import { linkHash } from '../../src/audit/chain/chain.js';
import type { Head } from '../../src/audit/chain/head.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';

const CHAINS = ['none', 'organization:1', 'organization:2'];
const EVENTS_PER_CHAIN = 24;
const RUNS = 1_000;
const TABLES = ['audit_events', 'audit_links', 'audit_heads', 'audit_unsealed'];

let test: TestApp;
let attacker: Client;
let heads: readonly Head[];

/** Three chains, sealed in eight batches, and copies of all tables to set everything right again. */
beforeAll(async () => {
  test = await startTestApp();
  await test.app.get(AuditSealer).beforeApplicationShutdown(); // only this spec seals
  for (let n = 0; n < EVENTS_PER_CHAIN; n += 1) {
    for (const organizationId of [null, 1, 2]) await record(n, organizationId);
    if (n % 3 === 2) await test.app.get(AuditSealer).seal();
  }
  ({ heads } = await test.app.get(AuditHeads).export());
  attacker = new Client({ connectionString: test.database.superuserUrl });
  await attacker.connect();
  await sql('SET session_replication_role = replica; CREATE SCHEMA pristine');
  for (const table of TABLES) await sql(`CREATE TABLE pristine.${table} AS TABLE public.${table}`);
});
afterAll(async () => {
  await attacker.end();
  await test.close();
});

function record(n: number, organizationId: number | null): Promise<void> {
  const filled = n % 2 === 0;
  return test.app.get(DataSource).transaction((manager) =>
    test.app.get(AuditService).record(manager, {
      by: {
        ...anonymous({
          ip: filled ? '192.0.2.1' : null,
          userAgent: filled ? 'curl' : null,
          requestId: `r-${n}`,
        }),
        userId: filled ? n + 1 : null,
        credential: filled ? { scheme: 'jwt', familyId: n + 1, expiresAt: new Date(0) } : null,
      },
      action: `spec.act_${n}`,
      organizationId,
      ...(filled && { subject: { type: 'access_key', id: n + 1 }, userId: n + 2 }),
      details: { n, amount: 12.5, nested: { list: [1, 'two', null], text: `é ${n}` } },
    }),
  );
}

/** As superuser, with triggers off, as somebody who got hold of the database would. Gives the last statement's rows. */
async function sql<T extends object>(text: string): Promise<T[]> {
  const results = (await attacker.query(text)) as unknown as { rows: T[] } | { rows: T[] }[];
  return [results].flat().at(-1)?.rows ?? [];
}

async function restore(): Promise<void> {
  await sql(
    TABLES.map(
      (table) =>
        `DELETE FROM ${table}; INSERT INTO ${table} ${table === 'audit_events' ? 'OVERRIDING SYSTEM VALUE' : ''}
         SELECT * FROM pristine.${table};`,
    ).join(' '),
  );
}

/** A place in a chain and the event there. */
interface Place {
  chain: string;
  sequence: number;
  event: number;
}
async function at(chain: string, sequence: number): Promise<Place> {
  const [row] = await sql<{ event_id: string }>(
    `SELECT event_id FROM audit_links WHERE chain = '${chain}' AND sequence = ${sequence}`,
  );
  return { chain, sequence, event: Number(row?.event_id) };
}
const where = ({ chain, sequence }: Omit<Place, 'event'>): string =>
  `chain = '${chain}' AND sequence = ${sequence}`;

/** Changes something and says what must be found; `evidence`: only with heads that were kept outside. */
interface Alteration {
  name: string;
  apply(): Promise<Partial<Finding>[]>;
  evidence?: boolean;
}

const chain = fc.constantFrom(...CHAINS);
const sequence = fc.integer({ min: 1, max: EVENTS_PER_CHAIN });
const twoPlaces = fc
  .uniqueArray(sequence, { minLength: 2, maxLength: 2 })
  .map(([a = 1, b = 2]) => [a, b] as const);

/** For each column, SQL that makes another value of it. */
const EDITS: Record<string, string[]> = {
  at: [
    `at + interval '1 microsecond'`,
    `at - interval '3 days'`,
    `'infinity'`,
    `(to_char(at, 'YYYY-MM-28 HH24:MI:SS.USOF') || ' BC')::timestamptz`,
  ],
  action: [`action || ' '`, `upper(action)`, `''`],
  organization_id: [`coalesce(organization_id, 0) + 1`, `nullif(9, organization_id)`],
  actor_id: [`coalesce(actor_id, 0) + 1`, `CASE WHEN actor_id IS NULL THEN 7 END`],
  actor_credential: [`coalesce(actor_credential, '') || '1'`],
  subject_type: [`coalesce(subject_type, '') || 's'`, `CASE WHEN subject_type IS NULL THEN '' END`],
  subject_id: [`coalesce(subject_id, 0) + 1`, `CASE WHEN subject_id IS NULL THEN 0 END`],
  user_id: [`coalesce(user_id, 0) - 1`],
  ip: [`coalesce(ip, '') || '0'`, `CASE WHEN ip IS NULL THEN 'x' END`],
  user_agent: [`coalesce(user_agent, '') || U&'\\202E'`],
  request_id: [`reverse(request_id) || '-'`, `NULL`],
  details: [
    `jsonb_set(details, '{n}', '12345678901234567890')`,
    `jsonb_set(details, '{amount}', '12.50')`,
    `jsonb_set(details, '{nested,list,1}', '"2"')`,
    `jsonb_set(details, '{nested,text}', '"é"')`,
    `details - 'n'`,
    `details || '{"more": false}'`,
    `'{}'`,
  ],
};
const edit = fc
  .constantFrom(
    ...Object.entries(EDITS).flatMap(([column, values]) => values.map((value) => [column, value] as const)),
  )
  .chain(([column, value]) =>
    fc.tuple(chain, sequence).map(([name, number]): Alteration => ({
      name: `edit ${column}`,
      apply: async () => {
        const place = await at(name, number);
        await sql(`UPDATE audit_events SET ${column} = ${value} WHERE id = ${place.event}`);
        return [{ ...place, problem: 'altered' }];
      },
    })),
  );

/** One alteration that concerns one place. */
const onePlace = (
  name: string,
  apply: (place: Place) => Promise<Partial<Finding>[]>,
  evidence = false,
): fc.Arbitrary<Alteration> =>
  fc.tuple(chain, sequence).map(([chainName, number]) => ({
    name,
    evidence,
    apply: async () => apply(await at(chainName, number)),
  }));

const found = (problem: Problem, ...places: Partial<Finding>[]): Partial<Finding>[] =>
  places.map((place) => ({ ...place, problem }));

const deleteEvent = onePlace('delete an event', async (place) => {
  await sql(`DELETE FROM audit_events WHERE id = ${place.event}`);
  return found('removed', place);
});
const deleteLink = onePlace('delete a link', async (place) => {
  await sql(`DELETE FROM audit_links WHERE ${where(place)}`);
  const last = place.sequence === EVENTS_PER_CHAIN;
  const { chain: name, sequence: number, event } = place;
  return [
    ...found(last ? 'cut' : 'removed', { chain: name, sequence: number }),
    ...found('inserted', { chain: name, event }),
  ];
});
const deleteBoth = onePlace('delete an event and its link', async (place) => {
  await sql(
    `DELETE FROM audit_events WHERE id = ${place.event}; DELETE FROM audit_links WHERE ${where(place)}`,
  );
  const { chain: name, sequence: number } = place;
  return found(number === EVENTS_PER_CHAIN ? 'cut' : 'removed', { chain: name, sequence: number });
});
const deleteAndClose = onePlace('delete an event and close the gap', async (place) => {
  if (place.sequence === EVENTS_PER_CHAIN) place = await at(place.chain, 1);
  await sql(`
    DELETE FROM audit_events WHERE id = ${place.event}; DELETE FROM audit_links WHERE ${where(place)};
    UPDATE audit_links SET sequence = -sequence WHERE chain = '${place.chain}' AND sequence > ${place.sequence};
    UPDATE audit_links SET sequence = -sequence - 1 WHERE chain = '${place.chain}' AND sequence < 0`);
  const { chain: name, sequence: number } = place;
  return found('rewritten', { chain: name, sequence: Math.max(1, number - 1) });
});
const COPIED = `at, action, organization_id, actor_id, actor_credential, subject_type, subject_id, user_id, ip, user_agent,
  request_id, details`;
const insert = fc.boolean().chain((early) =>
  onePlace('insert an event', async ({ chain: name, event }) => {
    const [row] = await sql<{ id: string }>(`
      INSERT INTO audit_events (id, ${COPIED}) OVERRIDING SYSTEM VALUE
      SELECT (SELECT ${early ? 'min(id) - 10000' : 'max(id) + 10000'} FROM audit_events), ${COPIED}
      FROM audit_events WHERE id = ${event} RETURNING id`);
    return found('inserted', { chain: name, event: Number(row?.id) });
  }),
);
const insertBackdated = onePlace('insert an event and have it sealed', async ({ chain: name, event }) => {
  const [row] = await test.database.query<{ id: string }>(`
    INSERT INTO audit_events (${COPIED}) SELECT ${COPIED.replace('at,', `at - interval '3 days',`)}
    FROM audit_events WHERE id = ${event} RETURNING id`);
  await sql(`INSERT INTO audit_unsealed VALUES (${row?.id}) ON CONFLICT DO NOTHING`);
  await test.app.get(AuditSealer).seal();
  return found('backdated', { chain: name, sequence: EVENTS_PER_CHAIN + 1, event: Number(row?.id) });
});
const insertLinked = onePlace('insert an event and a link that fits', async (place) => {
  if (place.sequence === EVENTS_PER_CHAIN) place = await at(place.chain, 1);
  const { chain: name, sequence: number, event } = place;
  const [row] = await sql<{ id: string }>(`
    INSERT INTO audit_events (id, ${COPIED}) OVERRIDING SYSTEM VALUE
    SELECT (SELECT max(id) + 1 FROM audit_events), ${COPIED} FROM audit_events WHERE id = ${event} RETURNING id`);
  const forged = await linkOf(row?.id, `SELECT hash FROM audit_links WHERE ${where(place)}`);
  await sql(`
    UPDATE audit_links SET sequence = -sequence WHERE chain = '${name}' AND sequence > ${number};
    UPDATE audit_links SET sequence = 1 - sequence WHERE chain = '${name}' AND sequence < 0;
    INSERT INTO audit_links VALUES (${row?.id}, '${name}', ${number + 1}, '\\x${forged.previous}', '\\x${forged.hash}')`);
  return found('inserted', { chain: name, sequence: number + 1 });
});

/** The link that an event would get after the link whose hash `previous` selects. */
async function linkOf(
  event: string | number | undefined,
  previous: string,
): Promise<{ previous: string; hash: string }> {
  const [before] = await sql<{ hash: Buffer }>(previous);
  const [row] = await sql<EventRow>(`SELECT ${EVENT_COLUMNS} FROM audit_events e WHERE e.id = ${event}`);
  if (!before || !row) throw new Error('There is no such row.');
  return { previous: before.hash.toString('hex'), hash: linkHash(before.hash, row).toString('hex') };
}

const swaps = fc
  .tuple(chain, twoPlaces, fc.constantFrom('events', 'links', 'event ids'))
  .map(([name, [a, b], what]): Alteration => ({
    name: `swap two ${what}`,
    apply: async () => {
      const [first, second] = [await at(name, a), await at(name, b)];
      const columns = COPIED;
      const statements = {
        events: `
          CREATE TEMP TABLE held AS SELECT * FROM audit_events WHERE id IN (${first.event}, ${second.event});
          UPDATE audit_events e SET (${columns}) = (
            SELECT ${columns} FROM held WHERE held.id = CASE e.id WHEN ${first.event} THEN ${second.event} ELSE ${first.event} END
          ) WHERE id IN (${first.event}, ${second.event});
          DROP TABLE held`,
        links: `
          UPDATE audit_links SET sequence = 0 WHERE ${where(first)};
          UPDATE audit_links SET sequence = ${a} WHERE ${where(second)};
          UPDATE audit_links SET sequence = ${b} WHERE ${where({ chain: name, sequence: 0 })}`,
        'event ids': `
          UPDATE audit_links SET event_id = -1 WHERE event_id = ${first.event};
          UPDATE audit_links SET event_id = ${first.event} WHERE event_id = ${second.event};
          UPDATE audit_links SET event_id = ${second.event} WHERE event_id = -1`,
      };
      await sql(statements[what as keyof typeof statements]);
      const places = [a, b].map((number) => ({ chain: name, sequence: number }));
      return found('reordered', ...places);
    },
  }));

const flip = (column: string): string => `set_byte(${column}, 5, get_byte(${column}, 5) # 1)`;
const editLink = fc.constantFrom('hash', 'previous_hash').chain((column) =>
  onePlace(`edit a link's ${column}`, async (place) => {
    await sql(`UPDATE audit_links SET ${column} = ${flip(column)} WHERE ${where(place)}`);
    return found('altered', place);
  }),
);
const moveLink = onePlace('move a link to another chain', async (place) => {
  await sql(`UPDATE audit_links SET chain = 'organization:99' WHERE ${where(place)}`);
  const last = place.sequence === EVENTS_PER_CHAIN;
  return [
    ...found('altered', { chain: 'organization:99', sequence: place.sequence, event: place.event }),
    ...found(last ? 'cut' : 'removed', { chain: place.chain, sequence: place.sequence }),
  ];
});
const editHead = fc
  .tuple(
    chain,
    fc.integer({ min: 1, max: EVENTS_PER_CHAIN / 3 }),
    fc.constantFrom(
      [`hash = ${flip('hash')}`, 'bad_signature'],
      [`signature = ${flip('signature')}`, 'bad_signature'],
      [`signed_at = signed_at - interval '1 microsecond'`, 'bad_signature'],
      [`kid = 'another'`, 'unknown_key'],
    ),
  )
  .map(([name, batch, [change, problem]]): Alteration => {
    const place = { chain: name, sequence: batch * 3 };
    return {
      name: `edit a head's ${change?.split(' ')[0]}`,
      apply: async () => {
        await sql(`UPDATE audit_heads SET ${change} WHERE ${where(place)}`);
        return found(problem as Problem, place);
      },
    };
  });

/** What somebody without the signing key can do at best: rewrite the chain from a place on, hashes and all. */
const rewrite = fc.boolean().chain((withHeads) =>
  onePlace(`rewrite the chain from an event on${withHeads ? ' and drop the heads' : ''}`, async (place) => {
    await sql(`UPDATE audit_events SET action = 'spec.innocent' WHERE id = ${place.event}`);
    for (let number = place.sequence; number <= EVENTS_PER_CHAIN; number += 1) {
      const { event } = await at(place.chain, number);
      const before = { chain: place.chain, sequence: number - 1 };
      const previous =
        number === 1
          ? `SELECT previous_hash AS hash FROM audit_links WHERE ${where({ ...before, sequence: 1 })}`
          : `SELECT hash FROM audit_links WHERE ${where(before)}`;
      const link = await linkOf(event, previous);
      await sql(
        `UPDATE audit_links SET previous_hash = '\\x${link.previous}', hash = '\\x${link.hash}' WHERE event_id = ${event}`,
      );
    }
    const signed = Math.ceil(place.sequence / 3) * 3;
    if (!withHeads) return found('rewritten', { chain: place.chain, sequence: signed });
    await sql(`DELETE FROM audit_heads WHERE chain = '${place.chain}' AND sequence >= ${place.sequence}`);
    return found('unsigned', { chain: place.chain, sequence: signed - 2 });
  }),
);

const cutTail = fc.constantFrom('events', 'links', 'heads').chain((depth) =>
  onePlace(
    `cut the tail: ${depth}`,
    async (place) => {
      const tail = `chain = '${place.chain}' AND sequence >= ${place.sequence}`;
      await sql(`DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_links WHERE ${tail})`);
      if (depth === 'events') return found('removed', place);
      await sql(`DELETE FROM audit_links WHERE ${tail}`);
      if (depth === 'heads') await sql(`DELETE FROM audit_heads WHERE ${tail}`);
      return found('cut', { chain: place.chain, sequence: place.sequence });
    },
    depth === 'heads',
  ),
);

const alteration = fc.oneof(
  { weight: 6, arbitrary: edit },
  ...[deleteEvent, deleteLink, deleteBoth, deleteAndClose, insert, insertBackdated, insertLinked],
  { weight: 3, arbitrary: swaps },
  ...[editLink, moveLink, editHead, rewrite],
  { weight: 3, arbitrary: cutTail },
);

it('1,000 random alterations, made as superuser, are each found and attributed (L4)', async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(alteration, async ({ name, apply, evidence = false }) => {
      await restore();
      const expected = await apply();
      const verdict = await test.app.get(AuditVerifier).verify(evidence ? { heads } : {});
      expect(verdict.ok).toBe(false);
      for (const finding of expected) expect(verdict.broken).toContainEqual(expect.objectContaining(finding));
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  recordFigure('db/audit-tampering', `${RUNS} alterations of ${kinds.size} kinds, each found and named`);
  expect(kinds.size).toBeGreaterThan(30);
  await restore();
  expect(await test.app.get(AuditVerifier).verify({ heads })).toMatchObject({ ok: true, broken: [] });
}, 600_000);
