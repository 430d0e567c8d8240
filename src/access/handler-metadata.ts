import 'reflect-metadata';

/**
 * A reader of what a decorator declared on handlers under `key`; `undefined`: nothing. That never changes once the class
 * is defined, and guards ask at every request, so each handler is looked up once: the lookup walks its prototype chain.
 */
export function handlerMetadata<T>(key: string): (handler: object) => T | undefined {
  const known = new WeakMap<object, T | undefined>();
  return (handler) => {
    if (!known.has(handler)) known.set(handler, Reflect.getMetadata(key, handler) as T | undefined);
    return known.get(handler);
  };
}
