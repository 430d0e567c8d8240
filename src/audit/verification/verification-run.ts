import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type Archived, readArchived, startOf } from '../archive/archived.js';
import { HEAD_COLUMNS } from '../chain/audit-heads.js';
import { CHAIN_OF_EVENT } from '../chain/chain.js';
import type { Head } from '../chain/head.js';
import type { HeadKey } from '../chain/head-key.js';
import { type LinkRow, linksOf } from '../chain/link-rows.js';
import { ChainWalk } from './chain-walk.js';
import { explainBreaks, findSwaps } from './explain-breaks.js';
import type { Signed } from './chain-judge.js';
import type { Findings } from './findings.js';
import { signedHeads } from './signed-heads.js';

const LINKS_PER_STATEMENT = 5_000;
/** Links that one turn of the event loop checks, so that whatever else the process does waits for milliseconds. */
const LINKS_PER_TURN = 200;
const EVENTS_PER_STATEMENT = 50_000;
const HEADS_PER_STATEMENT = 5_000;
const SMALLEST_BIGINT = '-9223372036854775808';
/** An event that is still unsealed this long after its time, while later ones are sealed, is not waiting. */
const OVERDUE = '60 seconds';

/** SQL: the next heads after a chain and a sequence. */
const HEADS_AFTER = `SELECT * FROM audit_heads WHERE (chain, sequence) > ($1, $2::bigint)
  ORDER BY chain, sequence LIMIT ${HEADS_PER_STATEMENT}`;

/** One verification, in one snapshot: what AuditVerifier looks at, step by step. */
export class VerificationRun {
  /** How many links were checked. */
  checked = 0;
  /** How many events wait to be sealed. */
  pending = 0;
  private readonly lastOf = new Map<string, number>();
  private readonly archived = new Map<string, Archived>();
  private lastSignedAt: string | null = null;

  constructor(
    private readonly manager: EntityManager,
    private readonly isSigned: ReturnType<HeadKey['verifier']>,
    private readonly findings: Findings,
    private readonly signal?: AbortSignal,
  ) {}

  /** Up to where chains were archived. What our key didn't sign, anybody may have put there: it counts for nothing. */
  async readArchived(): Promise<readonly Archived[]> {
    for await (const { chain, sequence, signed } of readArchived(this.manager, this.isSigned)) {
      this.signal?.throwIfAborted();
      if (signed) this.archived.set(chain, signed);
      else
        this.findings.add({
          chain,
          sequence,
          problem: signed === undefined ? 'unknown_key' : 'bad_signature',
        });
    }
    return [...this.archived.values()];
  }

  /** Every link of every chain; `onProgress` hears how many were checked. */
  async walkChains(onProgress: (done: number) => void = () => undefined): Promise<void> {
    const walk = new ChainWalk(
      this.isSigned,
      this.findings,
      ({ chain }) => startOf(this.archived.get(chain)),
      (chain, { lastSequence }) => this.lastOf.set(chain, lastSequence),
    );
    let from = ['', SMALLEST_BIGINT];
    for (let rows: LinkRow[]; (rows = await this.linksAfter(from)).length > 0;) {
      for (let at = 0; at < rows.length; at += LINKS_PER_TURN) {
        const some = rows.slice(at, at + LINKS_PER_TURN);
        for (const row of some) {
          walk.next(row);
          this.noteSigning(row);
          from = [row.chain, row.sequence];
        }
        this.checked += some.length;
        onProgress(this.checked);
        await nextTurn();
        this.signal?.throwIfAborted();
      }
    }
    walk.end();
    await explainBreaks(this.manager, walk.breaks, this.findings);
    findSwaps(walk.altered, this.findings);
  }

  /** Events without a link: waiting for the sealer, or put there behind its back. And waiting ones that vanished. */
  async findStrayEvents(): Promise<void> {
    const [latest] = await this.manager.query<{ event: string | null }[]>(
      'SELECT max(event_id) AS event FROM audit_links',
    );
    for (let from: string | null = SMALLEST_BIGINT; from !== null;) {
      this.signal?.throwIfAborted();
      const rows: { id: string; chain: string; waiting: boolean }[] = await this.manager.query(
        `WITH batch AS MATERIALIZED (SELECT * FROM audit_events WHERE id > $1 ORDER BY id LIMIT ${EVENTS_PER_STATEMENT})
         SELECT e.id, ${CHAIN_OF_EVENT} AS chain, u.event_id IS NOT NULL
           AND NOT coalesce(e.id < $2 AND e.at < $3::timestamptz - interval '${OVERDUE}', false) AS waiting
         FROM batch e LEFT JOIN audit_unsealed u ON u.event_id = e.id
         WHERE NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.id)`,
        [from, latest?.event, this.lastSignedAt],
      );
      for (const { id, chain, waiting } of rows) {
        if (waiting) this.pending += 1;
        else this.findings.add({ chain, event: Number(id), problem: 'inserted' });
      }
      from = await this.lastEventAfter(from);
    }
    await this.findVanished();
  }

  /** Waiting events that are not there any more. */
  private async findVanished(): Promise<void> {
    for (let from: string | undefined = SMALLEST_BIGINT; from !== undefined;) {
      this.signal?.throwIfAborted();
      const rows: { id: string }[] = await this.manager.query(
        `SELECT event_id AS id FROM audit_unsealed u
         WHERE event_id > $1 AND NOT EXISTS (SELECT FROM audit_events e WHERE e.id = u.event_id)
         ORDER BY event_id LIMIT ${EVENTS_PER_STATEMENT}`,
        [from],
      );
      for (const { id } of rows) this.findings.add({ chain: null, event: Number(id), problem: 'removed' });
      from = rows.at(-1)?.id;
    }
  }

  /** Heads in the database whose link is missing. */
  async findStrayHeads(): Promise<void> {
    for (let from: string[] | undefined = ['', SMALLEST_BIGINT]; from;) {
      this.signal?.throwIfAborted();
      const heads: (Omit<Head, 'sequence'> & { sequence: string })[] = await this.manager.query(
        `WITH batch AS MATERIALIZED (${HEADS_AFTER})
         SELECT ${HEAD_COLUMNS} FROM batch h
         WHERE NOT EXISTS (SELECT FROM audit_links l WHERE l.chain = h.chain AND l.sequence = h.sequence)`,
        from,
      );
      const stray = heads
        .map((row) => ({
          ...row,
          sequence: Number(row.sequence),
          signature: Buffer.from(row.signature, 'hex').toString('base64url'),
        }))
        .filter((head) => !this.isArchived(head));
      for (const head of await signedHeads(stray, this.isSigned, this.findings)) this.missing(head);
      from = await this.lastHeadAfter(from);
    }
  }

  /** Signed places that were kept outside: each of them must still have its link, if that was not archived. */
  async compareSigned(places: readonly Signed[]): Promise<void> {
    const left = places.filter((place) => !this.isArchived(place));
    for (let at = 0; at < left.length; at += HEADS_PER_STATEMENT) {
      const some = left.slice(at, at + HEADS_PER_STATEMENT);
      const found = await this.manager.query<{ n: number; same: boolean; event_id: string }[]>(
        `SELECT w.n::int, encode(l.hash, 'hex') = w.hash AS same, l.event_id
         FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS w(chain, sequence, hash, n)
         JOIN audit_links l ON l.chain = w.chain AND l.sequence = w.sequence`,
        [some.map(({ chain }) => chain), some.map(({ sequence }) => sequence), some.map(({ hash }) => hash)],
      );
      const links = new Map(found.map((row) => [row.n, row]));
      for (const [index, place] of some.entries()) {
        const link = links.get(index + 1);
        const { chain, sequence } = place;
        if (!link) this.missing(place);
        else if (!link.same)
          this.findings.add({ chain, sequence, event: Number(link.event_id), problem: 'rewritten' });
      }
    }
  }

  /** The last moment of a seal, in the canonical form, which sorts as text. */
  private noteSigning({ head_hash: hash, head_signed_at: signedAt }: LinkRow): void {
    if (hash && signedAt > (this.lastSignedAt ?? '')) this.lastSignedAt = signedAt;
  }

  /** Whether the link of a head was archived; one that should be where the archived end, and is another, is told. */
  private isArchived({ chain, sequence, hash }: Signed): boolean {
    const archived = this.archived.get(chain);
    if (!archived || sequence > archived.sequence) return false;
    if (sequence === archived.sequence && hash !== archived.hash)
      this.findings.add({ chain, sequence, problem: 'rewritten' });
    return true;
  }

  private missing({ chain, sequence }: Signed): void {
    const last = this.lastOf.get(chain) ?? this.archived.get(chain)?.sequence ?? 0;
    if (sequence > last) this.findings.addStretch(chain, last + 1, sequence, 'cut');
    else this.findings.add({ chain, sequence, problem: 'removed' });
  }

  private linksAfter([chain, sequence]: string[]): Promise<LinkRow[]> {
    return this.manager.query<LinkRow[]>(
      linksOf(`SELECT * FROM audit_links WHERE (chain, sequence) > ($1, $2::bigint)
        ORDER BY chain, sequence LIMIT ${LINKS_PER_STATEMENT}`),
      [chain, sequence],
    );
  }

  private async lastHeadAfter(from: string[]): Promise<string[] | undefined> {
    const [row] = await this.manager.query<{ chain: string; sequence: string }[]>(
      `SELECT chain, sequence FROM (${HEADS_AFTER}) AS batch ORDER BY chain DESC, sequence DESC LIMIT 1`,
      from,
    );
    return row && [row.chain, row.sequence];
  }

  private async lastEventAfter(id: string): Promise<string | null> {
    const [row] = await this.manager.query<{ last: string | null }[]>(
      `SELECT max(id) AS last FROM (
         SELECT id FROM audit_events WHERE id > $1 ORDER BY id LIMIT ${EVENTS_PER_STATEMENT}
       ) AS batch`,
      [id],
    );
    return row?.last ?? null;
  }
}
