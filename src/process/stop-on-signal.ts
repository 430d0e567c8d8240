import { startedByNpm } from '../config/env.js';
import { monotonicMs } from '../common/clock.js';

/** What the supervisor of several processes sends to each of them (process/cluster.ts). */
export const STOP = 'stop';

/** A terminal, npm and a supervisor often send the same signal each: within this time (milliseconds) they mean one. */
const SAME_SIGNAL_MS = 500;
/** How often a service that npm runs looks whether npm is still there, in milliseconds. */
const LOOK_MS = 500;

interface Patience {
  /** Seconds that `close` gets before the process ends anyway. */
  readonly seconds: number;
}

/**
 * Ends the process in order on SIGTERM, SIGINT and SIGHUP, when its supervisor says so, or when npm, which runs it, is gone:
 * `close` has the answers in flight finished, buffers flushed and the database let go of. Another signal later, or
 * running out of patience, ends it at once; the embedded PostgreSQL then follows by itself (database/embedded/guard.ts).
 */
export function stopOnSignal(close: () => Promise<unknown>, { seconds }: Patience): void {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    if (stoppingSince !== undefined) return;
    stoppingSince = monotonicMs();
    setTimeout(() => process.exit(1), seconds * 1000).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince === undefined) stop();
      else if (monotonicMs() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
    });
  }
  // A terminal or a process group sends its signal to supervisor and workers alike: the message may come second.
  process.on('message', (message) => {
    if (message === STOP) stop();
  });
  if (startedByNpm()) stopWithParent(stop);
}

/** npm passes some signals on and dies of the others without a word. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, LOOK_MS).unref();
}
