import type { EntityManager } from 'typeorm';

/** What the ledger tells of a key. */
interface Usage {
  readonly usageCount: number;
  readonly lastUsedAt: Date | null;
}

export const UNUSED: Usage = { usageCount: 0, lastUsedAt: null };

/** How often keys were used: the sums of the very rows that their daily summaries show. A key without calls is absent. */
export async function usageOf(
  manager: EntityManager,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Usage>> {
  const rows = await manager.query<{ id: number; calls: string; last_call_at: Date }[]>(
    `SELECT provider_key_id AS id, sum(calls) AS calls, max(last_call_at) AS last_call_at
     FROM provider_key_days WHERE provider_key_id = ANY($1) GROUP BY provider_key_id`,
    [ids],
  );
  return new Map(
    rows.map(({ id, calls, last_call_at: lastUsedAt }) => [id, { usageCount: Number(calls), lastUsedAt }]),
  );
}
