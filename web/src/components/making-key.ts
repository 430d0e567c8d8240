import { useMutation, type UseMutationOptions } from '@tanstack/react-query';
import { type ShouldBlockFn, useBlocker } from '@tanstack/react-router';
import type { Problem } from '../api/problem';
import type { components } from '../api/schema';
import { loadDialogs } from './dialog';
import { onDemand } from './on-demand';

export type IssuedKey = components['schemas']['IssuedKeyAnswer'];

/** A key that was just made by `useMakingKey`. */
export const NewKey = onDemand(async () => (await import('./new-key')).NewKey);

const leaves: ShouldBlockFn = ({ current, next }) => current.pathname !== next.pathname;

/**
 * A request whose answer holds a key, which is never shown again. It is not sent before all is loaded that shows the key and asks
 * before that is closed; and the page is not left before it is answered.
 */
export function useMakingKey<Made extends IssuedKey | undefined, Given = void>(
  make: (given: Given) => Promise<Made>,
  then: Omit<UseMutationOptions<Made, Problem, Given>, 'mutationFn'>,
) {
  const making = useMutation({
    ...then,
    mutationFn: async (given: Given) => {
      await Promise.all([NewKey.load(), loadDialogs()]);
      return make(given);
    },
  });
  useBlocker({ shouldBlockFn: leaves, disabled: !making.isPending });
  return making;
}
