import { timeOfDay } from '../common/clock.js';

/** pino's numbers. */
const LEVELS = { error: 50, fatal: 60 };

/**
 * Says on standard error what the log can't, because there is none yet or any more: to a terminal as it is, elsewhere as a
 * line like the log's, for what reads those reads nothing else.
 */
export function logToStderr(level: keyof typeof LEVELS, msg: string): void {
  console.error(
    process.stderr.isTTY ? msg : JSON.stringify({ level: LEVELS[level], time: timeOfDay(), msg }),
  );
}
