import type { EntityManager } from 'typeorm';

/** Who made something that opens something later, and through which credential (credentialName). */
export interface Maker {
  /** `null`: the operator. */
  readonly userId: number | null;
  readonly via: string | null;
}

/**
 * Holds the user and the key that made something as they are until the transaction ends. What is judged of them in a later
 * statement stays true until what was opened is committed: a suspension or a demotion comes before it or after it.
 */
export async function holdMaker(manager: EntityManager, { userId, via }: Maker): Promise<void> {
  await manager.query('SELECT hold_maker($1, $2)', [userId, via]);
}
