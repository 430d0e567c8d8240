import type { components } from '../../api/schema';

type Schemas = components['schemas'];
export type BulkOrder = Schemas['BulkRevokeBody'];
export type BulkFilter = Schemas['KeyFilter'];
export type CountedKeys = Schemas['CountedKeysAnswer'];
export type RevokedKeys = Schemas['RevokedKeysAnswer'];

/** How somebody revokes many keys: as a manager of their organization, or as staff. */
export interface BulkWay {
  send: (order: BulkOrder) => Promise<CountedKeys | RevokedKeys>;
  /** The query that shows something else afterwards. */
  queryKey: readonly unknown[];
}

/** What was revoked, over all the requests that it took. */
export interface Outcome {
  readonly revoked: number;
  readonly vanished: number;
  readonly ended: number;
}

/** Counts the keys that fit. */
export async function count(way: BulkWay, order: BulkOrder): Promise<CountedKeys> {
  const answer = await way.send({ ...order, dry_run: true });
  if (!answer.dry_run) throw new Error('Keys were to be counted.');
  return answer;
}

/**
 * How exactly the keys that were counted are revoked: a request ends some, so it is repeated until none is left. Where one
 * fails, it is called again: it goes on, and the answer tells of what was revoked before as well.
 */
export function revocation(way: BulkWay, order: BulkOrder, token: string): () => Promise<Outcome> {
  return async () => {
    for (;;) {
      const answer = await way.send({ ...order, dry_run: false, confirm_token: token });
      if (answer.dry_run) throw new Error('Keys were to be revoked.');
      const { revoked, vanished, ended, remaining } = answer;
      if (remaining === 0) return { revoked, vanished: vanished.length, ended: ended.length };
    }
  };
}
