/** What the doctor saw of one thing, and what to do about it if it is not well. */
export interface Finding {
  readonly check: string;
  /** `warning`: it runs, and somebody should look at it; `problem`: it doesn't run, or not safely. */
  readonly state: 'ok' | 'warning' | 'problem';
  readonly found: string;
  readonly todo?: string;
}

/** A finding that may be bad: it is `ok`, unless `bad` says what to do about it. */
export function finding(
  check: string,
  found: string,
  bad?: { readonly state: 'warning' | 'problem'; readonly todo: string } | false,
): Finding {
  return bad ? { check, state: bad.state, found, todo: bad.todo } : { check, state: 'ok', found };
}

export const problem = (todo: string) => ({ state: 'problem', todo }) as const;
export const warning = (todo: string) => ({ state: 'warning', todo }) as const;
