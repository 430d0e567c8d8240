import { ServiceUnavailable } from '../../common/errors.js';

/** Slow hashes at once. libuv has four threads; password hashes take two, and file and name lookups need one. */
const AT_ONCE = 1;
/** Checks that may wait: in all, for one key, and for one key from one address. */
const WAITING = { all: 32, key: 8, source: 4 };

/** Whose check it is: of which key, and where from. */
interface Caller {
  readonly key: string;
  readonly source: string;
}

interface Waiting extends Caller {
  readonly go: () => void;
}

/**
 * Lets one slow hash run at a time, of each key one after another, and few wait. Keys take turns, and for one key so do
 * the addresses that ask: garbage on a known prefix costs others little time, and its owner, calling from another
 * address, a place in between. Errors: ServiceUnavailable when too many wait.
 */
export class SlowChecks {
  private running = 0;
  /** In the order in which they came; whoever was served last comes last among equals. */
  private waiting: Waiting[] = [];
  private readonly served = new Map<string, number>();
  private turns = 0;

  /** How many checks wait. */
  get length(): number {
    return this.waiting.length;
  }

  async run<T>(caller: Caller, check: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running += 1;
    else await this.turn(caller);
    this.mark(caller);
    try {
      return await check();
    } finally {
      const next = this.next();
      if (next) next.go();
      else this.running -= 1;
    }
  }

  private turn(caller: Caller): Promise<void> {
    const ofKey = this.waiting.filter(({ key }) => key === caller.key);
    const ofSource = ofKey.filter(({ source }) => source === caller.source);
    if (
      this.waiting.length >= WAITING.all ||
      ofKey.length >= WAITING.key ||
      ofSource.length >= WAITING.source
    ) {
      throw new ServiceUnavailable(new Error('Too many imported keys wait to be verified.'));
    }
    return new Promise((go) => this.waiting.push({ ...caller, go }));
  }

  /** The one that waits for the key, and from the address, whose last turn is longest ago. */
  private next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const candidate of this.waiting) {
      if (!first || this.before(candidate, first)) first = candidate;
    }
    if (first) this.waiting = this.waiting.filter((one) => one !== first);
    else this.served.clear();
    return first;
  }

  private before(one: Waiting, other: Waiting): boolean {
    const key = this.lastTurn(one.key) - this.lastTurn(other.key);
    return key < 0 || (key === 0 && this.lastTurn(nameOf(one)) < this.lastTurn(nameOf(other)));
  }

  private lastTurn(name: string): number {
    return this.served.get(name) ?? 0;
  }

  private mark(caller: Caller): void {
    this.turns += 1;
    this.served.set(caller.key, this.turns).set(nameOf(caller), this.turns);
  }
}

function nameOf({ key, source }: Caller): string {
  return `${key} ${source}`;
}
