import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

type Method = (...args: never[]) => unknown;

/** A handler of a controller, and where it is found. */
export interface DeclaredRoute {
  readonly controller: Type;
  /** The name of the handler's method. */
  readonly name: string;
  readonly handler: Method;
  readonly method: string;
  /** Below the controller's own path, as its decorator has it. */
  readonly ownPath: string;
  /** As the router has it: `/api/orgs/:org_pk/members/:id`. */
  readonly path: string;
}

/** Every handler that decorators declare. */
export function declaredRoutes(controllers: readonly Type[]): DeclaredRoute[] {
  return controllers.flatMap((controller) => {
    const prototype = controller.prototype as Record<string, Method>;
    const base = String(Reflect.getMetadata(PATH_METADATA, controller) ?? '');
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as Method | undefined;
      const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
      if (!handler || method === undefined) return []; // `constructor` is the class, whose path is no handler's
      const ownPath = String(Reflect.getMetadata(PATH_METADATA, handler));
      const path = joined(base, ownPath);
      return [{ controller, name, handler, method: RequestMethod[method], ownPath, path }];
    });
  });
}

function joined(...parts: readonly string[]): string {
  const all = parts.flatMap((part) => part.split('/')).filter(Boolean);
  return `/${all.join('/')}`;
}
