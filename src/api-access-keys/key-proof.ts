import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { digestOf, sameDigest } from '../common/crypto/digest.js';
import { ApiAccessKey } from './api-access-key.entity.js';
import { parseKey } from './key-format.js';

/** Compared with when the prefix is unknown, so that both cases do the same work. */
const NO_DIGEST = digestOf('no key has this digest');

/** Finds keys, dead ones as well, for whoever holds the whole of them: a prefix alone proves nothing. */
@Injectable()
export class KeyProof {
  constructor(private readonly dataSource: DataSource) {}

  /** The id of the key that each text is, in their order; `undefined` where it is none of ours. */
  async prove(texts: readonly string[]): Promise<(number | undefined)[]> {
    const keys = texts.map(parseKey);
    const rows = await this.dataSource.manager.find(ApiAccessKey, {
      select: { id: true, prefix: true, digest: true },
      where: { prefix: In(keys.flatMap((key) => key?.prefix ?? [])) },
    });
    const byPrefix = new Map(rows.map((row) => [row.prefix, row]));
    return keys.map((key) => {
      const row = key && byPrefix.get(key.prefix);
      const matches = sameDigest(digestOf(key?.text ?? ''), row?.digest ?? NO_DIGEST);
      return matches ? row?.id : undefined;
    });
  }
}
