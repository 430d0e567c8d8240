import { Logger } from '@nestjs/common';

/**
 * The handler of what nobody else handled (ASVS 16.5.4). A rejection that nobody awaited is logged, and the process goes on
 * serving: no answer depended on it. After an exception that nobody caught nothing in the process can be relied upon, so it
 * is logged, and `close` ends the process in order, as a signal would, but with status 1.
 */
export function handleLastResort(close: () => Promise<unknown>): void {
  const logger = new Logger('LastResort');
  process.on('unhandledRejection', (reason) =>
    logger.error({ msg: 'Unhandled rejection.', ...told(reason) }),
  );
  process.on('uncaughtException', (error) => {
    logger.fatal({ msg: 'Uncaught exception.', ...told(error) });
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    void close().finally(() => process.exit(1));
  });
}

/** What requests in flight get to finish. */
const PATIENCE_MS = 9_000;

function told(reason: unknown): Record<string, unknown> {
  if (!(reason instanceof Error)) return { cause: typeof reason };
  return { cause: reason.name, code: (reason as { code?: unknown }).code, stack: reason.stack };
}
