/** What the supervisor of several processes sends to each of them (process/cluster.ts). */
export const STOP = 'stop';

/** Seconds that requests in flight and buffers get before the process ends anyway. */
const PATIENCE_SECONDS = 9;

/**
 * Ends the process in order on SIGTERM and SIGINT, or when its supervisor says so: `close` has the answers in flight
 * finished, buffers flushed and the database let go of. A second signal, or running out of patience, ends it at once.
 */
export function stopOnSignal(close: () => Promise<unknown>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE_SECONDS * 1000).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => (stopping ? process.exit(1) : stop()));
  }
  // A terminal or a process group sends its signal to supervisor and workers alike: the message may come second.
  process.on('message', (message) => {
    if (message === STOP) stop();
  });
}
