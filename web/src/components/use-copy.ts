import { useTimeout } from '@mantine/hooks';
import { useState } from 'react';

/** Of a text: is it in the clipboard since a moment ago, or did the browser refuse to put it there? */
type Copying = 'copied' | 'refused' | undefined;

/**
 * Copies a text to the clipboard. A browser may refuse, as it does on a page without TLS: `onCopied` is called only when the
 * text is there.
 */
export function useCopy(value: string, onCopied?: () => void): readonly [Copying, () => Promise<void>] {
  const [state, setState] = useState<Copying>();
  const { start, clear } = useTimeout(() => setState(undefined), 2000);
  const copy = async () => {
    clear();
    try {
      await navigator.clipboard.writeText(value); // no clipboard at all throws too
    } catch {
      return setState('refused');
    }
    onCopied?.();
    setState('copied');
    start();
  };
  return [state, copy];
}
