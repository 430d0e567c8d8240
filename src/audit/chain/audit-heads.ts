import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { instantText } from './canonical.js';
import { IS_PLACE } from './chain.js';
import { type Head, headText, type HeadsExport } from './head.js';
import { HeadKey } from './head-key.js';

/** SQL: the columns of audit_heads `h` as the members of Head, all text but the sequence, which the driver gives as text too. */
export const HEAD_COLUMNS = `h.chain, h.sequence, encode(h.hash, 'hex') AS hash, ${instantText('h.signed_at')} AS signed_at,
  h.kid, encode(h.signature, 'hex') AS signature`;

/**
 * SQL: the chains that have heads, one after the other by the index: a chain has as many heads as it was sealed times, and
 * its last is never deleted.
 */
export const CHAINS = `
  WITH RECURSIVE chains AS (
    SELECT min(chain) AS chain FROM audit_heads
    UNION ALL
    SELECT (SELECT min(chain) FROM audit_heads WHERE chain > c.chain) FROM chains c WHERE c.chain IS NOT NULL
  )`;

const NEWEST = `${CHAINS}
  SELECT ${HEAD_COLUMNS} FROM chains c
    CROSS JOIN LATERAL (SELECT * FROM audit_heads WHERE chain = c.chain AND ${IS_PLACE} ORDER BY sequence DESC LIMIT 1) h
  ORDER BY h.chain`;

/** The signed ends of the chains. Kept outside the database, they show later that nothing was cut off. */
@Injectable()
export class AuditHeads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly key: HeadKey,
  ) {}

  /** The newest head of every chain, and the public keys that verify them. */
  async export(): Promise<HeadsExport> {
    const rows = await this.dataSource.query<(Omit<Head, 'sequence'> & { sequence: string })[]>(NEWEST);
    const heads = rows.map((row) => ({
      ...row,
      sequence: Number(row.sequence),
      signature: Buffer.from(row.signature, 'hex').toString('base64url'),
    }));
    return { public_keys: this.key.publicKeys, heads };
  }

  /** How many chains there are, and which of them end in a head that no key of ours signed. */
  async examine(): Promise<{ chains: number; foreign: string[] }> {
    const { heads } = await this.export();
    const isSigned = this.key.verifier();
    const foreign = heads.filter(
      (head) => !isSigned(head.kid, headText(head), Buffer.from(head.signature, 'base64url')),
    );
    return { chains: heads.length, foreign: foreign.map(({ chain }) => chain) };
  }
}
