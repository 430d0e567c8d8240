import type { ExecutionContext } from '@nestjs/common';
import { ACCESS, type Access } from '../access/decorators.js';
import { handlerMetadata } from '../access/handler-metadata.js';

const declaredAccess = handlerMetadata<Access>(ACCESS);

/** The access decorator of the handler. One without never got past the boot; should it all the same, nothing opens. */
export function accessOf(context: ExecutionContext): Access {
  const access = declaredAccess(context.getHandler());
  if (!access) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no access.`);
  return access;
}
