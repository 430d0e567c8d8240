import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/strings';

/** What narrows a list and has no field there, for it came with the address: it is told, and can be taken away. */
export function Narrowed({ onClear, children }: { onClear: () => void; children: ReactNode }) {
  return (
    <Button
      variant="light"
      title={t.common.clearFilter}
      rightSection={<span aria-hidden>×</span>}
      onClick={onClear}
    >
      {children}
    </Button>
  );
}
