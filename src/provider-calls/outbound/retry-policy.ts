import { randomInt } from 'node:crypto';
import type { Classification } from '../adapters/adapter.js';
import type { CallLimits } from './limits.js';

/**
 * How long to wait before the next try, in milliseconds, or nothing if there is none. Only what can be repeated is
 * repeated, only after `rate_limited` and `provider_down`; never after `quota` or `bad_key`, where it can't help, nor
 * when the provider refuses the region that we call from. A `Retry-After` is honoured up to the limit,
 * and one that can't be understood may be past it. Without one the
 * pause doubles and a random part of it is waited, so that callers who failed together don't come back together.
 */
export function nextWaitMs(
  { outcome, hint, retryAfterSeconds, unknownWait }: Classification,
  retriesSoFar: number,
  limits: CallLimits,
): number | undefined {
  if (retriesSoFar >= limits.retries || hint === 'region' || unknownWait) return undefined;
  if (outcome !== 'rate_limited' && outcome !== 'provider_down') return undefined;
  const pauseMs = randomInt(Math.floor(limits.firstWaitMs * 2 ** retriesSoFar) + 1);
  if (retryAfterSeconds === undefined) return pauseMs;
  return retryAfterSeconds * 1000 > limits.longestWaitMs ? undefined : retryAfterSeconds * 1000 + pauseMs;
}
