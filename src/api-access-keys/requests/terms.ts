import type { EntityManager } from 'typeorm';
import { isWithin } from '../../access/allowed-networks.js';
import { type FieldErrors, InvalidInput } from '../../common/errors.js';
import type { Standing } from '../../organizations/organization-rows.js';
import { NOT_IN_FUTURE } from '../life/future.js';
import { lifeOf } from '../life/expiry.js';
import { WAYS } from '../life/ways.js';
import type { AccessKeyRequest } from './access-key-request.entity.js';

/** What a key is to be like, as far as somebody else decides about it. */
export type Terms = Pick<AccessKeyRequest, 'accessLevel' | 'keyExpiresAt' | 'allowedNetworks'>;

/** What a decider gives less of than was asked for; `undefined`: as asked. */
export type Narrowing = { readonly [Term in keyof Terms]?: Terms[Term] | undefined };

type Policy = Pick<Standing, 'longestKeyLifetimeDays'>;

const WIDER = 'An approval can only narrow what was asked for.';

/** The terms on which a request is approved: what was asked for, or less, and not past. Errors: InvalidInput, by field. */
export async function narrowed(
  manager: EntityManager,
  asked: Terms,
  narrowing: Narrowing,
  now: Date,
): Promise<Terms> {
  const { accessLevel = asked.accessLevel, keyExpiresAt = asked.keyExpiresAt } = narrowing;
  const { allowedNetworks = asked.allowedNetworks } = narrowing;
  const within = await isWithin(manager, allowedNetworks, asked.allowedNetworks);
  const problems: FieldErrors = {
    ...(accessLevel === 'full_access' && asked.accessLevel === 'read_only' && { access_level: [WIDER] }),
    ...(keyExpiresAt > asked.keyExpiresAt && { expires_at: [WIDER] }),
    ...(narrowing.keyExpiresAt && narrowing.keyExpiresAt <= now && { expires_at: [NOT_IN_FUTURE] }),
    ...(!within && { allowed_networks: [WIDER] }),
  };
  if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
  return { accessLevel, keyExpiresAt, allowedNetworks };
}

/**
 * The key lives on for a while, and no longer than the policy that binds whoever decides; `null`: none does. Errors:
 * InvalidInput for `expires_at`.
 */
export function mustLiveWithin(
  { keyExpiresAt }: Pick<Terms, 'keyExpiresAt'>,
  now: Date,
  policy: Policy | null,
): void {
  const longestDays = policy?.longestKeyLifetimeDays ?? null;
  lifeOf({ way: policy ? WAYS.own_issue : WAYS.issue, now, wanted: keyExpiresAt, longestDays });
}

/** When a key ends whose user doesn't say: as if it were issued as one of the own. */
export function usualEnd(now: Date, { longestKeyLifetimeDays: longestDays }: Policy): Date {
  const { expiresAt } = lifeOf({ way: WAYS.own_issue, now, wanted: undefined, longestDays });
  if (!expiresAt) throw new Error('A key of the own always has an end.');
  return expiresAt;
}
