import DataLoader from 'dataloader';

/** How many different keys one statement may ask for. */
export const LARGEST_GROUP = 500;

/**
 * Always true, and what keeps PostgreSQL from planning a statement anew each time, which takes several times as long as
 * running it. A plan made once must look no dearer than one made for the values at hand: PostgreSQL reckons with ten rows
 * of an array that it doesn't know and with one of an array of one, but of either with no more than one row within a range.
 */
export const PLANNED_ONCE = `WHERE w.n BETWEEN 1 AND ${LARGEST_GROUP}`;

/** When a statement that was given to pg's pool is on its way: it hands out a connection in the next tick. */
const sent = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * One statement for all who wait at the same moment (docs/adr/0004): `load` joins the next statement to be sent, never
 * one already under way, so every answer is of a state committed after the request arrived. While a statement is in
 * flight, arrivals collect for the next one; the busier the server, the larger the groups. Nothing is kept afterwards.
 *
 * `fetchMany` runs in the async context of whichever request opened the group: it must not read one.
 */
export function grouped<Key, Row>(
  fetchMany: (keys: readonly Key[]) => Promise<readonly (Row | undefined)[]>,
): (key: Key) => Promise<Row | undefined> {
  let inFlight = false;
  const waiting: (() => void)[] = [];
  const pump = (): void => {
    if (!inFlight) waiting.shift()?.();
  };
  const loader = new DataLoader<Key, Row | undefined>(
    async (keys) => {
      inFlight = true;
      try {
        return await fetchMany(keys);
      } finally {
        inFlight = false;
        if (waiting.length > 0) {
          // The next statement leaves before this one's answers are worked on: the database is busy meanwhile.
          pump();
          await sent();
        }
      }
    },
    {
      cache: false,
      maxBatchSize: LARGEST_GROUP,
      batchScheduleFn: (send) => {
        waiting.push(send);
        if (!inFlight) setImmediate(pump);
      },
    },
  );
  return (key) => loader.load(key);
}
