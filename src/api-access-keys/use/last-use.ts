import { Injectable } from '@nestjs/common';
import type { Origin } from '../../access/principal.js';
import { WriteBehind } from '../../common/background/write-behind.js';
import { NamedStatements } from '../../database/named-statements.js';

/** Uses of a key closer together than this are one: the accuracy of the last-used time. */
const ACCURACY_MS = 60_000;
/**
 * How long a key is remembered after its use was noted. Longer than the accuracy, so that of a key in steady use the same
 * entry is written over: deleting and adding it every minute made the map's table grow to twice its size.
 */
const REMEMBERED_MS = 2 * ACCURACY_MS;

/**
 * Narrow (three columns, never the row), conditional and forward-only; it waits for no lock: a row that somebody holds
 * is left for the next time.
 */
const WRITE = `
  WITH due AS (
    SELECT k.id, used.at, used.ip, used.agent
    FROM unnest($1::int[], $2::timestamptz[], $3::text[], $4::text[]) AS used(id, at, ip, agent)
    JOIN access_keys k ON k.id = used.id
    WHERE k.last_used_at IS NULL OR k.last_used_at <= used.at - interval '1 minute'
    FOR NO KEY UPDATE OF k SKIP LOCKED
  )
  UPDATE access_keys k SET last_used_at = due.at, last_used_ip = due.ip, last_used_user_agent = due.agent
  FROM due WHERE k.id = due.id RETURNING k.id`;

/** A use of a key, as judged by the database's clock. */
export interface KeyUse {
  readonly keyId: number;
  readonly at: Date;
  readonly origin: Origin;
}

/**
 * Keeps the last use of every key: collected off the request's path and written together, each key at most once a
 * minute. What was collected is written at shutdown; a killed process loses its last seconds. Only a request that proved
 * the whole key counts as a use; what the guards decide about it afterwards (a 403, a 404) doesn't matter.
 */
@Injectable()
export class KeyLastUse extends WriteBehind<KeyUse> {
  /** When each key in use was last handed to the database, so that requests judged before that don't write it again. */
  private readonly written = new Map<number, Date>();

  constructor(private readonly statements: NamedStatements) {
    super({ collectMs: 1_000, failure: 'The last use of keys could not be noted.' });
  }

  /** Notes a use; returns at once. */
  note(use: KeyUse): void {
    const last = this.written.get(use.keyId);
    if (last && use.at.getTime() - last.getTime() < ACCURACY_MS) return;
    const known = this.left(use.keyId);
    if (!known || known.at < use.at) this.leave(use, use.keyId);
  }

  protected override taken(uses: readonly KeyUse[]): void {
    this.forget(uses.at(-1)?.at);
    for (const { keyId, at } of uses) this.written.set(keyId, at);
  }

  protected override async write(uses: readonly KeyUse[]): Promise<void> {
    let ids = new Set<number>();
    try {
      const rows = await this.statements.query<{ id: number }>('write-last-use', WRITE, [
        uses.map(({ keyId }) => keyId),
        uses.map(({ at }) => at),
        uses.map(({ origin }) => origin.ip),
        uses.map(({ origin }) => origin.userAgent),
      ]);
      ids = new Set(rows.map(({ id }) => id));
    } finally {
      // what was passed over, and all of a write that failed, is left to the next use
      for (const { keyId } of uses) if (!ids.has(keyId)) this.written.delete(keyId);
    }
  }

  /** Keys that weren't used for a while need no reminder: their next use is a new one. */
  private forget(now: Date | undefined): void {
    if (!now) return;
    for (const [keyId, at] of this.written) {
      if (now.getTime() - at.getTime() >= REMEMBERED_MS) this.written.delete(keyId);
    }
  }
}
