import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { NamedStatements } from '../database/named-statements.js';
import type { KeyHealth } from './key-health.js';
import type { UsableKey } from './usable-keys.js';

/**
 * Narrow and conditional: nothing is written where nothing changed, and an old secret says nothing about a new one. Whether
 * it changed only the database knows: since the call began, others may have noted something else.
 */
const NOTE = `UPDATE provider_keys SET health = $3 WHERE id = $1 AND secret_version = $2 AND health <> $3`;

type NotedKey = Pick<UsableKey, 'id' | 'secretVersion'>;
type Note = readonly [keyId: number, secretVersion: number, health: KeyHealth];

/**
 * Keeps what calls show of a key, off the path of the call. One write per key at a time; what calls show meanwhile is
 * reduced to the last, so a busy key is written no more often than it changes.
 */
@Injectable()
export class KeyHealthNotes implements OnApplicationShutdown {
  private readonly logger = new Logger('KeyHealth');
  private readonly underWay = new Map<number, Promise<void>>();
  private readonly next = new Map<number, Note>();

  constructor(private readonly statements: NamedStatements) {}

  /** Returns at once and never fails. */
  note({ id, secretVersion }: NotedKey, shown: KeyHealth): void {
    this.next.set(id, [id, secretVersion, shown]);
    if (this.underWay.has(id)) return;
    this.underWay.set(id, this.write(id));
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
  }

  onApplicationShutdown(): Promise<void> {
    return this.settled();
  }

  private async write(id: number): Promise<void> {
    for (let note = this.next.get(id); note; note = this.next.get(id)) {
      this.next.delete(id);
      try {
        await this.statements.query('key-health', NOTE, [...note]);
      } catch (error) {
        this.logger.warn({ msg: 'The health of a provider key could not be noted.', cause: String(error) });
      }
    }
    this.underWay.delete(id); // with the last look at what is next, so that nothing is noted in between
  }
}
