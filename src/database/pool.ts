import pg, { type PoolClient } from 'pg';

/** How long a connection is waited for, one that is free or a new one (milliseconds). */
export const PATIENCE_MS = 3_000;

const BEAT_MS = 100;
/** So many beats of this process make a patience that the database had the use of; timers are a little late by themselves. */
const WHOLE_PATIENCE = (0.8 * PATIENCE_MS) / BEAT_MS;

/** What pg's pool says when a patience ended. */
const RAN_OUT =
  /^(?:timeout exceeded when trying to connect|Connection terminated due to connection timeout)$/;

type Taker = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/**
 * pg's pool, whose patience is for the database alone. When this process stands still (a paused machine, a container
 * without its share of the processor), pg's timers end before it reads the answers that came meanwhile, and requests that
 * the database could have served would be answered 503. Whoever's patience ended in a process that hardly ran waits once
 * more; only once, for what is overloaded must still refuse.
 */
export class AttentivePool extends pg.Pool {
  override connect(): Promise<PoolClient>;
  override connect(taker: Taker): void;
  override connect(taker?: Taker): Promise<PoolClient> | void {
    if (taker) return this.take(taker);
    return new Promise((resolve, reject) => {
      this.take((error, client) => (client ? resolve(client) : reject(error)));
    });
  }

  private take(taker: Taker, again = true): void {
    let beats = 0;
    const heart = setInterval(() => (beats += 1), BEAT_MS).unref();
    super.connect((error, client, done) => {
      clearInterval(heart);
      if (again && error && RAN_OUT.test(error.message) && beats < WHOLE_PATIENCE) this.take(taker, false);
      else taker(error, client, done);
    });
  }
}
