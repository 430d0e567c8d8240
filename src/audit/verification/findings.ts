/**
 * What is wrong with a row of the audit log:
 *
 * - `altered`: the event, or its link, is not what was sealed
 * - `removed`: a sealed event, or a link, is missing
 * - `inserted`: an event or link that no sealer put there
 * - `backdated`: sealed after events that are long after the time that it claims, the mark of one that was slipped in; or it
 *   claims no time of the years 1 to 9998, or its head was signed long before the one before
 * - `reordered`: the right rows in the wrong places
 * - `rewritten`: the link is consistent in itself, but its successor or a signed head names another one
 * - `cut`: the chain ends before a signed head
 * - `missing`: archived, and in none of the archives that were given
 * - `unsigned`: links that no head covers
 * - `bad_signature`, `unknown_key`: a head that was not signed by us, or by a key that is not known here
 */
export type Problem =
  | 'altered'
  | 'removed'
  | 'inserted'
  | 'backdated'
  | 'reordered'
  | 'rewritten'
  | 'cut'
  | 'missing'
  | 'unsigned'
  | 'bad_signature'
  | 'unknown_key';

/** What is wrong, and where. */
export interface Finding {
  /** `organization:7`, or `none`; `null` when it can't be told any more. */
  readonly chain: string | null;
  /** The place in the chain, from 1. */
  readonly sequence?: number;
  /** The last place, when it is a whole stretch. */
  readonly through?: number;
  /** The id of the event. */
  readonly event?: number;
  /** The archive that it was found in; left out: the database. */
  readonly archive?: string;
  /** The line of the archive, where it can't be told which link that is. */
  readonly line?: number;
  readonly problem: Problem;
}

/** Findings that are told. All are counted, so that a log that was broken from end to end needs no more memory than a whole one. */
const TOLD = 1_000;

/** The findings so far, each once. */
export class Findings {
  private readonly seen = new Set<string>();

  constructor(
    private readonly all: { readonly told: Finding[]; count: number; missing: number } = {
      told: [],
      count: 0,
      missing: 0,
    },
    /** The archive that they are found in. */
    private readonly archive?: string,
  ) {}

  /** How many there are. */
  get count(): number {
    return this.all.count;
  }

  /** How many of them are `missing`. */
  get missing(): number {
    return this.all.missing;
  }

  /** The first 1,000 of them. */
  get told(): readonly Finding[] {
    return this.all.told;
  }

  /** What is found in an archive is added to these. */
  in(archive: string): Findings {
    return new Findings(this.all, archive);
  }

  add(finding: Finding): void {
    const { chain, sequence, event, problem } = finding;
    const key = `${chain} ${sequence} ${sequence === undefined ? event : ''} ${problem}`;
    if (this.seen.has(key)) return;
    this.all.count += 1;
    if (problem === 'missing') this.all.missing += 1;
    if (this.all.told.length === TOLD) return;
    this.seen.add(key);
    this.all.told.push({ ...finding, ...(this.archive !== undefined && { archive: this.archive }) });
  }

  /** A stretch of places; nothing when it is empty. */
  addStretch(chain: string, first: number, last: number, problem: Problem): void {
    if (first > last) return;
    this.add({ chain, sequence: first, ...(last > first && { through: last }), problem });
  }

  /** Calls something by a better name. */
  rename(place: Pick<Finding, 'chain' | 'sequence'>, from: Problem, to: Problem): void {
    const at = this.all.told.findIndex(
      ({ chain, sequence, problem, archive }) =>
        chain === place.chain && sequence === place.sequence && problem === from && archive === this.archive,
    );
    const found = this.all.told[at];
    if (found) this.all.told[at] = { ...found, problem: to };
  }
}
