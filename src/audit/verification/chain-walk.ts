import type { Findings } from './findings.js';
import type { LinkRow } from '../chain/link-rows.js';
import { type Altered, type Break, ChainJudge, type ChainStart } from './chain-judge.js';
import type { HeadKey } from '../chain/head-key.js';

/** Judges the links of many chains, one chain after the other. */
export class ChainWalk {
  /** Links that don't follow the one before them; to be explained when all was seen. */
  readonly breaks: Break[] = [];
  readonly altered: Altered[] = [];
  private at: { chain: string; judge: ChainJudge } | undefined;

  constructor(
    private readonly isSigned: ReturnType<HeadKey['verifier']>,
    private readonly findings: Findings,
    /** What the first link of a chain is to follow; `undefined`: nothing, it is the first of all. */
    private readonly startOf: (first: LinkRow) => ChainStart | undefined,
    /** Hears of a chain that ended, with what is known of its end. */
    private readonly ended: (chain: string, judge: ChainJudge) => void,
  ) {}

  next(row: LinkRow): void {
    if (this.at?.chain !== row.chain) {
      this.end();
      const { isSigned, findings, breaks, altered } = this;
      const judge = new ChainJudge(row.chain, isSigned, findings, breaks, altered, this.startOf(row));
      this.at = { chain: row.chain, judge };
    }
    this.at.judge.next(row);
  }

  /** After the last link. */
  end(): void {
    if (!this.at) return;
    const { chain, judge } = this.at;
    judge.end();
    this.ended(chain, judge);
    this.at = undefined;
  }
}
