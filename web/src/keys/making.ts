import { useQueryClient } from '@tanstack/react-query';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import { endOf, type Expiry, USUAL_DAYS } from '../components/expiry-input';
import { type IssuedKey, useMakingKey } from '../components/making-key';
import { networksOf } from '../components/networks-input';

/** What a key is to be like, as a form says it. */
export interface KeyTerms {
  readonly name: string;
  readonly organization: number;
  readonly level: 'read_only' | 'full_access';
  readonly expiry: Expiry;
  /** As typed. */
  readonly networks: string;
  /** For whoever decides, where the key is asked for. */
  readonly reason: string;
}

interface Making {
  /** The user issues the key, or asks for it. */
  readonly way: 'issue' | 'ask';
  /** Of the policy, in days. */
  readonly longest: number;
  readonly onIssued: (issued: IssuedKey) => void;
  readonly onAsked: () => void;
}

/** Makes a key, or asks for one; a repeat makes no second. */
export function useMaking({ way, longest, onIssued, onAsked }: Making) {
  const client = useQueryClient();
  const attemptOf = useAttempt<ReturnType<typeof bodyOf>>();
  const make = async (terms: KeyTerms) => {
    const { body, header } = attemptOf([way, terms], () => bodyOf(terms, longest));
    const params = { header };
    if (way === 'issue') return answerOf(api.POST('/api/auth/access-keys/', { params, body }));
    const asked = { ...body, reason: terms.reason };
    await answerOf(api.POST('/api/auth/access-key-requests/', { params, body: asked }));
    return undefined;
  };
  return useMakingKey(make, {
    onSuccess: (issued) => (issued ? onIssued(issued) : onAsked()),
    // It may have been made all the same: what there is, is listed.
    onError: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
}

function bodyOf({ name, organization, level, expiry, networks }: KeyTerms, longest: number) {
  const usual = Math.min(USUAL_DAYS, longest);
  const isUsual = typeof expiry === 'object' && 'days' in expiry && expiry.days === usual;
  const allowed = networksOf(networks);
  return {
    name,
    organization,
    access_level: level,
    ...(!isUsual && { expires_at: endOf(expiry, longest) }),
    ...(allowed.length > 0 && { allowed_networks: allowed }),
  };
}
