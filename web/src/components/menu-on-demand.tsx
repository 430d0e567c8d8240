import { type ComponentType, type ReactNode, useState } from 'react';
import { loadedOnce } from './on-demand';

/** What a button that opens a menu takes before the menu is there. */
export interface Opening {
  onPointerEnter: () => void;
  onFocus: () => void;
  onClick: () => void;
}

/**
 * A menu that is loaded when somebody points at its button, and opens at the first click: menus are a good part of the
 * component library, and most pages are left without one.
 */
export function menuOnDemand<Props extends object>(from: () => Promise<ComponentType<Props>>) {
  const { load, useLoaded } = loadedOnce(from);
  const soon = () => void load().catch(() => undefined); // a click tells of it
  return function MenuOnDemand({ button, menu }: { button: (opening: Opening) => ReactNode; menu: Props }) {
    const [opened, setOpened] = useState(false);
    const [Menu, problem] = useLoaded(opened, () => setOpened(false));
    if (Menu) return <Menu {...menu} />;
    return (
      <>
        {button({ onPointerEnter: soon, onFocus: soon, onClick: () => setOpened(true) })}
        {problem}
      </>
    );
  };
}
