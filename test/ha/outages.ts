/** When something last worked: from that, for how long a client was without it. */
export class Outages {
  private readonly moments: number[] = [];

  worked(): void {
    this.moments.push(performance.now());
  }

  /** The longest time in seconds between two successes from `since` (of performance.now) on, to now. */
  longest(since: number): number {
    const before = this.moments.findLast((moment) => moment <= since) ?? since;
    const moments = [before, ...this.moments.filter((moment) => moment > since), performance.now()];
    return Math.max(...moments.slice(1).map((moment, n) => moment - (moments[n] ?? moment))) / 1_000;
  }
}
