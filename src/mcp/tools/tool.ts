import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { isRead } from '../../access/access-level.js';
import { ACCESS, type Access } from '../../access/decorators.js';
import { handlerMetadata } from '../../access/handler-metadata.js';
import type { Permission } from '../../access/permissions.js';
import type { Membership, Principal } from '../../access/principal.js';
import { Arguments, ConfirmArgument, OrganizationArgument } from './arguments.js';

/** Who calls a tool: a member of the organization that its arguments name, or a user on what is their own. */
type CallerOf<In> = In extends 'organization' ? Membership : Principal;
type Scope = 'organization' | 'own';

/** A tool as a feature declares it. */
interface Declared<In extends Scope, Taken> {
  /** `<object>_<verb>`, as the product's other tools are named. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The DTOs of REST whose fields it takes, and what takes the place of REST's path. */
  readonly takes?: readonly Type<object>[];
  /** What its service asks for besides what the handler declares: without it anywhere, the tool is not listed. */
  readonly needs?: Permission | 'membership';
  /** It reaches out to a third party. */
  readonly openWorld?: boolean;
  /** It ends or overwrites something. */
  readonly destructive?: boolean;
  /** What a write would meet, before it is confirmed; it changes nothing. Errors: those that the write would have. */
  preview?(caller: CallerOf<In>, taken: Taken): Promise<object>;
  run(caller: CallerOf<In>, taken: Taken): Promise<object>;
}

/** A tool as it is listed and called. Who may call it is what the handler of REST demands that does the same. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly access: Access;
  /** The handler's: whether the tool writes follows from it, as everywhere. */
  readonly method: string;
  readonly scope: Scope;
  readonly needs: Permission | 'membership' | undefined;
  readonly openWorld: boolean;
  readonly destructive: boolean;
  readonly arguments: Arguments;
  preview(caller: Membership | Principal, taken: object): Promise<object>;
  run(caller: Membership | Principal, taken: object): Promise<object>;
}

/** The handler of REST that a tool stands for: a controller and the name of its method. */
type HandlerOf<C> = readonly [Type<C>, keyof C & string];

/** What a list is taken as: its query's fields, and a slice. */
export const writes = ({ method }: Pick<Tool, 'method'>): boolean => !isRead(method);

/** A tool of an organization, which its argument `organization_id` names. */
export function organizationTool<Taken extends object, C>(
  handler: HandlerOf<C>,
  declared: Declared<'organization', Taken>,
): Tool {
  return tool('organization', handler, declared);
}

/** A tool on what is the caller's own. */
export function ownTool<Taken extends object, C>(
  handler: HandlerOf<C>,
  declared: Declared<'own', Taken>,
): Tool {
  return tool('own', handler, declared);
}

const accessOf = handlerMetadata<Access>(ACCESS);
const methodOf = handlerMetadata<RequestMethod>(METHOD_METADATA);

function tool<In extends Scope, Taken extends object, C>(
  scope: In,
  [controller, handlerName]: HandlerOf<C>,
  { takes = [], needs, openWorld = false, destructive = false, ...declared }: Declared<In, Taken>,
): Tool {
  const handler = (controller.prototype as Record<string, object>)[handlerName] ?? {};
  const access = accessOf(handler);
  const method = RequestMethod[methodOf(handler) ?? RequestMethod.ALL];
  if (!access || method === 'ALL') throw new Error(`${controller.name}.${handlerName} is no handler.`);
  const types = [
    ...(scope === 'organization' ? [OrganizationArgument] : []),
    ...takes,
    ...(writes({ method }) ? [ConfirmArgument] : []),
  ];
  const { name, title, description } = declared;
  const base = { name, title, description, access, method, scope, needs, openWorld, destructive };
  return {
    ...base,
    arguments: new Arguments(...types),
    preview: async (caller, taken) =>
      (await declared.preview?.(caller as CallerOf<In>, taken as Taken)) ?? {},
    run: (caller, taken) => declared.run(caller as CallerOf<In>, taken as Taken),
  };
}

/** What a feature's tools are found by. */
export abstract class ToolSet {
  abstract readonly tools: readonly Tool[];
}
