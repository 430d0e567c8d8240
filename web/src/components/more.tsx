import { cloneElement } from 'react';
import { menuOnDemand } from './menu-on-demand';
import type { MoreButton, MoreItem } from './more-items';
import { RowButton } from './row-button';

const MoreItems = menuOnDemand(async () => (await import('./more-items')).MoreItems);

/** What else can be done, behind a button. */
export function More({ button, items }: { button: MoreButton; items: readonly MoreItem[] }) {
  return (
    <MoreItems
      button={(opening) => cloneElement(button, { 'aria-haspopup': 'menu', ...opening })}
      menu={{ button, items }}
    />
  );
}

/** What else can be done with a row of a table; `label` tells with which. */
export function MoreOfRow({ label, items }: { label: string; items: readonly MoreItem[] }) {
  return <More button={<RowButton aria-label={label}>…</RowButton>} items={items} />;
}
