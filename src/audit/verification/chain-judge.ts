import type { Findings } from './findings.js';
import { type EventRow, millisecondsOf } from '../chain/canonical.js';
import { chainOf, genesis, linkHash } from '../chain/chain.js';
import { type Head, headText } from '../chain/head.js';
import type { HeadKey } from '../chain/head-key.js';
import type { LinkRow } from '../chain/link-rows.js';

/** A link that doesn't follow the one before it, to be explained when the whole chain was seen. */
export interface Break {
  readonly chain: string;
  readonly sequence: number;
  readonly event: number;
  /** The hash that it does follow. */
  readonly previous: Buffer;
  /** The event at the place before. */
  readonly before: number | undefined;
}

/** A link that is not that of the event it names. */
export interface Altered {
  readonly chain: string;
  readonly sequence: number;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly row: EventRow;
}

/** The latest times up to a place in a chain, in milliseconds; -Infinity: none is known. */
export interface ChainTimes {
  /** Of the events. */
  readonly latest: number;
  /** At which the heads were signed. */
  readonly signedAt: number;
}

/** What the first link of a chain, or of a stretch of it, is to follow. */
export interface ChainStart {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly times?: ChainTimes;
}

/** A place in a chain, and the hash that a head of ours has there; hexadecimal. */
export type Signed = Pick<Head, 'chain' | 'sequence' | 'hash'>;

const NO_TIMES: ChainTimes = { latest: -Infinity, signedAt: -Infinity };

/** How much older than what was sealed before it an event may be, in milliseconds: longer than any transaction lives. */
const LATEST_MS = 600_000;
/** Breaks that are kept to be explained; the rest are told as they are. */
const BREAKS_KEPT = 1_000;
/** Altered links that are kept to see whether they were swapped among each other. */
const ALTERED_KEPT = 200;

/** Judges one chain, link by link in order of sequence, in constant memory. */
export class ChainJudge {
  /** The last place that we signed; `undefined`: none so far. */
  lastSigned: Signed | undefined;
  private last: { sequence: number; hash: Buffer; computed: Buffer | undefined; event: number | undefined };
  private signedThrough: number;
  /**
   * The latest time of the events so far, in milliseconds: not when they were signed, for a night in which nobody sealed is no
   * forgery; but none that its own signing didn't reach, for one event dated ahead would make all later ones backdated.
   */
  private latest: number;
  /** When the heads so far were signed. Before the latest of them only after a clock that was set back, which is told. */
  private signedAt: number;

  constructor(
    private readonly chain: string,
    private readonly isSigned: ReturnType<HeadKey['verifier']>,
    private readonly findings: Findings,
    private readonly breaks: Break[],
    private readonly altered: Altered[],
    { sequence, hash, times = NO_TIMES }: ChainStart = { sequence: 0, hash: genesis(chain) },
  ) {
    this.last = { sequence, hash, computed: undefined, event: undefined };
    this.signedThrough = sequence;
    ({ latest: this.latest, signedAt: this.signedAt } = times);
  }

  /** The last place in the chain that was seen. */
  get lastSequence(): number {
    return this.last.sequence;
  }

  /** What the next link is judged by. */
  get times(): ChainTimes {
    const { latest, signedAt } = this;
    return { latest, signedAt };
  }

  next(row: LinkRow): void {
    const { chain } = this;
    const sequence = Number(row.sequence);
    const event = Number(row.event_id);
    const expected = this.last.sequence + 1;
    if (sequence < expected) {
      this.findings.add({ chain, sequence, event, problem: 'inserted' }); // a place before the first
      return;
    }
    this.findings.addStretch(chain, expected, sequence - 1, 'removed');
    const computed = this.judgeEvent(row, sequence, event);
    const intact = row.id === null || computed?.equals(row.hash) === true;
    if (sequence === expected && intact && !this.follows(row.previous_hash)) {
      this.noteBreak({ chain, sequence, event, previous: row.previous_hash, before: this.last.event });
    }
    if (row.head_hash) this.judgeHead(row, sequence, event, row.head_hash, computed);
    this.last = { sequence, hash: row.hash, computed, event };
  }

  end(): void {
    this.findings.addStretch(this.chain, this.signedThrough + 1, this.last.sequence, 'unsigned');
  }

  /** What the link's hash should be. */
  private judgeEvent(row: LinkRow, sequence: number, event: number): Buffer | undefined {
    const { chain } = this;
    if (row.id === null) {
      this.findings.add({ chain, sequence, event, problem: 'removed' });
      return undefined;
    }
    const computed = linkHash(row.previous_hash, row);
    if (!computed.equals(row.hash) || chainOf(row) !== chain) {
      this.findings.add({ chain, sequence, event, problem: 'altered' });
      const { previous_hash: previous, hash } = row;
      if (this.altered.length < ALTERED_KEPT) this.altered.push({ chain, sequence, previous, hash, row });
    } else {
      const at = millisecondsOf(row.at);
      // Written so that what is no time at all, like `infinity`, is told and moves no bound.
      if (!(at >= this.latest - LATEST_MS))
        this.findings.add({ chain, sequence, event, problem: 'backdated' });
      if (at > this.latest) this.latest = at;
    }
    return computed;
  }

  private noteBreak(found: Break): void {
    const { chain, sequence, event } = found;
    if (this.breaks.length < BREAKS_KEPT) this.breaks.push(found);
    else this.findings.add({ chain, sequence, event, problem: 'reordered' });
  }

  /** Where only the hash of the link before was changed, its successor still names the right one: that one is no break. */
  private follows(previous: Buffer): boolean {
    return previous.equals(this.last.hash) || this.last.computed?.equals(previous) === true;
  }

  private judgeHead(
    row: LinkRow,
    sequence: number,
    event: number,
    headHash: Buffer,
    computed: Buffer | undefined,
  ): void {
    const { chain } = this;
    const { head_kid: kid, head_signed_at: signedAt } = row;
    const place = { chain, sequence, hash: headHash.toString('hex') };
    const text = headText({ ...place, kid, signed_at: signedAt });
    const signed = this.isSigned(kid, text, row.head_signature);
    this.signedThrough = sequence;
    if (!signed) {
      const problem = signed === undefined ? 'unknown_key' : 'bad_signature';
      this.findings.add({ chain, sequence, event, problem });
      return;
    }
    this.lastSigned = place;
    if (!headHash.equals(row.hash) && !(computed && headHash.equals(computed))) {
      this.findings.add({ chain, sequence, event, problem: 'rewritten' });
    }
    this.judgeSigning(sequence, event, millisecondsOf(signedAt));
  }

  /** Else whoever set the clock back for one batch could date the next one back. */
  private judgeSigning(sequence: number, event: number, at: number): void {
    if (at >= this.signedAt - LATEST_MS) {
      this.signedAt = Math.max(this.signedAt, at);
    } else {
      this.findings.add({ chain: this.chain, sequence, event, problem: 'backdated' });
      if (at < this.signedAt) this.signedAt = at;
    }
    this.latest = Math.min(this.latest, this.signedAt);
  }
}
