import type { FastifyBaseLogger } from 'fastify';
import type { Env } from '../config/env.js';

/** What tells a running process to log more, or no more than it was set to again. */
export const LOG_SIGNAL = 'SIGUSR2';

/**
 * Turns the log up to `debug` (from `debug` on to `trace`) when the signal comes, and back to LOG_LEVEL with the next one.
 * `log` is asked for when it is needed: without a listener the signal would end a process that only starts yet.
 */
export function changeLogLevelOnSignal({ LOG_LEVEL: set }: Env, log: () => Promise<FastifyBaseLogger>): void {
  const more = set === 'debug' || set === 'trace' ? 'trace' : 'debug';
  process.on(LOG_SIGNAL, () => void log().then((logger) => toggle(logger, set, more)));
}

function toggle(log: FastifyBaseLogger, set: Env['LOG_LEVEL'], more: 'debug' | 'trace'): void {
  const up = log.level === set;
  if (up) log.level = more;
  log.info({ msg: `The log level is now ${up ? more : set}.` }); // told while the level shows it
  if (!up) log.level = set;
}
