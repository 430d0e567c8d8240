import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ACCESS, type Access } from '../access/decorators.js';

/** Every guard asks at every request, and what a class was decorated with never changes. */
const declared = new WeakMap<object, Access>();

/** The access decorator of the handler. One without never got past the boot; should it all the same, nothing opens. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access {
  const handler = context.getHandler();
  const known = declared.get(handler);
  if (known) return known;
  const access = reflector.get<Access | undefined>(ACCESS, handler);
  if (!access) throw new Error(`${context.getClass().name}.${handler.name} declares no access.`);
  declared.set(handler, access);
  return access;
}
