import path from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { OPERATOR } from '../../access/principal.js';
import type { AuditService } from '../audit.service.js';
import { CHAINS } from '../chain/audit-heads.js';
import type { OnProgress } from '../../common/on-progress.js';
import { Findings } from '../verification/findings.js';
import { instantText } from '../chain/canonical.js';
import { genesis, IS_PLACE } from '../chain/chain.js';
import type { LinkRow } from '../chain/link-rows.js';
import type { HeadKey, HeadPublicKey } from '../chain/head-key.js';
import { linksOf } from '../chain/link-rows.js';
import { archiveLine, writeNewArchive } from './archive-file.js';
import { ArchiveJudge } from './archive-judge.js';
import { type Archived, keepArchived, readArchived } from './archived.js';

/** Any number, as long as everybody who archives takes the same. */
const ARCHIVING_LOCK = 7_264_003;
const LINKS_PER_STATEMENT = 5_000;
/** Events that one transaction removes, at most: few enough that nobody waits for it. */
const BATCH = 5_000;

const BROKEN = '`audit verify` tells where the log is broken. Nothing was removed.';

/** What keeps the log from being archived. */
export class NotArchived extends Error {}

/** A head. */
type End = Pick<Archived, 'chain' | 'sequence' | 'hash' | 'signed_at'>;

/** What is archived of a chain: all places after `after`, through `sequence`, which has a head. */
interface Cut extends End {
  readonly after: number;
  /** What the first of them follows; hexadecimal. */
  readonly previous: string;
  /** What was archived of it before; left out: nothing. */
  readonly archived: Archived | undefined;
}

/** The last head of every chain that was signed before an instant. */
const ENDS = `${CHAINS}
  SELECT c.chain, h.sequence::float8 AS sequence, encode(h.hash, 'hex') AS hash, ${instantText('h.signed_at')} AS signed_at
  FROM chains c
  CROSS JOIN LATERAL (
    SELECT * FROM audit_heads WHERE chain = c.chain AND ${IS_PLACE} AND signed_at < $1 ORDER BY sequence DESC LIMIT 1
  ) h
  ORDER BY c.chain`;

const LINKS = linksOf(`SELECT * FROM audit_links WHERE chain = $1 AND sequence > $2 AND sequence <= $3
  ORDER BY chain, sequence LIMIT ${LINKS_PER_STATEMENT}`);

/** The last head within a batch, or the next one after it. */
export const NEXT_END = `
  SELECT h.sequence::float8 AS sequence, encode(h.hash, 'hex') AS hash, ${instantText('h.signed_at')} AS signed_at
  FROM audit_heads h WHERE h.chain = $1 AND h.sequence = coalesce(
    (SELECT sequence FROM audit_heads WHERE chain = $1 AND sequence > $2::bigint
       AND sequence <= least($2::bigint + ${BATCH}, $3::bigint) ORDER BY sequence DESC LIMIT 1),
    (SELECT sequence FROM audit_heads WHERE chain = $1 AND sequence > $2::bigint + ${BATCH}
       AND sequence <= $3::bigint ORDER BY sequence LIMIT 1))`;

/** What was removed, and the latest time of all that was archived; one that its signing didn't reach says nothing. */
interface Gone {
  readonly links: number;
  readonly events: number;
  readonly hash: string;
  readonly latest_at: string | null;
}

const REMOVE = `
  WITH links AS (
    DELETE FROM audit_links WHERE chain = $1 AND sequence > $2 AND sequence <= $3 RETURNING event_id, sequence, hash
  ), events AS (
    DELETE FROM audit_events WHERE id IN (SELECT event_id FROM links) RETURNING at
  ), heads AS (
    DELETE FROM audit_heads WHERE chain = $1 AND sequence < $3
  )
  SELECT (SELECT count(*) FROM links)::int AS links, (SELECT count(*) FROM events)::int AS events,
    (SELECT encode(hash, 'hex') FROM links WHERE sequence = $3) AS hash,
    (SELECT ${instantText('latest.at')} FROM (
      SELECT greatest($4::timestamptz, max(at) FILTER (WHERE at <= $5::timestamptz)) AS at FROM events
    ) AS latest) AS latest_at`;

/**
 * Moves what was sealed before an instant into a file (docs/adr/0054). As the owner of the tables: the role of the service
 * can't remove anything.
 */
export class AuditArchiver {
  constructor(
    private readonly owner: DataSource,
    private readonly key: HeadKey,
    private readonly audit: AuditService,
  ) {}

  /**
   * Writes a new file, verifies it by reading it back, and only then removes what is in it. Gives the number of events;
   * none: nothing was left to archive, and there is no file. Killed in between, it leaves a whole log: some of it in the
   * file as well, and it can be run again into another file. Errors: NotArchived, the file system's, the database's.
   */
  async archive(
    { before, file, publicKeys = [] }: { before: Date; file: string; publicKeys?: readonly HeadPublicKey[] },
    onProgress?: OnProgress,
  ): Promise<number> {
    const runner = this.owner.createQueryRunner(); // one session, which holds the lock
    try {
      const { manager } = runner;
      await hold(manager);
      const isSigned = this.key.verifier(publicKeys);
      const cuts = await cutsOf(manager, before, isSigned);
      const events = cuts.reduce((sum, { sequence, after }) => sum + sequence - after, 0);
      if (events === 0) return 0;
      await writeNewArchive(
        file,
        linesOf(manager, cuts, (done) => onProgress?.(done, events)),
        (part) => readBack(part, cuts, isSigned),
      );
      await this.audit.recordAll(manager, [
        {
          by: OPERATOR,
          action: 'audit.archived',
          details: { before: before.toISOString(), events, chains: cuts.length, file: path.basename(file) },
        },
      ]);
      for (const cut of cuts) await this.remove(manager, cut);
      return events;
    } finally {
      await runner.release();
    }
  }

  private async remove(
    manager: EntityManager,
    { chain, after, sequence: through, hash, archived }: Cut,
  ): Promise<void> {
    let latest = archived?.latest_at ?? null;
    for (let from = after; from < through;) {
      from = await manager.transaction(async (batch) => {
        const [end] = await batch.query<Omit<End, 'chain'>[]>(NEXT_END, [chain, from, through]);
        if (!end) throw new NotArchived(`A head of ${chain} vanished. What is left was not removed.`);
        const [gone] = await batch.query<Gone[]>(REMOVE, [chain, from, end.sequence, latest, end.signed_at]);
        // Signed is only what was removed just now, and at the end what was read back.
        const known = gone?.hash === end.hash && (end.sequence < through || end.hash === hash);
        if (!known || gone.links !== end.sequence - from || gone.events !== gone.links)
          throw new NotArchived(`Events of ${chain} changed meanwhile. What is left was not removed.`);
        latest = gone.latest_at;
        await keepArchived(batch, this.key, { ...end, chain, latest_at: latest });
        return end.sequence;
      });
    }
  }
}

/** That the file proves what is to be removed. Errors: NotArchived. */
async function readBack(
  file: string,
  cuts: readonly Cut[],
  isSigned: ReturnType<HeadKey['verifier']>,
): Promise<void> {
  const findings = new Findings();
  const judge = new ArchiveJudge(isSigned, findings);
  for (const { archived } of cuts) if (archived) judge.follow(archived);
  await judge.read(file);
  const same = cuts.every(({ chain, sequence, hash, after, previous }) => {
    const [stretch, ...others] = judge.stretches.get(chain) ?? [];
    return (
      others.length === 0 &&
      stretch?.from === after + 1 &&
      stretch.previous === previous &&
      stretch.through === sequence &&
      stretch.hash === hash
    );
  });
  if (same && judge.stretches.size === cuts.length && findings.count === 0) return;
  throw new NotArchived(`What was to be archived is broken. ${BROKEN}`);
}

async function hold(manager: EntityManager): Promise<void> {
  const [row] = await manager.query<{ owned: boolean; free: boolean }[]>(
    `SELECT has_table_privilege('audit_events', 'DELETE') AS owned, pg_try_advisory_lock($1) AS free`,
    [ARCHIVING_LOCK],
  );
  if (!row?.owned)
    throw new NotArchived(
      'Archiving removes events, which the role of the service can not: set MIGRATION_DATABASE_URL to the owner of the tables.',
    );
  if (!row.free) throw new NotArchived('Somebody else is archiving.');
}

/** Every chain goes on where it was archived before: as we signed it, or somebody else may have removed what is missing. */
async function cutsOf(
  manager: EntityManager,
  before: Date,
  isSigned: ReturnType<HeadKey['verifier']>,
): Promise<Cut[]> {
  const places = new Map<string, Archived>();
  for await (const { chain, signed } of readArchived(manager, isSigned)) {
    if (!signed)
      throw new NotArchived(`A key that is not known here signed what was archived before. ${BROKEN}`);
    places.set(chain, signed);
  }
  const ends = await manager.query<End[]>(ENDS, [before]);
  return ends
    .map((end) => {
      const archived = places.get(end.chain);
      const previous = archived?.hash ?? genesis(end.chain).toString('hex');
      return { ...end, after: archived?.sequence ?? 0, previous, archived };
    })
    .filter(({ sequence, after }) => sequence > after);
}

async function* linesOf(
  manager: EntityManager,
  cuts: readonly Cut[],
  onProgress: (done: number) => void,
): AsyncGenerator<string> {
  let done = 0;
  for (const { chain, after, sequence } of cuts) {
    let from = String(after);
    for (let rows: LinkRow[]; (rows = await manager.query(LINKS, [chain, from, sequence])).length > 0;) {
      yield rows.map(lineOf).join('');
      from = rows.at(-1)?.sequence ?? from;
      onProgress((done += rows.length));
    }
  }
}

function lineOf(row: LinkRow): string {
  if (row.id !== null) return archiveLine(row);
  throw new NotArchived(`An event of ${row.chain} is missing. ${BROKEN}`);
}
