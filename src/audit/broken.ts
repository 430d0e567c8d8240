/**
 * What is wrong with a row of the audit log:
 *
 * - `altered`: the event, or its link, is not what was sealed
 * - `removed`: a sealed event, or a link, is missing
 * - `inserted`: an event or link that no sealer put there
 * - `backdated`: sealed long after the time that it claims; the mark of an event that was slipped in
 * - `reordered`: the right rows in the wrong places
 * - `rewritten`: the link is consistent in itself, but its successor or a signed head names another one
 * - `cut`: the chain ends before a signed head
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
  | 'unsigned'
  | 'bad_signature'
  | 'unknown_key';

/** One finding, and where. */
export interface Broken {
  /** `organization:7`, or `none`; `null` when it can't be told any more. */
  readonly chain: string | null;
  /** The place in the chain, from 1. */
  readonly sequence?: number;
  /** The last place, when it is a whole stretch. */
  readonly through?: number;
  /** The id of the event. */
  readonly event?: number;
  readonly problem: Problem;
}

/** The findings so far, each once. */
export class Findings {
  readonly broken: Broken[] = [];
  private readonly seen = new Set<string>();

  add(finding: Broken): void {
    const { chain, sequence, event, problem } = finding;
    const key = `${chain} ${sequence} ${sequence === undefined ? event : ''} ${problem}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.broken.push(finding);
  }

  /** A stretch of places; nothing when it is empty. */
  addStretch(chain: string, first: number, last: number, problem: Problem): void {
    if (first > last) return;
    this.add({ chain, sequence: first, ...(last > first && { through: last }), problem });
  }

  /** Calls something by a better name. */
  rename(place: Pick<Broken, 'chain' | 'sequence'>, from: Problem, to: Problem): void {
    const at = this.broken.findIndex(
      ({ chain, sequence, problem }) =>
        chain === place.chain && sequence === place.sequence && problem === from,
    );
    const found = this.broken[at];
    if (found) this.broken[at] = { ...found, problem: to };
  }
}
