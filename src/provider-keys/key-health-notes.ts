import { Injectable } from '@nestjs/common';
import { WriteBehind } from '../common/background/write-behind.js';
import { NamedStatements } from '../database/named-statements.js';
import type { KeyHealth } from './key-health.js';
import type { UsableKey } from './usable-keys.js';

/**
 * Narrow and conditional: nothing is written where nothing changed, and an old secret, or old settings, say nothing about
 * new ones. Whether it changed only the database knows: since the call began, others may have noted something else.
 */
const NOTE = `UPDATE provider_keys SET health = $3 WHERE id = $1 AND secret_version = $2 AND health <> $3`;

type NotedKey = Pick<UsableKey, 'id' | 'secretVersion'>;
type Note = readonly [keyId: number, secretVersion: number, health: KeyHealth];

/**
 * Keeps what calls show of a key, off the path of the call. One write at a time, each of one key; what calls show of a key
 * meanwhile is reduced to the last with each secret, so a busy key is written no more often than it changes.
 */
@Injectable()
export class KeyHealthNotes extends WriteBehind<Note> {
  constructor(private readonly statements: NamedStatements) {
    super({ batch: 1, failure: 'The health of a provider key could not be noted.' });
  }

  /** Returns at once and never fails. */
  note({ id, secretVersion }: NotedKey, shown: KeyHealth): void {
    this.leave([id, secretVersion, shown], `${id}/${secretVersion}`);
  }

  protected override async write(notes: readonly Note[]): Promise<void> {
    for (const note of notes) await this.statements.query('key-health', NOTE, [...note]);
  }
}
