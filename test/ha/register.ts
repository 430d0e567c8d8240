/**
 * What one number that only rises was seen to be: written by one writer, one write at a time, read by many. A read shows
 * no less than what was acknowledged before it began, nor than what another read had shown before it began.
 */
export class Register {
  private floor = 0;
  private asked = 0;

  constructor(
    private readonly name: string,
    private readonly violation: (text: string) => void,
  ) {}

  /** Writes the next number; `write` tells whether it was acknowledged. */
  async write(write: (n: number) => Promise<boolean>): Promise<boolean> {
    this.asked += 1;
    const n = this.asked;
    const acknowledged = await write(n);
    if (acknowledged) this.see(n);
    return acknowledged;
  }

  /** Reads it; `read` gives the number, or nothing when there was no answer. */
  async read(read: () => Promise<number | undefined>): Promise<boolean> {
    const { floor } = this;
    const n = await read();
    if (n === undefined) return false;
    if (n < floor) this.violation(`${this.name}: ${n} was read, after ${floor} was known`);
    if (n > this.asked) this.violation(`${this.name}: ${n} was read, and never written`);
    this.see(n);
    return true;
  }

  private see(n: number): void {
    this.floor = Math.max(this.floor, n);
  }
}
