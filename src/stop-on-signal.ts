import type { INestApplication } from '@nestjs/common';
import type { OpenDatabase } from './database/open-database.js';

/** Seconds that requests in flight and buffers get before the process ends anyway. */
const PATIENCE_SECONDS = 9;

/**
 * Ends the process in order on SIGTERM and SIGINT: no new connections, answers in flight finish, buffers are flushed,
 * and only then the database is let go of. A second signal, or running out of patience, ends it at once.
 */
export function stopOnSignal(app: INestApplication, database: OpenDatabase): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE_SECONDS * 1000).unref();
    app
      .close()
      .finally(() => database.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}
