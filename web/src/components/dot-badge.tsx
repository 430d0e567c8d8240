import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';

/** A state in a word: the colour is on the dot alone, so that the word is read on any ground. */
export function DotBadge({ color, children }: { color: string; children: ReactNode }) {
  return (
    <Badge variant="dot" color={color} tt="none" fw={500} miw="max-content">
      {children}
    </Badge>
  );
}
