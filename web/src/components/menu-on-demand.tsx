import {
  type ComponentType,
  lazy,
  type LazyExoticComponent,
  type ReactNode,
  Suspense,
  useState,
} from 'react';

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
export function menuOnDemand<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const Loaded = lazy(async () => ({ default: await load() })) as LazyExoticComponent<ComponentType<object>>;
  return function MenuOnDemand({ button, menu }: { button: (opening: Opening) => ReactNode; menu: Props }) {
    const [opened, setOpened] = useState(false);
    const soon = () => void load();
    const closed = button({ onPointerEnter: soon, onFocus: soon, onClick: () => setOpened(true) });
    return <Suspense fallback={closed}>{opened ? <Loaded {...menu} /> : closed}</Suspense>;
  };
}
