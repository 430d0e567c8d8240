/** One operation as its caller saw it: it took effect, if at all, somewhere between its start and its end. */
interface Operation {
  readonly start: number;
  readonly end: number;
}

/**
 * A change of a credential's authority: from its effect on, uses are answered with `status`. One whose acknowledgment was
 * lost never ends: it may have taken effect, or not, or do so yet.
 */
interface Change extends Operation {
  readonly status: number;
}

/** A use of the credential. `status` is what it was answered, or `undefined` when the answer was lost. */
interface Use extends Operation {
  readonly status: number | undefined;
}

/**
 * What happened to one credential, and whether that can be explained by changes that took effect at one instant each
 * (linearizability of a single register). A use that starts after a change was acknowledged must see it; one that ended
 * before the change began must not; one that overlaps it may do either. 503 and a lost answer tell nothing. What a use has
 * shown is so from then on, also when the change itself was never acknowledged.
 */
export class History {
  private readonly changes: Change[] = [];
  private readonly uses: Use[] = [];

  constructor(private readonly first: number) {}

  /** Does it, and notes that uses are answered with `status` from then on. Changes of one credential don't overlap. */
  async change(status: number, act: () => Promise<{ status: number }>): Promise<void> {
    const start = performance.now();
    const answer = await act();
    if (answer.status >= 300) throw new Error(`The change was refused: ${answer.status}`);
    this.changes.push({ start, end: performance.now(), status });
  }

  /** As `change`, but 503 or a lost answer is taken for what it is: nobody knows whether it was done. Tells whether it was. */
  async attempt(status: number, act: () => Promise<{ status: number }>): Promise<boolean> {
    const start = performance.now();
    const answered = await act().then(
      (answer) => answer.status,
      () => 503,
    );
    if (answered >= 300 && answered !== 503) throw new Error(`The change was refused: ${answered}`);
    const end = answered === 503 ? Infinity : performance.now();
    this.changes.push({ start, end, status });
    return answered !== 503;
  }

  async use(act: () => Promise<{ status: number }>): Promise<void> {
    const start = performance.now();
    const answered = await act().then(
      ({ status }) => status,
      () => 503,
    );
    // A 429 is what a bad key gets once its address sent too many of them: as much a verdict as the 401 it stands for.
    const status = answered === 503 ? undefined : answered === 429 ? 401 : answered;
    this.uses.push({ start, end: performance.now(), status });
  }

  /** The uses that no order of events explains. */
  violations(): string[] {
    const possible = this.judge();
    return this.uses.flatMap((use) =>
      use.status === undefined || possible(use).has(use.status)
        ? []
        : [`answered ${use.status}, possible were ${[...possible(use)].join(', ')}`],
    );
  }

  /** How many uses were answered, and of those how many could have had only one answer. */
  counts(): { answered: number; decided: number; lost: number; changes: number } {
    const possible = this.judge();
    const answered = this.uses.filter(({ status }) => status !== undefined);
    const decided = answered.filter((use) => possible(use).size === 1).length;
    return {
      answered: answered.length,
      decided,
      lost: this.uses.length - answered.length,
      changes: this.changes.length,
    };
  }

  /** Gives the answers of every state that may have been in force at some moment of an operation. */
  private judge(): (use: Operation) => Set<number> {
    const states = this.states();
    const acknowledged = earliestFrom(this.changes.map(({ end }) => end));
    // A use shows that what was before the first state that explains it is over.
    const shown = states.map(() => Infinity);
    for (const { status, ...use } of this.uses) {
      if (status === undefined) continue;
      const first = states.findIndex(
        (state, i) => state.status === status && isPossible(state, acknowledged[i], use),
      );
      if (first > 0) shown[first - 1] = Math.min(shown[first - 1] ?? Infinity, use.end);
    }
    const seen = earliestFrom(shown);
    const until = states.map((_, i) => Math.min(acknowledged[i] ?? Infinity, seen[i] ?? Infinity));
    return (use) =>
      new Set(states.filter((state, i) => isPossible(state, until[i], use)).map(({ status }) => status));
  }

  /** What was in force from when on, one after another. */
  private states(): State[] {
    const changed = this.changes.map(({ start, status }) => ({ from: start, status }));
    return [{ from: -Infinity, status: this.first }, ...changed];
  }
}

interface State {
  readonly from: number;
  readonly status: number;
}

/** Whether a state may have been in force at some moment of the operation. */
function isPossible({ from }: State, until: number | undefined, { start, end }: Operation): boolean {
  return from <= end && (until ?? Infinity) >= start;
}

/** For each moment the earliest of it and all behind it. */
function earliestFrom(moments: readonly number[]): number[] {
  let earliest = Infinity;
  return moments
    .slice()
    .reverse()
    .map((moment) => (earliest = Math.min(earliest, moment)))
    .reverse();
}
