/** How many violations are told in words; the rest is counted. */
const TOLD = 20;

/** What the soak saw: counts, and what must not have happened. */
export class Record {
  requests = 0;
  /** Requests that met a fault: 503, or no answer at all. */
  lost = 0;
  /** Uses that could have had one answer only, and had it. */
  decided = 0;
  kills = 0;
  restarts = 0;
  violations = 0;

  violation(text: string): void {
    this.violations += 1;
    if (this.violations <= TOLD) console.error(`VIOLATION: ${text}`);
  }
}
