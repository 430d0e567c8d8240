import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ACCESS, type Access } from '../access/decorators.js';

/** The access decorator of the handler. One without never got past the boot; should it all the same, nothing opens. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access {
  const access = reflector.get<Access | undefined>(ACCESS, context.getHandler());
  if (!access) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no access.`);
  return access;
}
