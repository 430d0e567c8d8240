import { ApiError, NoAnswerError } from './errors.js';

/** How a request that may be repeated is repeated. */
export interface RetryRules {
  /** How often it is sent, the first time included. */
  readonly attempts: number;
  /** Who is asked to wait longer than this gets the error at once. */
  readonly longestWaitSeconds: number;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The first pause; each later one may be twice as long as the one before. */
const FIRST_PAUSE_SECONDS = 0.5;

/**
 * Whether a request may be repeated: a read may; a write only where its caller says so, or gave it an `Idempotency-Key`, by
 * which the service does it once.
 */
export function mayRepeat(request: Request, told: boolean | undefined): boolean {
  return told ?? (READS.has(request.method) || request.headers.has('idempotency-key'));
}

/**
 * How long to wait before the next attempt, in seconds; `undefined`: a repeat does not help, or not soon enough. The service's
 * `Retry-After` counts; without one the pause is random, up to a bound that doubles, so that many clients don't come at once.
 */
export function pauseAfter(error: unknown, attempt: number, rules: RetryRules): number | undefined {
  if (attempt >= rules.attempts || !mayPass(error)) return undefined;
  const told = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  const pause = told ?? Math.random() * FIRST_PAUSE_SECONDS * 2 ** attempt;
  return pause <= rules.longestWaitSeconds ? pause : undefined;
}

/** Whether the same request may be answered otherwise in a moment. */
function mayPass(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof ApiError)) return false;
  const { status, code } = error;
  if (code === 'idempotency_in_progress') return true;
  if (status === 429) return code !== 'provider_quota';
  // What says 502 or 504 without a code of the service's is a proxy on the way; with one the provider was asked often enough.
  return status === 503 || ((status === 502 || status === 504) && code === String(status));
}

/** Waits, unless the caller gives up meanwhile. */
export async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
