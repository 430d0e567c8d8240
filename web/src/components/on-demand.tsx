import { type ComponentType, useEffect, useState } from 'react';

/** A component that is loaded when it is wanted. */
interface OnDemand<Props extends object> {
  /** Begins to load it; once it has begun, nothing more. */
  readonly load: () => Promise<void>;
  /** The component, once it is wanted and there. Throws to the page's error boundary where it can't be loaded. */
  readonly useComponent: (wanted: boolean) => ComponentType<Props> | undefined;
}

/** Loads a component once, for however many places show it. */
export function loadedOnce<Props extends object>(from: () => Promise<ComponentType<Props>>): OnDemand<Props> {
  let component: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const load = () =>
    (loading ??= from().then(
      (loaded) => {
        component = loaded;
      },
      (error: unknown) => {
        loading = undefined; // the next time, it may be there
        throw error;
      },
    ));
  const useComponent = (wanted: boolean) => {
    const [failed, setFailed] = useState<{ error: unknown }>();
    const [, setLoaded] = useState(component !== undefined);
    useEffect(() => {
      if (!wanted || component) return;
      load().then(
        () => setLoaded(true),
        (error: unknown) => setFailed({ error }),
      );
    }, [wanted]);
    if (failed) throw failed.error;
    return wanted ? component : undefined;
  };
  return { load, useComponent };
}

/**
 * A component that is loaded when it is first shown, so that the page itself is there sooner. It appears as soon as it is
 * loaded; React's `lazy` would hold it back for up to 300 ms, lest a placeholder flickers, and here there is none.
 */
export function onDemand<Props extends object>(from: () => Promise<ComponentType<Props>>) {
  const { useComponent } = loadedOnce(from);
  return function Demanded(props: Props) {
    const Component = useComponent(true);
    return Component ? <Component {...props} /> : null;
  };
}
