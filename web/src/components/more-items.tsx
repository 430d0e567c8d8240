import { Menu } from '@mantine/core';
import type { ButtonHTMLAttributes, ReactElement } from 'react';

/** What a menu offers. */
export interface MoreItem {
  readonly label: string;
  readonly onClick: () => void;
}

/** A button that opens a menu. */
export type MoreButton = ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;

/** A button and its menu, which is open when it is first shown. */
export function MoreItems({ button, items }: { button: MoreButton; items: readonly MoreItem[] }) {
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, onClick }) => (
          <Menu.Item key={label} onClick={onClick}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
