import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Acts } from '../acts/acts.js';
import { asOperator } from '../acts/authority.js';
import { SecretBox, TamperedSeal, UnknownSealingKey } from '../common/crypto/secret-box.js';
import type { OnProgress } from '../common/on-progress.js';
import { KeyRingCheck } from './key-ring-check.js';
import type { OpenedSecret } from './opened-secret.js';
import { ProviderKey } from './provider-key.entity.js';
import { ProviderSecrets } from './provider-secrets.js';

/** Rows that are read at once. */
const BATCH = 200;

const NOT_THE_WRITER = 'k.sealingKid <> :writer';

/** What one run did. */
interface Rotation {
  readonly writer: string;
  readonly resealed: number;
  /** Rows that don't open: left exactly as they are. */
  readonly unreadable: readonly number[];
}

/** Under which keys the secrets are sealed, proven by opening each of them. */
interface SealingStatus {
  readonly writer: string;
  readonly keys: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
  readonly underOldKeys: number;
  readonly unreadable: readonly number[];
}

/** The writer was never in the ring of a running service, which could then not open what is sealed with it. */
export class WriterNotIntroduced extends Error {
  constructor(kid: string) {
    super(`No service was started with the key "${kid}" yet. Start all of them with it first, then rotate.`);
    this.name = 'WriterNotIntroduced';
  }
}

/**
 * Moves the secrets of provider keys under the writer of the key ring. Row by row, each in one statement that takes hold
 * only while the row still has the value that was opened: a run that is killed leaves every row whole, under the old key
 * or the new, the next run goes on, and a secret that is stored meanwhile is never overwritten.
 */
@Injectable()
export class KeyRingRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly secrets: ProviderSecrets,
    private readonly ring: KeyRingCheck,
    private readonly acts: Acts,
  ) {}

  /** `onProgress` hears of each row. Errors: WriterNotIntroduced. */
  async run(onProgress?: OnProgress): Promise<Rotation> {
    const { writer } = this.box;
    if (!(await this.ring.isIntroduced(writer))) throw new WriterNotIntroduced(writer);
    const unreadable: number[] = [];
    let [resealed, done] = [0, 0];
    const total = await this.count(NOT_THE_WRITER);
    for await (const row of this.rows(NOT_THE_WRITER)) {
      const outcome = await this.reseal(row);
      if (outcome === 'unreadable') unreadable.push(row.id);
      if (outcome === 'resealed') resealed += 1;
      onProgress?.((done += 1), total);
    }
    const rotation = { writer, resealed, unreadable };
    await this.acts.run(asOperator(), (act) => act.record('key_ring.rotated', null, { ...rotation }));
    return rotation;
  }

  /** `onProgress` hears of each row. */
  async status(onProgress?: OnProgress): Promise<SealingStatus> {
    const { writer, kids: keys } = this.box;
    const rows: Record<string, number> = {};
    const unreadable: number[] = [];
    let done = 0;
    const all = await this.count();
    for await (const row of this.rows()) {
      rows[row.sealingKid] = (rows[row.sealingKid] ?? 0) + 1;
      if (!this.openOrNothing(row)) unreadable.push(row.id);
      onProgress?.((done += 1), all);
    }
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    return { writer, keys, rows, underOldKeys: total - (rows[writer] ?? 0), unreadable };
  }

  private async reseal(found: ProviderKey): Promise<'resealed' | 'unreadable' | 'settled'> {
    for (let row: ProviderKey | null = found; row && row.sealingKid !== this.box.writer;) {
      const secret = this.openOrNothing(row);
      if (!secret) return 'unreadable';
      const sealed = await this.secrets.seal(row, secret.reveal());
      const { affected } = await this.dataSource.manager.update(
        ProviderKey,
        { id: row.id, sealedSecret: row.sealedSecret, sealingKid: row.sealingKid },
        { sealedSecret: sealed.text, sealingKid: sealed.kid },
      );
      if (affected) return 'resealed';
      row = await this.dataSource.manager.findOneBy(ProviderKey, { id: row.id });
    }
    return 'settled'; // deleted, or somebody else has sealed it anew
  }

  private openOrNothing(row: ProviderKey): OpenedSecret | undefined {
    try {
      return this.secrets.open(row);
    } catch (error) {
      if (error instanceof TamperedSeal || error instanceof UnknownSealingKey) return undefined;
      throw error;
    }
  }

  private count(condition = 'true'): Promise<number> {
    return this.dataSource.manager
      .createQueryBuilder(ProviderKey, 'k')
      .where(condition, { writer: this.box.writer })
      .getCount();
  }

  /** All rows, or those of a condition, in the order of their ids. */
  private async *rows(condition = 'true'): AsyncGenerator<ProviderKey> {
    for (let after = 0; ;) {
      const batch: ProviderKey[] = await this.dataSource.manager
        .createQueryBuilder(ProviderKey, 'k')
        .where('k.id > :after', { after })
        .andWhere(condition, { writer: this.box.writer })
        .orderBy('k.id')
        .limit(BATCH)
        .getMany();
      yield* batch;
      const last = batch.at(-1);
      if (!last) return;
      after = last.id;
    }
  }
}
