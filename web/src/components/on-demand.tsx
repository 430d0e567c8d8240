import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Problem } from '../api/problem';
import { t } from '../strings/strings';
import { ProblemOverPage } from './problem-alert';

/** A component that is loaded when it is wanted. */
interface OnDemand<Props extends object> {
  /** Begins to load it; once it has begun, nothing more. Throws Problem where it can't be loaded. */
  readonly load: () => Promise<void>;
  /** The component, once it is wanted and there; or what tells, over the page as it stands, that it could not be loaded. */
  readonly useLoaded: (
    wanted: boolean,
    onGiveUp?: () => void,
  ) => readonly [ComponentType<Props>?, ReactNode?];
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
      () => {
        loading = undefined; // the next time, it may be there
        throw new Problem(0, 'not_loaded', t.problems.notLoaded);
      },
    ));
  const useLoaded: OnDemand<Props>['useLoaded'] = (wanted, onGiveUp) => {
    const [error, setError] = useState<unknown>();
    const [, setLoaded] = useState(component !== undefined);
    useEffect(() => {
      if (!wanted || component) return;
      setError(undefined);
      load().then(() => setLoaded(true), setError);
    }, [wanted]);
    if (!wanted) return [];
    return [component, error ? <ProblemOverPage error={error} onClose={onGiveUp} /> : null];
  };
  return { load, useLoaded };
}

/**
 * A component that is loaded when it is first shown, so that the page itself is there sooner. It appears as soon as it is
 * loaded; React's `lazy` would hold it back for up to 300 ms, lest a placeholder flickers, and here there is none. Whatever can
 * be closed can also be given up where it can't be loaded.
 */
export function onDemand<Props extends object>(from: () => Promise<ComponentType<Props>>) {
  const { load, useLoaded } = loadedOnce(from);
  const Demanded = (props: Props) => {
    const { onClose } = props as { onClose?: () => void };
    const [Component, problem] = useLoaded(true, onClose);
    return Component ? <Component {...props} /> : problem;
  };
  return Object.assign(Demanded, { load });
}
