import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { EVENT_COLUMNS, type EventRow, instantText } from '../chain/canonical.js';
import { CHAIN_OF_EVENT, genesis, IS_PLACE, linkHash } from '../chain/chain.js';
import { type Head, headText } from '../chain/head.js';
import { HeadKey } from '../chain/head-key.js';

/** How long after one look for new events the next one follows, in milliseconds: an event is sealed within a second. */
const PAUSE_MS = 400;
/** Events that one transaction seals. */
const BATCH = 1_000;
/** Any number, as long as every sealer takes the same. */
const SEALING_LOCK = 7_264_001;

type UnsealedEvent = EventRow & { chain: string };

interface Link {
  readonly eventId: string;
  readonly chain: string;
  readonly sequence: number;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/**
 * Links the events of the audit log into chains and signs the heads. Any number of instances may run it: each batch is
 * one transaction that holds an advisory lock, so there is one sealer at a time, a killed one holds nothing up, and a
 * link commits together with its head. What is to be sealed stands in audit_unsealed, whatever the order in which ids
 * were drawn and transactions commit: an event with a low id that commits late is simply sealed later.
 *
 * It runs beside HTTP only: the command line adds events, the service seals them.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AuditSealer');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly key: HeadKey,
    private readonly http: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    // The adapter is not there in an application without HTTP, whatever its type says.
    if (this.http.httpAdapter as unknown) this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /**
   * Seals everything that was committed before the call; gives how many events it sealed itself. A service that shuts down
   * leaves what is left to the next one.
   */
  async seal(): Promise<number> {
    for (let total = 0; ;) {
      const { sealed, heads } = await this.dataSource.transaction((manager) => this.sealBatch(manager));
      for (const head of heads) this.logger.log({ msg: 'audit head', head });
      total += sealed;
      if (sealed < BATCH || this.stopped) return total;
    }
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.look().finally(() => this.schedule());
    }, PAUSE_MS).unref();
  }

  private async look(): Promise<void> {
    try {
      const [row] = await this.dataSource.query<{ waiting: boolean }[]>(
        'SELECT EXISTS (SELECT FROM audit_unsealed) AS waiting',
      );
      if (row?.waiting) await this.seal();
      this.failing = false;
    } catch (error) {
      // Said once, not twice a second: nothing is lost, the events wait.
      if (!this.failing)
        this.logger.warn({ msg: 'The audit log can not be sealed now.', error: String(error) });
      this.failing = true;
    }
  }

  private async sealBatch(manager: EntityManager): Promise<{ sealed: number; heads: Head[] }> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [SEALING_LOCK]);
    // Scalar subqueries, which are never turned into joins: those would read the log from its beginning for every batch.
    const events = await manager.query<UnsealedEvent[]>(
      `WITH batch AS MATERIALIZED (
         SELECT u.event_id FROM audit_unsealed u
         WHERE (SELECT true FROM audit_events e WHERE e.id = u.event_id)
           AND (SELECT true FROM audit_links l WHERE l.event_id = u.event_id) IS NULL
         ORDER BY u.event_id LIMIT ${BATCH}
       )
       SELECT ${EVENT_COLUMNS}, ${CHAIN_OF_EVENT} AS chain
       FROM batch JOIN audit_events e ON e.id = batch.event_id ORDER BY batch.event_id`,
    );
    if (events.length === 0) return { sealed: 0, heads: [] };
    const ends = await this.endsOf(manager, [...new Set(events.map(({ chain }) => chain))]);
    const links = events.map((event): Link => {
      const { sequence, hash: previous } = ends.get(event.chain) ?? {
        sequence: 0,
        hash: genesis(event.chain),
      };
      const end = { sequence: sequence + 1, hash: linkHash(previous, event) };
      ends.set(event.chain, end);
      return { eventId: event.id, chain: event.chain, previous, ...end };
    });
    await addLinks(manager, links);
    return { sealed: links.length, heads: await this.addHeads(manager, ends) };
  }

  /**
   * Where the chains end: at the last link, or at the last head should links be missing before it. To go on there shows
   * the gap to the verifier; to go on at the last link would collide with the head and stop the sealing of all chains.
   */
  private async endsOf(
    manager: EntityManager,
    chains: string[],
  ): Promise<Map<string, { sequence: number; hash: Buffer }>> {
    const rows = await manager.query<{ chain: string; sequence: string; hash: Buffer }[]>(
      `SELECT c.chain, last.sequence, last.hash FROM unnest($1::text[]) AS c(chain)
       CROSS JOIN LATERAL (
         (SELECT sequence, hash, 1 AS rank FROM audit_links WHERE chain = c.chain AND ${IS_PLACE} ORDER BY sequence DESC LIMIT 1)
         UNION ALL
         (SELECT sequence, hash, 2 AS rank FROM audit_heads WHERE chain = c.chain AND ${IS_PLACE} ORDER BY sequence DESC LIMIT 1)
         ORDER BY sequence DESC, rank LIMIT 1
       ) AS last`,
      [chains],
    );
    return new Map(rows.map(({ chain, sequence, hash }) => [chain, { sequence: Number(sequence), hash }]));
  }

  private async addHeads(
    manager: EntityManager,
    ends: ReadonlyMap<string, { sequence: number; hash: Buffer }>,
  ): Promise<Head[]> {
    const [clock] = await manager.query<{ now: string }[]>(`SELECT ${instantText('app_now()')} AS now`);
    const heads = [...ends].map(([chain, { sequence, hash }]): Head => {
      const unsigned = {
        chain,
        sequence,
        hash: hash.toString('hex'),
        signed_at: clock?.now ?? '',
        kid: this.key.publicKey.kid,
      };
      return { ...unsigned, signature: this.key.sign(headText(unsigned)).toString('base64url') };
    });
    await manager.query(
      `INSERT INTO audit_heads (chain, sequence, hash, signed_at, kid, signature)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[], $5::text[], $6::bytea[])`,
      [
        heads.map(({ chain }) => chain),
        heads.map(({ sequence }) => sequence),
        heads.map(({ hash }) => Buffer.from(hash, 'hex')),
        heads.map(({ signed_at: signedAt }) => signedAt),
        heads.map(({ kid }) => kid),
        heads.map(({ signature }) => Buffer.from(signature, 'base64url')),
      ],
    );
    return heads;
  }
}

async function addLinks(manager: EntityManager, links: readonly Link[]): Promise<void> {
  await manager.query(
    `INSERT INTO audit_links (event_id, chain, sequence, previous_hash, hash)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[])`,
    [
      links.map(({ eventId }) => eventId),
      links.map(({ chain }) => chain),
      links.map(({ sequence }) => sequence),
      links.map(({ previous }) => previous),
      links.map(({ hash }) => hash),
    ],
  );
  await manager.query('DELETE FROM audit_unsealed WHERE event_id = ANY($1::bigint[])', [
    links.map(({ eventId }) => eventId),
  ]);
}
