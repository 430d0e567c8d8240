/** The bounds of one call. Durations in milliseconds, sizes in bytes. */
export interface CallLimits {
  /** From sending until the answer's headers are there, connecting included. */
  readonly headersMs: number;
  /** The longest silence within an answer's body. */
  readonly idleMs: number;
  /** The whole call: waiting in line, all tries, the body to its end. */
  readonly totalMs: number;
  /**
   * How long a call waits in line whose body still comes from its caller: nobody reads it meanwhile, and a request that
   * has not arrived whole after 30 seconds is cut off (app.ts).
   */
  readonly bodyWaitMs: number;
  readonly maxRequestBytes: number;
  readonly maxAnswerBytes: number;
  /** Further tries after the first. */
  readonly retries: number;
  /** A provider that asks us to wait longer than this is not asked again within the call. */
  readonly longestWaitMs: number;
  /** The first pause between tries; it doubles, and a random part of it is waited. */
  readonly firstWaitMs: number;
}

/** Language models think long and stream long; the total is what a caller can expect to bear. */
export const CALL_LIMITS: CallLimits = {
  headersMs: 120_000,
  idleMs: 60_000,
  totalMs: 600_000,
  bodyWaitMs: 15_000,
  maxRequestBytes: 10 * 1024 * 1024,
  maxAnswerBytes: 32 * 1024 * 1024,
  retries: 2,
  longestWaitMs: 5_000,
  firstWaitMs: 250,
};

/** Checks and token requests have short answers, and somebody waits for them. A check costs quota: one try. */
export const SHORT_LIMITS: CallLimits = {
  ...CALL_LIMITS,
  headersMs: 10_000,
  idleMs: 5_000,
  totalMs: 15_000,
  maxAnswerBytes: 1024 * 1024,
  retries: 0,
};

/** How much of an error's body is read in order to classify it. */
export const ERROR_BODY_BYTES = 64 * 1024;
