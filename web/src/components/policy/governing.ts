import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Versioned } from '../../api/versioned';
import type { ApiPage } from '../list-view';
import type { ReviewedKey } from '../review-words';
import type { Governed, SettingsChange } from './policy-values';

/** A policy that isn't set yet, as the review of keys takes it. */
export interface ProposedPolicy {
  longest_key_lifetime_days: number;
  /** 0: however long. */
  longest_unused_days: number;
}

/** How somebody governs an organization: as its Owner, or as staff. */
export interface Governing {
  current: Versioned<Governed>;
  /** Whether they may change anything. */
  may: boolean;
  change: (change: SettingsChange, etag: string) => Promise<Governed>;
  /** The queries that show something else afterwards. */
  queryKeys: readonly (readonly unknown[])[];
  /** The keys that a policy would not allow, a few of them; none: who looks may not see keys. */
  judged?: {
    queryKey: readonly unknown[];
    read: (proposed: ProposedPolicy) => Promise<ApiPage<ReviewedKey>>;
    link: (proposed: ProposedPolicy) => ReactNode;
  };
}

/** Changes the organization at the version that was read; gives the mutation. */
export function useChange({ change, queryKeys }: Governing, etag: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: SettingsChange) => change(wanted, etag),
    // Also after a conflict: what it is now is told beside what was typed.
    onSettled: () => Promise.all(queryKeys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
