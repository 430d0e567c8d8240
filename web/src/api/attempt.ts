import { useRef } from 'react';

/** What a form sends, and the `Idempotency-Key` by which the service knows a repeat of it (contract §1). */
export interface Attempt<Body> {
  readonly body: Body;
  /** The key, as a call's parameters take it. */
  readonly header: { readonly 'Idempotency-Key': string };
}

/**
 * Gives the attempt of a form: as long as it says the same, the same body under the same key, so that what was made and whose
 * answer got lost is not made twice. `bodyOf` is asked once for each thing that is said.
 */
export function useAttempt<Body>(): (said: unknown, bodyOf: () => Body) => Attempt<Body> {
  const last = useRef<{ said: string; attempt: Attempt<Body> }>(undefined);
  return (said, bodyOf) => {
    const text = JSON.stringify(said ?? null);
    if (last.current?.said !== text) {
      const header = { 'Idempotency-Key': crypto.randomUUID() };
      last.current = { said: text, attempt: { body: bodyOf(), header } };
    }
    return last.current.attempt;
  };
}
