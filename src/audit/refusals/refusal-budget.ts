/** How long a window is, in milliseconds. */
const WINDOW_MS = 60_000;
/** Rows of one reason and one address in a window. */
export const ROWS_PER_ADDRESS_AND_REASON = 20;
/** Rows of all addresses in a window. */
export const ROWS_IN_ALL = 600;
/** Kinds of refusal that are counted apart once the budget is spent. Ours are a few dozen. */
const KINDS_COUNTED = 100;

/** What a window left out. */
export interface Suppressed {
  readonly count: number;
  /** `action/reason` → how many */
  readonly kinds: Readonly<Record<string, number>>;
}

/**
 * How many refusals become rows: enough to see who tries what, few enough that nobody can fill the disk or drown the
 * log (peers cap at 10 a minute and tenant). Per instance, in memory: a shared count would cost a write for every
 * refusal, which is the very load that this keeps away. N instances write up to N times as much.
 *
 * Memory is bounded too: an address is remembered only with an admitted row, so there are ROWS_IN_ALL of them at most.
 */
export class RefusalBudget {
  private opened: number | undefined;
  private rows = 0;
  /** By kind, by address. */
  private readonly rowsOf = new Map<string, Map<string, number>>();
  private readonly kinds = new Map<string, number>();

  /** Whether this refusal becomes a row; if not, it is counted. `nowMs` is of a clock that never steps. */
  admit(address: string, kind: string, nowMs: number): boolean {
    this.opened ??= nowMs;
    const rows = this.rowsOf.get(kind)?.get(address) ?? 0;
    if (this.rows >= ROWS_IN_ALL || rows >= ROWS_PER_ADDRESS_AND_REASON) {
      this.count(kind);
      return false;
    }
    this.rows += 1;
    const ofKind = this.rowsOf.get(kind) ?? new Map<string, number>();
    this.rowsOf.set(kind, ofKind.set(address, rows + 1));
    return true;
  }

  /** Milliseconds until the window ends; `undefined`: none is open. */
  endsIn(nowMs: number): number | undefined {
    return this.opened === undefined ? undefined : Math.max(0, this.opened + WINDOW_MS - nowMs);
  }

  /** Ends the window and tells what it left out, if anything. */
  close(): Suppressed | undefined {
    const kinds = Object.fromEntries(this.kinds);
    const count = Object.values(kinds).reduce((sum, each) => sum + each, 0);
    this.opened = undefined;
    this.rows = 0;
    this.rowsOf.clear();
    this.kinds.clear();
    return count > 0 ? { count, kinds } : undefined;
  }

  private count(kind: string): void {
    const name = this.kinds.has(kind) || this.kinds.size < KINDS_COUNTED ? kind : 'other';
    this.kinds.set(name, (this.kinds.get(name) ?? 0) + 1);
  }
}
