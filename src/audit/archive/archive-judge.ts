import path from 'node:path';
import type { Findings } from '../verification/findings.js';
import type { LinkRow } from '../chain/link-rows.js';
import type { ChainStart, Signed } from '../verification/chain-judge.js';
import { ChainWalk } from '../verification/chain-walk.js';
import { findSwaps } from '../verification/explain-breaks.js';
import type { HeadKey } from '../chain/head-key.js';
import { NotAnArchive, readArchive } from './archive-file.js';
import { type Archived, startOf } from './archived.js';

/** Links of one chain that stand in an archive without a gap. */
export interface Stretch {
  readonly from: number;
  /** What its first link follows; hexadecimal. */
  readonly previous: string;
  through: number;
  hash: string;
}

/** Judges archives: each by itself, and together whether all that was archived is in them. */
export class ArchiveJudge {
  readonly stretches = new Map<string, Stretch[]>();
  /** The last places of the stretches that we signed: what the database has there must be the same. */
  readonly signed: Signed[] = [];
  private readonly known = new Map<string, string>();
  /** The ends of what was read, and of what was archived before: what a stretch is judged by that follows them. */
  private readonly ends = new Map<string, ChainStart>();

  constructor(
    private readonly isSigned: ReturnType<HeadKey['verifier']>,
    private readonly findings: Findings,
  ) {}

  /** The hash at this place is known from elsewhere: whoever has another there is told. */
  know({ chain, sequence, hash }: Signed): void {
    this.known.set(`${chain} ${sequence}`, hash);
  }

  /** The next stretch of this chain follows what was archived before, which is signed. */
  follow(archived: Archived): void {
    const end = startOf(archived);
    if (end) this.ends.set(`${archived.chain} ${end.sequence}`, end);
  }

  /** Judges an archive by itself, and by what is known. Errors: the file system's. */
  async read(file: string): Promise<void> {
    const findings = this.findings.in(path.basename(file));
    const begun: [string, Stretch][] = [];
    const walk = new ChainWalk(
      this.isSigned,
      findings,
      (first) => {
        begun.push([first.chain, this.begin(first)]);
        return this.startOf(first);
      },
      (chain, { lastSequence: sequence, times, lastSigned }) => {
        if (lastSigned) this.signed.push(lastSigned);
        const hash = Buffer.from(begun.at(-1)?.[1].hash ?? '', 'hex');
        this.ends.set(`${chain} ${sequence}`, { sequence, hash, times });
      },
    );
    try {
      for await (const row of readArchive(file)) {
        walk.next(row);
        this.compare(row, findings);
        const stretch = begun.at(-1)?.[1];
        if (!stretch) continue;
        stretch.through = Number(row.sequence);
        stretch.hash = row.hash.toString('hex');
      }
    } catch (error) {
      if (!(error instanceof NotAnArchive)) throw error;
      findings.add({ chain: null, line: error.line, problem: 'altered' });
    }
    walk.end();
    for (const { chain, sequence, event } of walk.breaks)
      findings.add({ chain, sequence, event, problem: 'rewritten' });
    findSwaps(walk.altered, findings);
    for (const [chain, { through, hash }] of begun) this.know({ chain, sequence: through, hash });
  }

  /** That the archives hold every link up to where its chain was archived. */
  mustCover(archived: readonly Archived[]): void {
    for (const { chain, sequence } of archived) {
      let last = { through: 0, hash: '' };
      const stretches = this.stretches.get(chain) ?? [];
      for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
        const { from, previous, through } = stretch;
        this.findings.addStretch(chain, last.through + 1, Math.min(from - 1, sequence), 'missing');
        if (last.through > 0 && from === last.through + 1 && previous !== last.hash)
          this.findings.add({ chain, sequence: from, problem: 'rewritten' });
        if (through > last.through) last = stretch;
      }
      this.findings.addStretch(chain, last.through + 1, sequence, 'missing');
    }
  }

  private begin({ chain, sequence, previous_hash: previous }: LinkRow): Stretch {
    const from = Number(sequence);
    const stretch = { from, previous: previous.toString('hex'), through: from, hash: '' };
    const stretches = this.stretches.get(chain);
    if (stretches) stretches.push(stretch);
    else this.stretches.set(chain, [stretch]);
    return stretch;
  }

  /** What an archive goes on from is not in it: the hash is its own word, and the times are those of the end that has it. */
  private startOf({ chain, sequence: first, previous_hash: hash }: LinkRow): ChainStart | undefined {
    const sequence = Number(first) - 1;
    if (sequence === 0) return undefined;
    const end = this.ends.get(`${chain} ${sequence}`);
    return end?.hash.equals(hash) ? end : { sequence, hash };
  }

  private compare({ chain, sequence, hash, event_id: event }: LinkRow, findings: Findings): void {
    const known = this.known.get(`${chain} ${sequence}`);
    if (known === undefined || known === hash.toString('hex')) return;
    findings.add({ chain, sequence: Number(sequence), event: Number(event), problem: 'rewritten' });
  }
}
