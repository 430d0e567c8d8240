/** As what somebody acts, weakest first. What a stronger rank decided, a weaker one can't take back. */
export const RANKS = ['user', 'manager', 'staff'] as const;
export type Rank = (typeof RANKS)[number];

/** Whether `one` is a stronger rank than `other`. */
export function outranks(one: Rank | null, other: Rank): boolean {
  return one !== null && RANKS.indexOf(one) > RANKS.indexOf(other);
}
