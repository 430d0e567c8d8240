import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { digestOf, sameDigest } from '../../common/crypto/digest.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { ImportedKeys } from '../imported/imported-keys.js';
import { type ClearKey, parseKey } from '../key-format.js';

/** Compared with when the prefix is unknown, so that both cases do the same work. */
const NO_DIGEST = digestOf('no key has this digest');

/** Finds keys, dead ones as well, for whoever holds the whole of them: a prefix alone proves nothing. */
@Injectable()
export class KeyProof {
  constructor(
    private readonly dataSource: DataSource,
    private readonly imported: ImportedKeys,
  ) {}

  /**
   * The id of the key that each text is, in their order, one after another; `undefined` where it is none of ours.
   * `source`: the address that presents them. Errors: ServiceUnavailable when too many imported keys wait to be verified.
   */
  async *prove(texts: readonly string[], source: string | null): AsyncGenerator<number | undefined> {
    const keys = texts.map(parseKey);
    const rows = await this.dataSource.manager.find(ApiAccessKey, {
      select: { id: true, prefix: true, digest: true, importedHash: true },
      where: { prefix: In(keys.flatMap((key) => key?.prefix ?? [])) },
    });
    const byPrefix = new Map(rows.map((row) => [row.prefix, row]));
    for (const key of keys) {
      const row = key && byPrefix.get(key.prefix);
      yield (await this.isProven(key, row, source)) ? row?.id : undefined;
    }
  }

  private async isProven(
    key: ClearKey | undefined,
    row: ApiAccessKey | undefined,
    source: string | null,
  ): Promise<boolean> {
    if (key && row?.importedHash) {
      const { id, prefix, importedHash } = row;
      return this.imported.proves(key.text, { id, prefix, importedHash }, source);
    }
    return sameDigest(digestOf(key?.text ?? ''), row?.digest ?? NO_DIGEST);
  }
}
