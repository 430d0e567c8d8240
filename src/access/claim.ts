/** What is kept of an answer: what is sent, or, where that held a secret, only the id of what was issued. */
export type KeptAnswer =
  | {
      readonly body: unknown;
      /** The edit version, where the answer has an `ETag`. */ readonly version: number | null;
    }
  | { readonly issuedId: number };

/**
 * That a request is to be fulfilled once, however often it is sent (contract §1, `Idempotency-Key`): what recognizes a
 * repeat of it, and what becomes its answer. `Acts.run` keeps the answer in the transaction of the act itself, so that
 * there is never one without the other.
 */
export interface Claim {
  /** Keyed digest of user, route and `Idempotency-Key`. */
  readonly digest: Buffer;
  /** Keyed digest of the body: the same key with another one is a mistake. */
  readonly bodyDigest: Buffer;
  /** The answer, from what the act came to. */
  readonly answerOf: (result: unknown) => KeptAnswer;
}

/** Thrown out of an act that was made before: the answer that was given then, which this request gets as well. */
export class AnsweredBefore extends Error {
  constructor(
    readonly body: unknown,
    readonly version: number | null,
  ) {
    super('This request was answered before.');
  }
}
