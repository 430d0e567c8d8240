import type { EntityManager } from 'typeorm';

/** Now, by the database's clock, as whole milliseconds: what it is at the start of this statement. */
export async function nowOf(manager: EntityManager): Promise<Date> {
  const [row] = await manager.query<{ now: Date }[]>('SELECT app_now() AS now');
  if (!row) throw new Error('The database has no clock.');
  return row.now;
}
